using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Introducing;

/// <summary>One line of the console's <c>punch-requests</c>.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="Caller">Who asked.</param>
/// <param name="TargetId">For whom.</param>
/// <param name="Target">Where the target was.</param>
internal readonly record struct PunchLogEntry(
    DateTimeOffset At, PeerAddress Caller, string TargetId, PeerAddress Target);

/// <summary>The latest introductions, for the console: a ring, because the original's list grew forever (P4).</summary>
/// <param name="time">The clock.</param>
internal sealed class PunchLog(TimeProvider time)
{
    /// <summary>Entries that are kept.</summary>
    internal const int Capacity = 4096;

    private const int LookBack = 30;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly Queue<PunchLogEntry> _entries = new();
    private readonly PunchLogEntry[] _latest = new PunchLogEntry[LookBack];
    private long _written;

    /// <summary>Notes an introduction, unless the same caller asked for the same target a moment ago.</summary>
    /// <param name="caller">Who asked.</param>
    /// <param name="targetId">For whom.</param>
    /// <param name="target">Where the target was.</param>
    public void Add(PeerAddress caller, string targetId, PeerAddress target)
    {
        var entry = new PunchLogEntry(time.GetUtcNow(), caller.Host, targetId, target.Host);
        lock (_gate)
        {
            for (var i = 0; i < Math.Min(_written, LookBack); i++)
            {
                ref readonly var known = ref _latest[i];
                if (known.Caller == entry.Caller && known.TargetId == targetId && entry.At - known.At < Quiet) return;
            }

            _latest[_written++ % LookBack] = entry;
            if (_entries.Count == Capacity) _entries.Dequeue();
            _entries.Enqueue(entry);
        }
    }

    /// <summary>A page of the log, oldest first.</summary>
    /// <param name="start">How many to skip.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>The entries.</returns>
    public PunchLogEntry[] Page(int start, int count)
    {
        lock (_gate) return _entries.Skip(start).Take(count).ToArray();
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _written = 0;
        }
    }
}
