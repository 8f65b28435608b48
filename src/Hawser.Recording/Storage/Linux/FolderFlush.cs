using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Hawser.Recording.Storage.Linux;

/// <summary>
/// Forces a folder's entries to the disk. Without it a file that was flushed may lose its name when the power fails;
/// .NET opens no folders.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static partial class FolderFlush
{
    private const int ReadOnlyFolder = 0x10000 | 0x80000;
    private const int Interrupted = 4;

    /// <summary>Flushes a folder.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Flush(string folder)
    {
        var handle = open(folder, ReadOnlyFolder, 0);
        if (handle < 0) throw Failed(Marshal.GetLastPInvokeError());
        try
        {
            while (fsync(handle) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Interrupted) throw Failed(error);
            }
        }
        finally
        {
            _ = close(handle);
        }
    }

    private static IOException Failed(int error) => new("A folder could not be flushed: " + error, error);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int handle);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int handle);
}
