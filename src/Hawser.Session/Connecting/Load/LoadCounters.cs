using System.Collections.Concurrent;

namespace Hawser.Session.Connecting.Load;

/// <summary>The counters of one simulation; every part adds to them from its own tasks.</summary>
internal sealed class LoadCounters
{
    private readonly ConcurrentDictionary<string, long> _errors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _failedCalls = new(StringComparer.Ordinal);
    private long _sent, _answered, _keysAsked, _keysAccepted, _asked, _introduced, _pushes, _repeated, _skipped;
    private long _frames, _bytes, _corrupt;
    private int _pairsUp;

    public LoadHistogram Registering { get; } = new();

    public LoadHistogram Introducing { get; } = new();

    public LoadHistogram Relaying { get; } = new();

    public void Sent() => Interlocked.Increment(ref _sent);

    public void Answered(TimeSpan after)
    {
        Interlocked.Increment(ref _answered);
        Registering.Add(after);
    }

    /// <summary>A registration over a connection: answered, but its latency is not one of a datagram.</summary>
    public void Answered() => Interlocked.Increment(ref _answered);

    public void KeyAsked() => Interlocked.Increment(ref _keysAsked);

    public void KeyAccepted() => Interlocked.Increment(ref _keysAccepted);

    public void Asked() => Interlocked.Increment(ref _asked);

    public void Pushed() => Interlocked.Increment(ref _pushes);

    public void Repeated() => Interlocked.Increment(ref _repeated);

    public void Skipped() => Interlocked.Increment(ref _skipped);

    public void Introduced(TimeSpan after)
    {
        Interlocked.Increment(ref _introduced);
        Introducing.Add(after);
    }

    public void CallFailed(string reason) => _failedCalls.AddOrUpdate(reason, 1, static (_, n) => n + 1);

    public void PairUp() => Interlocked.Increment(ref _pairsUp);

    public void PairDown() => Interlocked.Decrement(ref _pairsUp);

    public void Frame(int bytes, TimeSpan after)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Add(ref _bytes, bytes);
        Relaying.Add(after);
    }

    public void Corrupt() => Interlocked.Increment(ref _corrupt);

    public void Error(string kind) => _errors.AddOrUpdate(kind, 1, static (_, n) => n + 1);

    public LoadReport Report(LoadOptions options, double seconds, int registered) => new(
        Math.Round(seconds, 3),
        new LoadRegistrations(options.Peers, registered, Read(ref _sent), Read(ref _answered), Read(ref _keysAsked),
            Read(ref _keysAccepted), Registering.Quantile(0.5), Registering.Quantile(0.99)),
        new LoadIntroductions(Read(ref _asked), Read(ref _introduced), Read(ref _pushes),
            Read(ref _repeated), Read(ref _skipped),
            new SortedDictionary<string, long>(_failedCalls, StringComparer.Ordinal),
            Introducing.Quantile(0.5), Introducing.Quantile(0.99)),
        new LoadRelays(options.Pairs, Volatile.Read(ref _pairsUp), Read(ref _frames), Read(ref _bytes),
            Read(ref _corrupt), Relaying.Quantile(0.5), Relaying.Quantile(0.99)),
        new SortedDictionary<string, long>(_errors, StringComparer.Ordinal));

    private static long Read(ref long value) => Interlocked.Read(ref value);
}
