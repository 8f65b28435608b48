using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Host;

/// <summary>The host's probes (§6.3): one a second while they are answered, and the round trip they measure.</summary>
internal sealed class HostProbe(SendLanes lanes, TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _sent;
    private bool _outstanding;
    private bool _stopped;
    private TimeSpan? _delay;

    public TimeSpan? Delay
    {
        get
        {
            lock (_gate) return _delay;
        }
    }

    /// <summary>How long an answer has been missing.</summary>
    public TimeSpan Overdue
    {
        get
        {
            lock (_gate) return _outstanding ? time.GetElapsedTime(_sent) : TimeSpan.Zero;
        }
    }

    /// <summary>The bitrate that is told along.</summary>
    public Func<int> Kilobits { get; set; } = () => 0;

    /// <summary>How many answers came.</summary>
    public long Answers { get; private set; }

    /// <summary>Whether no answer is to come any more.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_gate) return !_outstanding;
        }
    }

    public void Tick()
    {
        lock (_gate)
        {
            if (_outstanding || _stopped) return;
            _outstanding = true;
            _sent = time.GetTimestamp();
            // The field's hosts leave the time empty and measure here (Q8).
            var last = Math.Min((_delay ?? TimeSpan.Zero).TotalMilliseconds, 60_000);
            lanes.Post(new Message
            {
                TestDelay = new TestDelay { LastDelay = (uint)last, TargetBitrate = (uint)Kilobits() },
            });
        }
    }

    /// <summary>No more probes: what follows is not framed.</summary>
    public void Stop()
    {
        lock (_gate) _stopped = true;
    }

    public void OnTestDelay(TestDelay delay)
    {
        if (delay.FromClient)
        {
            lanes.Post(new Message { TestDelay = delay });
            return;
        }

        lock (_gate)
        {
            if (!_outstanding) return;
            _outstanding = false;
            Answers++;
            _delay = time.GetElapsedTime(_sent);
        }
    }
}
