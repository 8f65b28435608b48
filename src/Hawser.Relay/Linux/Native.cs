using System.Runtime.InteropServices;

namespace Hawser.Relay.Linux;

/// <summary>The system calls of the epoll loops.</summary>
internal static unsafe partial class Native
{
    public const uint EpollIn = 0x1;
    public const uint EpollOut = 0x4;
    public const uint EpollErr = 0x8;
    public const uint EpollHup = 0x10;
    public const uint EpollRdHup = 0x2000;
    public const uint EpollEdge = 1u << 31;

    public const int EpollAdd = 1;
    public const int EpollDelete = 2;

    public const int Again = 11;
    public const int Interrupted = 4;
    public const int TooManyFiles = 24;
    public const int TooManyFilesInSystem = 23;
    public const int NoMemory = 12;
    public const int NoBuffers = 105;

    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int GetFlags = 3;
    public const int SetFlags = 4;
    public const int SetPipeSize = 1031;
    public const int GetPipeSize = 1032;
    public const int Peek = 0x2;
    public const int Truncate = 0x20;
    public const int DontWait = 0x40;
    public const int NoSignal = 0x4000;
    public const int ShutdownWrite = 1;
    public const uint SpliceMove = 1;
    public const uint SpliceNonBlocking = 2;
    public const short PollIn = 1;
    public const int LimitOfDescriptors = 7;

    /// <summary>One entry of poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Seen;
    }

    /// <summary>A limit of the process.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Limit
    {
        public ulong Current;
        public ulong Most;
    }

    /// <summary>The error of the last call on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Whether the last call failed only because it would have had to wait, or was interrupted.</summary>
    public static bool WouldWait => LastError is Again or Interrupted;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, byte* entries, int capacity, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventCreate(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, void* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, void* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int descriptor, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "splice", SetLastError = true)]
    public static partial nint Splice(int from, long* fromOffset, int to, long* toOffset, nint count, uint flags);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int PipeCreate(int* descriptors, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static partial int Accept(int listener, byte* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, Limit* limit);
}
