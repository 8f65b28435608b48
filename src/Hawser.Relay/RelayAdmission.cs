using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Relay;

/// <summary>
/// Who may come in: block list and caps when a connection is accepted, key and ticket when it joins. Counts every
/// connection from its acceptance to its end.
/// </summary>
internal sealed class RelayAdmission(RelayPolicy policy, string requiredKey, IRelayRoster roster, TimeProvider time)
{
    /// <summary>The longest ticket that is remembered. The field's own are 36 characters.</summary>
    public const int MaxTicket = 128;

    /// <summary>Seconds that a connection may take to join while others are being refused.</summary>
    public const int PressedJoinSeconds = 3;

    private static readonly TimeSpan PressureLasts = TimeSpan.FromSeconds(10);
    private readonly byte[] _requiredKey = Encoding.UTF8.GetBytes(requiredKey);
    private readonly ConcurrentDictionary<PeerAddress, int> _perAddress = new();
    private long _pressedAt = long.MinValue;
    private int _unpaired;
    private volatile bool _draining;

    /// <summary>Connections that have no partner, joined or not.</summary>
    public int Unpaired => Volatile.Read(ref _unpaired);

    /// <summary>Addresses (or /64 networks) that hold connections.</summary>
    public int Addresses => _perAddress.Count;

    /// <summary>No one is let in any more.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>
    /// A cap was reached lately, or nearly so: connections that have sent nothing yet get less time, so that opened and
    /// abandoned ones do not keep others out.
    /// </summary>
    public bool IsUnderPressure =>
        Unpaired > policy.Options.MaxWaiting / 2
        || (Volatile.Read(ref _pressedAt) is var at && at != long.MinValue && time.GetElapsedTime(at) < PressureLasts);

    /// <summary>Counts a new connection, or refuses it.</summary>
    public AcceptRefusal TryEnter(PeerAddress remote)
    {
        if (_draining) return AcceptRefusal.Draining;
        if (policy.Blocklist.Snapshot.Contains(remote)) return AcceptRefusal.Blocked;
        if (Interlocked.Increment(ref _unpaired) > policy.Options.MaxWaiting)
        {
            Interlocked.Decrement(ref _unpaired);
            Press();
            return AcceptRefusal.WaitingCap;
        }

        if (TryCount(remote.BudgetKey, policy.Options.ConnectionsPerAddress)) return AcceptRefusal.None;
        Interlocked.Decrement(ref _unpaired);
        Press();
        return AcceptRefusal.AddressCap;
    }

    /// <summary>Notes that someone had to be refused for want of room.</summary>
    public void Press() => Volatile.Write(ref _pressedAt, time.GetTimestamp());

    /// <summary>Notes on the leg itself that it was let in.</summary>
    public static T Admitted<T>(T leg) where T : RelayLeg
    {
        leg.CountsForAddress = leg.CountsAsUnpaired = true;
        return leg;
    }

    /// <summary>Moves the counts from one leg object to another for the same connection.</summary>
    public static void Transfer(RelayLeg from, RelayLeg to)
    {
        (to.CountsForAddress, to.CountsAsUnpaired) = (from.CountsForAddress, from.CountsAsUnpaired);
        from.CountsForAddress = from.CountsAsUnpaired = false;
    }

    /// <summary>The leg has found a partner.</summary>
    public void MarkPaired(RelayLeg leg)
    {
        if (!leg.CountsAsUnpaired) return;
        leg.CountsAsUnpaired = false;
        Interlocked.Decrement(ref _unpaired);
    }

    /// <summary>The leg's connection is closed. May be called again.</summary>
    public void Leave(RelayLeg leg)
    {
        MarkPaired(leg);
        if (!leg.CountsForAddress) return;
        leg.CountsForAddress = false;
        Discount(leg.Remote.BudgetKey);
    }

    /// <summary>Judges a first frame.</summary>
    /// <param name="payload">The frame's payload or the WebSocket message.</param>
    /// <param name="ticket">The ticket, when the outcome is Waiting: the leg may go on to the lobby.</param>
    public JoinOutcome Check(ReadOnlySpan<byte> payload, out string ticket)
    {
        ticket = "";
        if (!WireMessages.TryReadRendezvous(payload, out var message) || message!.RequestRelay is not { } join)
        {
            return JoinOutcome.NotAJoin;
        }

        if (!IsRequiredKey(join.LicenceKey)) return JoinOutcome.WrongKey;
        if (join.Uuid.Length is 0 or > MaxTicket) return JoinOutcome.BadTicket;
        if (_draining) return JoinOutcome.Draining;
        ticket = join.Uuid;
        return JoinOutcome.Waiting;
    }

    /// <summary>
    /// Whether two legs may meet. Asked of the second one only: a target that chose the ticket itself may be here
    /// before
    /// the rendezvous role has read its announcement.
    /// </summary>
    public bool MayPair(string ticket) => !policy.Options.KnownTicketsOnly || roster.IsExpected(ticket);

    private bool IsRequiredKey(string given) =>
        _requiredKey.Length == 0
        || CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _requiredKey);

    private bool TryCount(PeerAddress key, int cap)
    {
        while (true)
        {
            if (!_perAddress.TryGetValue(key, out var count))
            {
                if (_perAddress.TryAdd(key, 1)) return true;
            }
            else if (count >= cap)
            {
                return false;
            }
            else if (_perAddress.TryUpdate(key, count + 1, count))
            {
                return true;
            }
        }
    }

    private void Discount(PeerAddress key)
    {
        while (_perAddress.TryGetValue(key, out var count))
        {
            if (count > 1 ? _perAddress.TryUpdate(key, count - 1, count)
                : _perAddress.TryRemove(new KeyValuePair<PeerAddress, int>(key, count))) return;
        }
    }
}
