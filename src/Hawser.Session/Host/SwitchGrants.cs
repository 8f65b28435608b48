using System.Security.Cryptography;

namespace Hawser.Session.Host;

/// <summary>
/// Machines that may take over without a password, once and at once, because this machine's own user asked them to
/// while he controlled them (§18.7).
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SwitchGrants(TimeProvider time)
{
    private const int Most = 64;
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Number, long Made)> _grants = new(StringComparer.Ordinal);

    /// <summary>Makes the grant of a machine; one that it had is void.</summary>
    /// <param name="peer">The machine's id.</param>
    /// <returns>The number to show, in the order of its text.</returns>
    public byte[] Make(string peer)
    {
        var number = Guid.NewGuid().ToByteArray(bigEndian: true);
        lock (_gate)
        {
            if (_grants.Count >= Most)
            {
                foreach (var old in _grants.Where(g => IsOver(g.Value.Made)).Select(g => g.Key).ToArray())
                {
                    _grants.Remove(old);
                }

                if (_grants.Count >= Most) _grants.Clear();
            }

            _grants[peer] = (number, time.GetTimestamp());
        }

        return number;
    }

    /// <summary>Uses a grant up.</summary>
    /// <param name="peer">Who shows it.</param>
    /// <param name="number">What it shows.</param>
    /// <returns>Whether it was one.</returns>
    public bool Take(string peer, ReadOnlySpan<byte> number)
    {
        lock (_gate)
        {
            if (!_grants.TryGetValue(peer, out var grant)) return false;
            if (!CryptographicOperations.FixedTimeEquals(grant.Number, number)) return false;
            _grants.Remove(peer);
            return !IsOver(grant.Made);
        }
    }

    private bool IsOver(long made) => time.GetElapsedTime(made) >= Life;
}
