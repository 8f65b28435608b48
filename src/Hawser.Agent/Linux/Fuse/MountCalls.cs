using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>What it takes of the C library to mount a file system of one's own.</summary>
internal static unsafe partial class MountCalls
{
    public const int ReadWrite = 2;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const nuint ReadOnly = 1;
    public const nuint NoSetUser = 2;
    public const nuint NoDevices = 4;
    public const nuint NoPrograms = 8;
    public const nuint NoAccessTimes = 1024;
    public const int Detach = 2;
    public const int Local = 1;
    public const int Stream = 1;
    public const int KeepFromChildren = 0x40000000;
    public const int SocketLevel = 1;
    public const int Descriptors = 1;
    private const int Here = -100;
    private const uint WantOwner = 8;
    private const int OwnerAt = 20;

    /// <summary>Whose a file is; null when it is not there.</summary>
    public static uint? OwnerOf(string path)
    {
        var facts = stackalloc byte[256];
        return statx(Here, path, 0, WantOwner, facts) == 0 ? *(uint*)(facts + OwnerAt) : null;
    }

    [LibraryImport("libc")] public static partial uint getegid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, byte* facts);

    /// <summary>As in <c>sys/socket.h</c>.</summary>
    public struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>As in <c>sys/uio.h</c>.</summary>
    public struct Vector
    {
        public void* Start;
        public nuint Length;
    }
}
