using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Registering;

/// <summary>The side of the registry that tells a peer something it did not ask for.</summary>
internal sealed partial class PeerRegistry
{
    // A push goes to whoever claimed the address: it stays small enough never to be worth reflecting (S4).
    private const int MaxDatagram = 1024;

    /// <summary>
    /// Sends a message to a peer: over its connection, else by UDP to its last address and, for a minute after its port
    /// flipped, its former one. Does not wait, and says nothing about arrival.
    /// </summary>
    /// <param name="peer">A fresh snapshot.</param>
    /// <param name="message">The message; not kept.</param>
    /// <returns>How it went, or why it did not.</returns>
    public PushOutcome Push(in PeerSnapshot peer, RendezvousMessage message)
    {
        var outcome = peer.Connection is { } connection && connection.TrySend(message)
            ? PushOutcome.Connection
            : PushDatagram(peer, message);
        _metrics.Pushed(outcome);
        return outcome;
    }

    /// <summary>As <see cref="Push"/>, for who does not care why it failed.</summary>
    /// <param name="peer">A fresh snapshot.</param>
    /// <param name="message">The message; not kept.</param>
    /// <returns>Whether it was sent.</returns>
    public bool TryPush(in PeerSnapshot peer, RendezvousMessage message) =>
        Push(peer, message) is PushOutcome.Connection or PushOutcome.Datagram;

    private PushOutcome PushDatagram(in PeerSnapshot peer, RendezvousMessage message)
    {
        if (Datagrams is not { } send || peer.DatagramAddress.Port == 0) return PushOutcome.Offline;
        var size = message.CalculateSize();
        if (size > MaxDatagram) return PushOutcome.TooLong;
        if (!_budgets.TryTake(peer.DatagramAddress, BudgetKind.Push)) return PushOutcome.OverBudget;
        Span<byte> payload = stackalloc byte[MaxDatagram];
        message.WriteTo(payload[..size]);
        var sent = send(payload[..size], peer.DatagramAddress);
        if (peer.PreviousAddress.Port != 0) sent |= send(payload[..size], peer.PreviousAddress);
        return sent ? PushOutcome.Datagram : PushOutcome.SendError;
    }
}

/// <summary>How a push went.</summary>
internal enum PushOutcome
{
    /// <summary>Over the peer's connection.</summary>
    Connection,

    /// <summary>By UDP.</summary>
    Datagram,

    /// <summary>There is no fresh address.</summary>
    Offline,

    /// <summary>It does not fit a datagram.</summary>
    TooLong,

    /// <summary>The destination got too many lately.</summary>
    OverBudget,

    /// <summary>The system refused it.</summary>
    SendError,
}
