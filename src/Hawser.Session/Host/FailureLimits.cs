using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Host;

/// <summary>What somebody may try only so often.</summary>
internal enum Attempt
{
    Password,
    TwoFactor,
    IdWhitelist,
}

/// <summary>
/// Counts failures by address, and for IPv6 by its networks too (§5.8). Bounded: the oldest counters go first.
/// </summary>
internal sealed class FailureLimits(TimeProvider time)
{
    private const int MostEntries = 20_000;
    private const int AMinute = 6;
    private const int InAll = 30;
    private static readonly (int Bits, int Limit)[] Networks = [(64, 60), (56, 80), (48, 100)];
    private static readonly TimeSpan IdDecay = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Attempt, UInt128, int), Counter> _counters = [];

    /// <summary>The text to refuse with; null when one more try is allowed.</summary>
    public string? Refusal(Attempt attempt, IPAddress address)
    {
        var minute = Minute();
        lock (_gate)
        {
            var own = Read(attempt, address, 128);
            if (own.Total > InAll) return "Too many wrong attempts";
            if (own.Minute == minute && own.InMinute > AMinute) return "Please try 1 minute later";
            if (!IsV6(address)) return null;
            foreach (var (bits, limit) in Networks)
            {
                if (Read(attempt, address, bits).Total > limit)
                {
                    return $"Too many wrong attempts for IPv6 prefix /{bits}";
                }
            }

            return null;
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(Attempt attempt, IPAddress address)
    {
        lock (_gate)
        {
            Count(attempt, address, 128);
            if (!IsV6(address)) return;
            foreach (var (bits, _) in Networks) Count(attempt, address, bits);
        }
    }

    /// <summary>Forgets the failures of an address.</summary>
    public void Succeed(Attempt attempt, IPAddress address)
    {
        lock (_gate)
        {
            _counters.Remove(Key(attempt, address, 128));
            foreach (var (bits, _) in Networks) _counters.Remove(Key(attempt, address, bits));
        }
    }

    private static bool IsV6(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;

    private static (Attempt, UInt128, int) Key(Attempt attempt, IPAddress address, int bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return (attempt, bits == 128 ? value : value >> (128 - bits), bits);
    }

    private Counter Read(Attempt attempt, IPAddress address, int bits)
    {
        var counter = _counters.GetValueOrDefault(Key(attempt, address, bits));
        var old = attempt == Attempt.IdWhitelist && time.GetElapsedTime(counter.Last) > IdDecay;
        return old ? default : counter;
    }

    private void Count(Attempt attempt, IPAddress address, int bits)
    {
        var minute = Minute();
        var counter = Read(attempt, address, bits);
        if (_counters.Count >= MostEntries) DropOldest();
        var inMinute = counter.Minute == minute ? counter.InMinute + 1 : 1;
        _counters[Key(attempt, address, bits)] = new Counter(minute, inMinute, counter.Total + 1, time.GetTimestamp());
    }

    private void DropOldest()
    {
        foreach (var key in _counters.OrderBy(c => c.Value.Last).Take(MostEntries / 4).Select(c => c.Key).ToArray())
        {
            _counters.Remove(key);
        }
    }

    private long Minute() => time.GetUtcNow().ToUnixTimeSeconds() / 60;

    private readonly record struct Counter(long Minute, int InMinute, int Total, long Last);
}
