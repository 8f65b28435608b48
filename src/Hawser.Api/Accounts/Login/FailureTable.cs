namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Counts attempts by a key and says how long the next one must wait: some are free, then the pause doubles. Bounded:
/// when it is full, what was quiet longest is forgotten.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="free">Attempts without a pause.</param>
/// <param name="first">The pause after those.</param>
/// <param name="longest">The longest pause.</param>
/// <param name="memory">Forgotten after that long without an attempt.</param>
/// <param name="capacity">Keys at most.</param>
internal sealed class FailureTable(
    TimeProvider time, int free, TimeSpan first, TimeSpan longest, TimeSpan memory, int capacity = 20_000)
{
    private readonly Lock _gate = new();
    private int _free = free;
    private TimeSpan _first = first;
    private TimeSpan _longest = longest;
    private TimeSpan _memory = memory;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many keys are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <summary>Counts by other numbers from now on; what was counted stays.</summary>
    public void Change(int attempts, TimeSpan firstPause, TimeSpan longestPause, TimeSpan forgotten)
    {
        lock (_gate) (_free, _first, _longest, _memory) = (attempts, firstPause, longestPause, forgotten);
    }

    /// <summary>How long the next attempt must wait; zero: not at all.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="kindness">How many times the free attempts are granted.</param>
    public TimeSpan Pause(string key, int kindness = 1)
    {
        lock (_gate) return Find(key) is { } entry ? PauseOf(entry, kindness) : TimeSpan.Zero;
    }

    /// <summary>The longest pause of the keys that begin with something.</summary>
    public TimeSpan LongestPause(string start)
    {
        var pause = TimeSpan.Zero;
        lock (_gate)
        {
            foreach (var (key, entry) in _entries)
            {
                if (!key.StartsWith(start, StringComparison.Ordinal)) continue;
                var other = PauseOf(entry, 1);
                if (other > pause) pause = other;
            }
        }

        return pause;
    }

    /// <summary>The keys whose next attempt must wait.</summary>
    public List<string> Paused()
    {
        lock (_gate)
        {
            return [.. _entries.Where(e => time.GetElapsedTime(e.Value.LastAt) < _memory
                && PauseOf(e.Value, 1) > TimeSpan.Zero).Select(e => e.Key)];
        }
    }

    /// <summary>Whether a key is remembered.</summary>
    public bool Has(string key)
    {
        lock (_gate) return Find(key) is not null;
    }

    /// <summary>Counts an attempt before its outcome is known, so that many at once count as many.</summary>
    public void Begin(string key)
    {
        lock (_gate)
        {
            var entry = Find(key) ?? Add(key);
            entry.Failures++;
            entry.LastAt = time.GetTimestamp();
        }
    }

    /// <summary>Takes an attempt back that was none: the password was right, or it was not checked.</summary>
    public void Withdraw(string key)
    {
        lock (_gate)
        {
            if (Find(key) is { Failures: > 0 } entry) entry.Failures--;
        }
    }

    /// <summary>Forgets a key.</summary>
    public void Clear(string key)
    {
        lock (_gate) _entries.Remove(key);
    }

    /// <summary>Forgets the keys that begin with something.</summary>
    public void ClearAll(string start)
    {
        lock (_gate)
        {
            foreach (var key in _entries.Keys)
            {
                if (key.StartsWith(start, StringComparison.Ordinal)) _entries.Remove(key);
            }
        }
    }

    /// <summary>Forgets what has been quiet for long.</summary>
    public void Sweep()
    {
        lock (_gate) RemoveOld();
    }

    private TimeSpan PauseOf(Entry entry, int kindness)
    {
        if (entry.Failures < _free * kindness) return TimeSpan.Zero;
        var doublings = Math.Min(20, entry.Failures - (_free * kindness));
        var pause = TimeSpan.FromTicks(Math.Min(_longest.Ticks, _first.Ticks << doublings));
        var left = pause - time.GetElapsedTime(entry.LastAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private Entry? Find(string key) =>
        _entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.LastAt) < _memory ? entry : null;

    private Entry Add(string key)
    {
        if (_entries.Count >= capacity) RemoveOld();
        if (_entries.Count >= capacity)
        {
            foreach (var (old, _) in _entries.OrderBy(e => e.Value.LastAt).Take(Math.Max(1, capacity / 10)).ToList())
            {
                _entries.Remove(old);
            }
        }

        return _entries[key] = new Entry { LastAt = time.GetTimestamp() };
    }

    private void RemoveOld()
    {
        foreach (var (key, entry) in _entries)
        {
            if (time.GetElapsedTime(entry.LastAt) >= _memory) _entries.Remove(key);
        }
    }

    private sealed class Entry
    {
        public int Failures { get; set; }

        public long LastAt { get; set; }
    }
}
