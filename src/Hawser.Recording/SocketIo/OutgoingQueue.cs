using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Hawser.Recording.SocketIo;

/// <summary>What waits to be sent to one peer: bounded, filled by anyone, emptied by its one writer.</summary>
internal sealed class OutgoingQueue(int maxPackets, long maxBytes)
{
    private readonly Channel<OutgoingPacket> _packets = Channel.CreateUnbounded<OutgoingPacket>(
        new UnboundedChannelOptions { SingleReader = true });
    private long _bytes;
    private int _count;

    /// <summary>Adds a packet, which then belongs to the queue; when it is not taken, it is given back.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="isFull">There was no room: the peer does not read.</param>
    /// <returns>Whether it was taken; not after <see cref="Complete"/>.</returns>
    public bool TryAdd(OutgoingPacket packet, out bool isFull)
    {
        var bytes = packet.Bytes;
        var count = Interlocked.Increment(ref _count);
        var held = Interlocked.Add(ref _bytes, bytes);
        // One packet alone is always taken, however long.
        isFull = count > maxPackets || (held > maxBytes && held != bytes);
        if (!isFull && _packets.Writer.TryWrite(packet)) return true;
        Forget(packet);
        return false;
    }

    /// <summary>Nothing more will come.</summary>
    public void Complete() => _packets.Writer.TryComplete();

    /// <summary>Waits for a packet.</summary>
    /// <returns>False when none will come.</returns>
    public ValueTask<bool> WaitAsync() => _packets.Reader.WaitToReadAsync();

    /// <summary>Takes the next packet; give it back by <see cref="Forget"/>.</summary>
    public bool TryTake([NotNullWhen(true)] out OutgoingPacket? packet) => _packets.Reader.TryRead(out packet);

    /// <summary>A packet was sent, or will not be.</summary>
    public void Forget(OutgoingPacket packet)
    {
        Interlocked.Decrement(ref _count);
        Interlocked.Add(ref _bytes, -packet.Bytes);
        packet.Dispose();
    }

    /// <summary>Gives back what was never sent.</summary>
    public void Clear()
    {
        Complete();
        while (TryTake(out var packet)) Forget(packet);
    }
}
