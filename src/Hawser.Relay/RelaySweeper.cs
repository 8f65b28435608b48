using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>
/// The relay's part of the heartbeat: waiting legs that expired, samples of usage, idle and half-closed pairs, changed
/// lists and rates. The only place that looks at every pair; nothing here touches a connection itself.
/// </summary>
internal sealed class RelaySweeper(RelayContext context)
{
    /// <summary>How long a pair may live on without traffic after one leg has ended its stream.</summary>
    public static readonly TimeSpan HalfClosedLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan DowngradeLasts = TimeSpan.FromSeconds(60);
    private const double Congested = 0.9;
    private long _sampledAt = context.Time.GetTimestamp();
    private long _bytesPerSecond;

    /// <summary>What all pairs together moved in the last window.</summary>
    public long BytesPerSecond => Volatile.Read(ref _bytesPerSecond);

    /// <summary>Looks at every waiting leg and every pair once.</summary>
    public void Sweep()
    {
        var now = context.Time.GetTimestamp();
        var blocked = context.Policy.Blocklist.Snapshot;
        // The load of the window before decides, so that all pairs are judged alike.
        var total = context.Policy.TotalBandwidth;
        var isBusy = total > 0 && BytesPerSecond * 8 > total * 1024 * 1024 * Congested;
        long bytes = 0;
        foreach (var entry in context.Lobby.Entries)
        {
            if (entry is RelayPair pair) bytes += SweepPair(pair, now, blocked, isBusy);
            else if (entry is RelayLeg leg) SweepWaiting(leg, now, blocked);
        }

        var seconds = context.Time.GetElapsedTime(_sampledAt, now).TotalSeconds;
        if (seconds > 0) Volatile.Write(ref _bytesPerSecond, (long)(bytes / seconds));
        _sampledAt = now;
    }

    private void SweepWaiting(RelayLeg leg, long now, AddressList blocked)
    {
        var why = now >= leg.Deadline ? JoinOutcome.Expired
            : blocked.Contains(leg.Remote) ? JoinOutcome.Blocked
            : leg.HasVanished() ? JoinOutcome.Vanished
            : JoinOutcome.Waiting;
        if (why == JoinOutcome.Waiting || !context.Lobby.TryLeave(leg)) return;
        context.CountLost(leg, why);
        leg.Dismiss();
    }

    private long SweepPair(RelayPair pair, long now, AddressList blocked, bool isBusy)
    {
        var usage = pair.Usage;
        usage.Sample(pair, now, context.Time);
        var bytes = usage.TakeUncounted(pair);
        context.Metrics.AddBytes(bytes);
        var silent = usage.SampledAt == 0 ? TimeSpan.Zero : context.Time.GetElapsedTime(usage.ActiveAt, now);
        var idleLimit = context.Policy.Options.IdleSeconds;
        var isBlocked = blocked.Contains(pair.First.Remote) || blocked.Contains(pair.Second.Remote);
        if (isBlocked) pair.RequestEnd(RelayEnd.Blocked);
        else if (idleLimit > 0 && silent.TotalSeconds > idleLimit) pair.RequestEnd(RelayEnd.Idle);
        else if (pair.HalfClosed && silent > HalfClosedLimit) pair.RequestEnd(RelayEnd.Idle);
        JudgeDowngrade(pair, now, isBusy);
        context.Policy.ApplyRate(pair);
        return bytes;
    }

    // Unlike the original, a pair is slowed only while the relay as a whole is short of bandwidth, and not for ever.
    private void JudgeDowngrade(RelayPair pair, long now, bool isBusy)
    {
        var policy = context.Policy;
        var usage = pair.Usage;
        if (!isBusy)
        {
            if (usage.DowngradedUntil != 0 && now >= usage.DowngradedUntil) usage.DowngradedUntil = 0;
            return;
        }

        var elapsed = context.Time.GetElapsedTime(pair.Started, now).TotalSeconds;
        if (policy.SingleBandwidth <= 0 || elapsed <= policy.DowngradeStartCheck) return;
        var threshold = policy.SingleBandwidth * 1024 * 1024 * policy.DowngradeThreshold;
        if (usage.DowngradedUntil == 0 && pair.TotalBytes * 8 <= elapsed * threshold) return;
        usage.DowngradedUntil = now + (long)(DowngradeLasts.TotalSeconds * context.Time.TimestampFrequency);
    }
}
