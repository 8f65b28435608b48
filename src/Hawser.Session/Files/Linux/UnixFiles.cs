using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hawser.Session.Files.Linux;

/// <summary>
/// Opens files the way a stranger's wish may be followed: never through a link in the last step, and only what is a
/// regular file - opening a pipe would block, opening a device would do something.
/// </summary>
internal static unsafe partial class UnixFiles
{
    private const int WriteOnly = 0x1;
    private const int Create = 0x40;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const int NoFollowLinks = 0x100;
    private const int Here = -100;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int ModeAt = 28;
    private const uint WantType = 1;

    private static readonly int NoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000;

    /// <summary>Opens a regular file to read.</summary>
    /// <exception cref="IOException">It can't be opened, or is no regular file.</exception>
    public static SafeFileHandle OpenRead(string path)
    {
        if (!OperatingSystem.IsLinux()) return File.OpenHandle(path, options: FileOptions.Asynchronous);
        return Checked(open(path, NonBlocking | CloseOnExec | NoFollow, 0), path);
    }

    /// <summary>Opens a regular file to write, and makes it when it is not there.</summary>
    /// <exception cref="IOException">It can't be opened, or is no regular file.</exception>
    public static SafeFileHandle OpenWrite(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        }

        return Checked(open(path, WriteOnly | Create | NonBlocking | CloseOnExec | NoFollow, 0x1A4), path);
    }

    /// <summary>Whether a path is a regular file, and no link to one.</summary>
    public static bool IsRegular(string path)
    {
        if (!OperatingSystem.IsLinux()) return File.Exists(path);
        var facts = stackalloc byte[256];
        return statx(Here, path, NoFollowLinks, WantType, facts) == 0 && IsRegular(facts);
    }

    private static SafeFileHandle Checked(int descriptor, string path)
    {
        if (descriptor < 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var facts = stackalloc byte[256];
        if (statx(descriptor, "", EmptyPath, WantType, facts) == 0 && IsRegular(facts)) return handle;
        handle.Dispose();
        throw new IOException($"not a regular file: {Path.GetFileName(path)}");
    }

    private static bool IsRegular(byte* facts) => (*(ushort*)(facts + ModeAt) & TypeMask) == Regular;

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte* facts);
}
