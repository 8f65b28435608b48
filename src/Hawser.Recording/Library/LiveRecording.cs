using System.Collections.Concurrent;
using Hawser.Data.Recordings;

namespace Hawser.Recording.Library;

/// <summary>
/// A recording that somebody uses on this node: steps of one recording wait here for each other, those of different
/// ones never do. What is known of it is a copy; the row decides.
/// </summary>
internal sealed class LiveRecording(string recordId)
{
    private readonly Lock _lock = new();
    private int _users;
    private bool _isGone;
    private readonly Dictionary<string, int> _arriving = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _attending = new(StringComparer.Ordinal);
    private long _lastArrival;
    private long? _marked;
    private RecordingRow? _row;

    public string RecordId { get; } = recordId;

    /// <summary>One step at a time, in the order they came in.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>What the row said when it was read last, and what was added to it here; null: not read.</summary>
    public RecordingRow? Row
    {
        get => _row;
        set
        {
            if (value is null) (HighestSeq, HasAdopted) = (null, false);
            _row = value;
        }
    }

    /// <summary>
    /// No row that was there when it was looked at, or was written here since, has a higher number of the client's;
    /// null: not looked at.
    /// </summary>
    public long? HighestSeq { get; set; }

    /// <summary>
    /// Whether there are chunks whose rows were lost and whose numbers of the client's are not known, as of when
    /// <see cref="HighestSeq"/> was looked at.
    /// </summary>
    public bool HasAdopted { get; set; }

    /// <summary>Somebody waits here for late chunks.</summary>
    public bool IsDraining { get; set; }

    /// <summary>
    /// Whose bytes are on their way, or wait for their turn. Strangers' do not count, but whose it is may not be known
    /// here yet.
    /// </summary>
    public string[] Arriving => Snapshot(_arriving);

    /// <summary>Whose connections use it.</summary>
    public string[] Attended => Snapshot(_attending);

    /// <summary>When bytes arrived last, a timestamp.</summary>
    public long LastArrival => Volatile.Read(ref _lastArrival);

    /// <summary>Whether bytes of its owner are on their way, or wait for their turn.</summary>
    public bool IsArriving(string owner)
    {
        lock (_lock) return _arriving.ContainsKey(owner);
    }

    public void Arrive(string owner, int change, long now)
    {
        Count(_arriving, owner, change);
        if (Row is null || Row.Owner == owner) Volatile.Write(ref _lastArrival, now);
    }

    /// <summary>Whether its row was marked a moment ago.</summary>
    public bool WasMarkedWithin(TimeSpan moment, TimeProvider time) =>
        _marked is { } at && time.GetElapsedTime(at) < moment;

    /// <summary>Its row is marked.</summary>
    public void Mark(TimeProvider time) => _marked = time.GetTimestamp();

    public void Attend(string owner, int change) => Count(_attending, owner, change);

    private string[] Snapshot(Dictionary<string, int> counts)
    {
        lock (_lock) return [.. counts.Keys];
    }

    private void Count(Dictionary<string, int> counts, string owner, int change)
    {
        lock (_lock)
        {
            var count = counts.GetValueOrDefault(owner) + change;
            if (count > 0) counts[owner] = count;
            else counts.Remove(owner);
        }
    }

    internal bool TryHold()
    {
        lock (_lock)
        {
            if (_isGone) return false;
            _users++;
            return true;
        }
    }

    /// <returns>Whether nobody is left.</returns>
    internal bool LetGo()
    {
        lock (_lock) return _isGone = --_users == 0;
    }
}

/// <summary>The recordings that are used on this node.</summary>
internal sealed class LiveRecordings
{
    private readonly ConcurrentDictionary<string, LiveRecording> _all = new(StringComparer.Ordinal);

    /// <summary>One at a time begins a new one, so that their number is what it was counted to be.</summary>
    public SemaphoreSlim Starting { get; } = new(1);

    /// <summary>Those that a connection uses.</summary>
    public IEnumerable<LiveRecording> Attended => _all.Values.Where(r => r.Attended.Length > 0);

    /// <summary>Those that bytes are on their way for.</summary>
    public IEnumerable<LiveRecording> Arriving => _all.Values.Where(r => r.Arriving.Length > 0);

    public LiveRecording Hold(string recordId)
    {
        while (true)
        {
            var live = _all.GetOrAdd(recordId, static id => new LiveRecording(id));
            if (live.TryHold()) return live;
            // Somebody lets it go at this moment; the next one is another.
            _all.TryRemove(new(recordId, live));
        }
    }

    public void LetGo(LiveRecording live)
    {
        if (live.LetGo()) _all.TryRemove(new(live.RecordId, live));
    }

    /// <summary>What is known of a recording is out of date.</summary>
    public void Forget(string recordId)
    {
        if (_all.TryGetValue(recordId, out var live)) live.Row = null;
    }
}

/// <summary>Undoes something once.</summary>
internal sealed class Undo(Action undo) : IDisposable
{
    private Action? _undo = undo;

    public static Undo Nothing { get; } = new(static () => { });

    public void Dispose() => Interlocked.Exchange(ref _undo, null)?.Invoke();
}
