using System.Security.Cryptography;

namespace Hawser.Cluster.Announcing;

/// <summary>What became of an announcement.</summary>
public enum AnnouncementVerdict
{
    /// <summary>It holds; the roster may be told.</summary>
    Accepted,

    /// <summary>A field is not what it must be.</summary>
    Malformed,

    /// <summary>It was not made with our join key, or was changed on its way.</summary>
    WrongSignature,

    /// <summary>It is older or newer than 90 seconds: one of the two clocks is wrong.</summary>
    WrongTime,

    /// <summary>It was received before.</summary>
    Replayed,

    /// <summary>Too many announcements within the window; nothing is accepted that could not be remembered.</summary>
    Busy,
}

/// <summary>
/// Checks announcements: signature first, then the clock, then that each counts once. Thread-safe and bounded.
/// </summary>
public sealed class RelayAnnouncementVerifier
{
    /// <summary>How far the two clocks may be apart.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(90);

    /// <summary>Announcements that are remembered; only signed ones are, so strangers can't fill it.</summary>
    public const int Capacity = 65_536;

    private readonly string _joinKey;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly PriorityQueue<string, long> _ends = new();

    /// <summary>A verifier for one join key.</summary>
    /// <param name="joinKey">The shared key, at least 16 characters.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">The key is too short.</exception>
    public RelayAnnouncementVerifier(string joinKey, TimeProvider time)
    {
        if (!RelayAnnouncement.IsUsableKey(joinKey))
        {
            throw new ArgumentException(
                $"A join key needs at least {RelayAnnouncement.MinKeyLength} characters.", nameof(joinKey));
        }

        _joinKey = joinKey;
        _time = time;
    }

    /// <summary>Judges an announcement and remembers it when it is accepted.</summary>
    /// <param name="announcement">What was received.</param>
    /// <returns>The verdict.</returns>
    public AnnouncementVerdict Verify(RelayAnnouncement announcement)
    {
        ArgumentNullException.ThrowIfNull(announcement);
        if (!announcement.IsWellFormed) return AnnouncementVerdict.Malformed;
        var mac = RelayAnnouncement.Mac(announcement, _joinKey);
        if (!CryptographicOperations.FixedTimeEquals(mac, Convert.FromHexString(announcement.Signature)))
        {
            return AnnouncementVerdict.WrongSignature;
        }

        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var window = (long)Window.TotalSeconds;
        if (announcement.UnixSeconds < now - window || announcement.UnixSeconds > now + window)
        {
            return AnnouncementVerdict.WrongTime;
        }
        lock (_gate)
        {
            // What the clock refuses by now need not be remembered.
            while (_ends.TryPeek(out var oldest, out var end) && end < now)
            {
                _ends.Dequeue();
                _seen.Remove(oldest);
            }

            if (_seen.Contains(announcement.Nonce)) return AnnouncementVerdict.Replayed;
            if (_seen.Count >= Capacity) return AnnouncementVerdict.Busy;
            _seen.Add(announcement.Nonce);
            _ends.Enqueue(announcement.Nonce, announcement.UnixSeconds + window);
            return AnnouncementVerdict.Accepted;
        }
    }
}
