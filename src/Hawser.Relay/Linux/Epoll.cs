using System.Runtime.InteropServices;

namespace Hawser.Relay.Linux;

/// <summary>One epoll instance and the events of its last wait.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int Capacity = 512;

    // The kernel packs the entry on x86-64 only.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int DataAt = IsPacked ? 4 : 8;
    private static readonly int Stride = IsPacked ? 12 : 16;
    private readonly int _descriptor;
    private byte* _events;

    public Epoll()
    {
        _descriptor = Native.EpollCreate(Native.CloseOnExec);
        if (_descriptor < 0) throw new InvalidOperationException($"epoll_create1 failed: error {Native.LastError}.");
        _events = (byte*)NativeMemory.Alloc((nuint)(Capacity * Stride));
    }

    /// <summary>Watches a descriptor, once and for all of it.</summary>
    /// <returns>False when the kernel has no room for it.</returns>
    public bool TryAdd(int descriptor, uint events, ulong data)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = events;
        *(ulong*)(entry + DataAt) = data;
        return Native.EpollControl(_descriptor, Native.EpollAdd, descriptor, entry) == 0;
    }

    /// <summary>Stops watching a descriptor that stays open.</summary>
    public void Remove(int descriptor)
    {
        var entry = stackalloc byte[16];
        _ = Native.EpollControl(_descriptor, Native.EpollDelete, descriptor, entry);
    }

    /// <summary>Waits for events.</summary>
    /// <param name="milliseconds">0: not at all; -1: without end.</param>
    /// <returns>How many there are.</returns>
    public int Wait(int milliseconds)
    {
        var count = Native.EpollWait(_descriptor, _events, Capacity, milliseconds);
        if (count >= 0) return count;
        if (Native.LastError == Native.Interrupted) return 0;
        throw new InvalidOperationException($"epoll_wait failed with error {Native.LastError}.");
    }

    public uint EventsAt(int index) => *(uint*)(_events + index * Stride);

    public ulong DataOf(int index) => *(ulong*)(_events + index * Stride + DataAt);

    public void Dispose()
    {
        if (_events == null) return;
        NativeMemory.Free(_events);
        _events = null;
        _ = Native.Close(_descriptor);
    }
}
