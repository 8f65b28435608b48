using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Buffers.Text;
using Hawser.Protocol.Identity;

namespace Hawser.Api.Access;

/// <summary>
/// Attempts to connect that were allowed lately. A client asks several times for one session: twice at once, to try UDP
/// as well, and again for a relay when no direct path opens (rendezvous reference §6.4, §6.6). They have one reference,
/// and one switch code covers them all.
/// </summary>
internal sealed class RecentAttempts(TimeProvider time)
{
    /// <summary>How long a further request belongs to an attempt: three tries at 18 s each and their pauses.</summary>
    internal static readonly TimeSpan Keep = TimeSpan.FromSeconds(90);

    /// <summary>Attempts that are remembered at most.</summary>
    internal const int Capacity = 50_000;

    private readonly ConcurrentDictionary<Key, Attempt> _all = new();
    private int _count;

    /// <summary>How many are remembered.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The reference of the attempt that a request belongs to.</summary>
    /// <param name="key">Who wants to reach what.</param>
    /// <param name="isNew">Whether it is the first request.</param>
    public string ReferenceOf(Key key, out bool isNew)
    {
        isNew = false;
        if (Find(key) is { } known) return known;
        isNew = true;
        var attempt = new Attempt(NewReference(), time.GetTimestamp());
        while (true)
        {
            if (_all.TryGetValue(key, out var other))
            {
                if (!IsOld(other))
                {
                    isNew = false;
                    return other.Reference;
                }

                if (_all.TryUpdate(key, attempt, other)) return attempt.Reference;
            }
            else if (Count >= Capacity)
            {
                return attempt.Reference;
            }
            else if (_all.TryAdd(key, attempt))
            {
                Interlocked.Increment(ref _count);
                return attempt.Reference;
            }
        }
    }

    /// <summary>The reference of an attempt that goes on; null when there is none.</summary>
    public string? Find(Key key) => _all.TryGetValue(key, out var known) && !IsOld(known) ? known.Reference : null;

    /// <summary>The device that a login was last introduced to; empty when none is remembered.</summary>
    public string LastTargetOf(Guid token) =>
        _all.Where(p => p.Key.Token == token).OrderByDescending(p => p.Value.At)
            .Select(p => p.Key.TargetId).FirstOrDefault() ?? "";

    /// <summary>Now and then: forgets what is too old.</summary>
    public void Sweep()
    {
        foreach (var pair in _all)
        {
            if (IsOld(pair.Value) && _all.TryRemove(pair)) Interlocked.Decrement(ref _count);
        }
    }

    private static string NewReference()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    private bool IsOld(Attempt attempt) => time.GetElapsedTime(attempt.At) > Keep;

    /// <summary>Who wants to reach what: the token or the switch code's verifier, the device, and the caller's
    /// host.</summary>
    internal readonly record struct Key(Guid Token, string Verifier, string TargetId, PeerAddress Host);

    private sealed record Attempt(string Reference, long At);
}
