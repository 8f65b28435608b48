using System.Diagnostics.Metrics;

namespace Hawser.Recording.SocketIo;

/// <summary>The figures of a Socket.IO server: plain fields that observable instruments read.</summary>
internal sealed class SocketIoMetrics
{
    private readonly long[] _ends = new long[Enum.GetValues<SocketIoEnd>().Length];
    private readonly long[] _refusals = new long[Enum.GetValues<SocketIoRefusal>().Length];
    private long _connections;
    private long _bytesIn;
    private long _packetsIn;
    private long _packetsOut;
    private long _discarded;

    /// <summary>Connections that are open.</summary>
    public long Connections => Volatile.Read(ref _connections);

    /// <summary>Bytes received, framing included.</summary>
    public long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Packets whose attachments were thrown away because they were too long.</summary>
    public long Discarded => Volatile.Read(ref _discarded);

    /// <summary>Makes instruments of the figures.</summary>
    /// <param name="meter">The meter of the role that runs the server.</param>
    /// <param name="prefix">What their names begin with.</param>
    public void Register(Meter meter, string prefix)
    {
        meter.CreateObservableUpDownCounter($"{prefix}.connections", () => Connections,
            description: "Socket.IO connections that are open");
        meter.CreateObservableCounter($"{prefix}.received", () => BytesIn, "By", "Bytes received by Socket.IO");
        meter.CreateObservableCounter($"{prefix}.packets.in", () => Volatile.Read(ref _packetsIn),
            description: "Socket.IO packets received");
        meter.CreateObservableCounter($"{prefix}.packets.out", () => Volatile.Read(ref _packetsOut),
            description: "Socket.IO packets sent");
        meter.CreateObservableCounter($"{prefix}.discarded", () => Discarded,
            description: "Socket.IO packets that were too long and thrown away");
        meter.CreateObservableCounter($"{prefix}.ends", () => Each<SocketIoEnd>(_ends, "reason"),
            description: "Socket.IO connections that ended, by reason");
        meter.CreateObservableCounter($"{prefix}.refusals", () => Each<SocketIoRefusal>(_refusals, "reason"),
            description: "Requests to the Socket.IO path that were refused, by reason");
    }

    public long Ended(SocketIoEnd end) => Volatile.Read(ref _ends[(int)end]);

    public long Refused(SocketIoRefusal refusal) => Volatile.Read(ref _refusals[(int)refusal]);

    internal void Opened() => Interlocked.Increment(ref _connections);

    internal void Closed(SocketIoEnd end)
    {
        Interlocked.Decrement(ref _connections);
        Interlocked.Increment(ref _ends[(int)end]);
    }

    internal void Count(SocketIoRefusal refusal) => Interlocked.Increment(ref _refusals[(int)refusal]);

    internal void Received(int bytes) => Interlocked.Add(ref _bytesIn, bytes);

    internal void PacketIn() => Interlocked.Increment(ref _packetsIn);

    internal void PacketOut() => Interlocked.Increment(ref _packetsOut);

    internal void ThrownAway() => Interlocked.Increment(ref _discarded);

    private static List<Measurement<long>> Each<T>(long[] counts, string tag) where T : struct, Enum
    {
        var list = new List<Measurement<long>>(counts.Length);
        foreach (var value in Enum.GetValues<T>())
        {
            var name = string.Concat(value.ToString()
                .Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
            var count = Volatile.Read(ref counts[Convert.ToInt32(value, null)]);
            list.Add(new Measurement<long>(count, new KeyValuePair<string, object?>(tag, name)));
        }

        return list;
    }
}
