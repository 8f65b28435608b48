using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Registering;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// What a datagram means and what goes back. One per receiving thread. RegisterPeer is answered here, from memory, and
/// allocates nothing; everything else is rare, or refused.
/// </summary>
/// <remarks>
/// Never answers a stranger with more bytes than came, and never sends to anybody but the source: a forged source gains
/// nothing (§13 S4, S5).
/// </remarks>
internal sealed partial class DatagramHandler(
    DatagramParts parts, DatagramCounters counters, SendDatagram send, ILogger log)
{
    /// <summary>Room that an answer needs.</summary>
    public const int MaxReply = 16;

    /// <summary>The longest datagram that is looked at; RegisterPk with the longest id has about 700 bytes.</summary>
    public const int MaxDatagram = 1500;

    private const int RegisterPeerField = RendezvousMessage.RegisterPeerFieldNumber;
    private const int MaxConfigUpdate = 512;

    private readonly PeerRegistry _registry = parts.Registry;

    // RegisterPeerResponse without and with request_pk.
    private static ReadOnlySpan<byte> Registered => [0x3a, 0x00];

    private static ReadOnlySpan<byte> KeyWanted => [0x3a, 0x02, 0x10, 0x01];

    /// <summary>The counters of this thread.</summary>
    public DatagramCounters Counters => counters;

    /// <summary>Milliseconds of the registry's clock; taken once for a batch.</summary>
    public long Now => _registry.Clock.Milliseconds;

    /// <summary>Handles a datagram.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">The time.</param>
    /// <param name="reply">Room for an answer, <see cref="MaxReply"/> bytes.</param>
    /// <returns>Bytes to send back to the source; 0 for none.</returns>
    public int Handle(ReadOnlySpan<byte> datagram, PeerAddress source, long now, Span<byte> reply)
    {
        if (source.Port == 0) return Ignore(DatagramCount.NoReturnPort);
        if (datagram.Length > MaxDatagram) return Ignore(DatagramCount.TooLong);
        return DatagramReader.ReadEnvelope(datagram, out var body) switch
        {
            RegisterPeerField => RegisterPeer(body, source, now, reply),
            RendezvousMessage.RegisterPkFieldNumber => RegisterPk(body, source),
            RendezvousMessage.TestNatRequestFieldNumber => TestNat(source, reply),
            RendezvousMessage.PunchHoleSentFieldNumber => PunchHoleSent(body, source),
            RendezvousMessage.ConfigureUpdateFieldNumber => Configure(body, source),
            DatagramReader.Nothing => Ignore(datagram.IsEmpty ? DatagramCount.Empty : DatagramCount.NotForUdp),
            DatagramReader.Malformed => Ignore(DatagramCount.Malformed),
            _ => Ignore(DatagramCount.NotForUdp),
        };
    }

    /// <summary>A fault of this program ended a datagram, not the thread.</summary>
    /// <param name="e">The fault.</param>
    public void Fault(Exception e)
    {
        counters.Count(DatagramCount.Fault);
        if (parts.Budgets.TryTake(0, 3, BudgetKind.Alert)) Log.Fault(log, e);
    }

    private int RegisterPeer(ReadOnlySpan<byte> body, PeerAddress source, long now, Span<byte> reply)
    {
        if (!DatagramReader.TryReadRegisterPeer(body, out var id, out var serial))
        {
            return Ignore(DatagramCount.Malformed);
        }

        switch (_registry.Register(id, source, now))
        {
            case RegisterOutcome.Registered:
                counters.Count(DatagramCount.Registered);
                if (parts.Configuration.Serial > serial) SendConfigUpdate(source, serial);
                Registered.CopyTo(reply);
                return Registered.Length;
            case RegisterOutcome.Unknown or RegisterOutcome.KeyWanted:
                counters.Count(DatagramCount.KeyWanted);
                KeyWanted.CopyTo(reply);
                return KeyWanted.Length;
            case RegisterOutcome.NotLoaded:
                return Ignore(DatagramCount.NotLoaded);
            default:
                return Ignore(DatagramCount.Malformed);
        }
    }

    private int RegisterPk(ReadOnlySpan<byte> body, PeerAddress source)
    {
        if (parts.Keys.IsQueueFull) return Ignore(DatagramCount.KeyQueueFull);
        if (!TryParse(Protocol.Messages.RegisterPk.Parser, body, out var message))
        {
            return Ignore(DatagramCount.Malformed);
        }

        return Ignore(parts.Keys.TryEnqueue(message, source) ? DatagramCount.KeyQueued : DatagramCount.KeyQueueFull);
    }

    // The client needs it to learn its outside port (§6.8). No ConfigUpdate: that would be bigger than the question.
    private int TestNat(PeerAddress source, Span<byte> reply)
    {
        if (!parts.Budgets.TryTake(source, BudgetKind.NatTest)) return Ignore(DatagramCount.OverBudget);
        counters.Count(DatagramCount.NatTest);
        reply[0] = 0xaa;
        reply[1] = 0x01;
        reply[3] = 0x08;
        var at = 4;
        for (uint port = source.Port; ; port >>= 7)
        {
            reply[at++] = (byte)(port < 0x80 ? port : port | 0x80);
            if (port < 0x80) break;
        }

        reply[2] = (byte)(at - 3);
        return at;
    }

    private int PunchHoleSent(ReadOnlySpan<byte> body, PeerAddress source)
    {
        if (!TryParse(Protocol.Messages.PunchHoleSent.Parser, body, out var message))
        {
            return Ignore(DatagramCount.Malformed);
        }

        parts.PunchHoleSent(message, source);
        return Ignore(DatagramCount.PunchHoleSent);
    }

    private int Configure(ReadOnlySpan<byte> body, PeerAddress source)
    {
        if (!source.IsLoopback) return Ignore(DatagramCount.NotForUdp);
        if (!TryParse(ConfigUpdate.Parser, body, out var update)) return Ignore(DatagramCount.Malformed);
        parts.Configuration.TryUpdate(update);
        return Ignore(DatagramCount.Configured);
    }

    // Bigger than its question, so only for a peer that is known at this very address, and not often.
    private void SendConfigUpdate(PeerAddress source, int serial)
    {
        if (parts.Configuration.NewerThan(serial) is not { } update) return;
        if (!parts.Budgets.TryTake(source, BudgetKind.ConfigUpdate)) return;
        var message = new RendezvousMessage { ConfigureUpdate = update };
        var size = message.CalculateSize();
        if (size > MaxConfigUpdate) return;
        Span<byte> payload = stackalloc byte[MaxConfigUpdate];
        message.WriteTo(payload[..size]);
        counters.Count(send(payload[..size], source) ? DatagramCount.ConfigUpdateSent : DatagramCount.SendError);
    }

    private static bool TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> body, out T message)
        where T : IMessage<T>
    {
        // Checked first: an exception for each hostile datagram would cost twenty times the datagram.
        message = default!;
        if (!DatagramReader.IsWellFormed(body)) return false;
        try
        {
            message = parser.ParseFrom(body);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private int Ignore(DatagramCount reason)
    {
        counters.Count(reason);
        return 0;
    }

    private static partial class Log
    {
        [LoggerMessage(1021, LogLevel.Error, "A datagram could not be handled")]
        public static partial void Fault(ILogger log, Exception e);
    }
}
