using System.Runtime.InteropServices;

namespace Hawser.Rendezvous.Listening.Linux;

/// <summary>The system calls of Linux that receive and send many datagrams at once; .NET has none for it.</summary>
internal static unsafe partial class DatagramCalls
{
    /// <summary>Wait for the first datagram only.</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>Do not wait.</summary>
    public const int DontWait = 0x40;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int ShutdownBoth = 2;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int Receive(int socket, BatchHeader* headers, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int Send(int socket, BatchHeader* headers, uint count, int flags);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static partial nint SendTo(
        int socket, byte* payload, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static partial int Shutdown(int socket, int how);

    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public byte* Name;
        public uint NameLength;
        public Buffer* Buffers;
        public nuint BufferCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct BatchHeader
    {
        public Header Header;
        public uint Length;
    }
}
