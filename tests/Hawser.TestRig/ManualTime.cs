namespace Hawser.TestRig;

/// <summary>A clock that stands still until a test moves it. Its ticks are odd on purpose, to catch code that assumes a frequency.</summary>
public sealed class ManualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private DateTimeOffset _now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private TimeSpan _elapsed;

    /// <inheritdoc/>
    public override long TimestampFrequency => 7_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_gate) return (long)(_elapsed.TotalSeconds * TimestampFrequency) + 123_456_789;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves the clock and fires what became due, in order.</summary>
    /// <param name="by">How far.</param>
    public void Advance(TimeSpan by)
    {
        TimeSpan target;
        lock (_gate) target = _elapsed + by;
        while (true)
        {
            ManualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.Due is { } due && due <= target).MinBy(t => t.Due);
                var to = next?.Due ?? target;
                if (to > _elapsed)
                {
                    _now += to - _elapsed;
                    _elapsed = to;
                }
            }

            if (next is null) return;
            next.Fire(target);
        }
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        private static readonly TimeSpan Awake = TimeSpan.FromHours(1);
        private TimeSpan _period;

        public TimeSpan? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._elapsed + dueTime;
                _period = period;
            }

            return true;
        }

        public void Fire(TimeSpan target)
        {
            lock (time._gate) Due = _period > TimeSpan.Zero ? Next(target) : null;
            callback(state);
        }

        // Of a jump over days only the last hour is lived through tick by tick, as by a machine that slept.
        private TimeSpan? Next(TimeSpan target)
        {
            var next = Due + _period;
            var skipped = target - Awake - next;
            return skipped > TimeSpan.Zero ? next + (_period * Math.Floor(skipped.Value / _period)) : next;
        }

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
