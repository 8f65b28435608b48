using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Introducing;

/// <content>What targets answer, and how it finds the caller.</content>
internal sealed partial class PunchBroker
{
    /// <summary>A target has opened its NAT; its connection's source is where the caller shall dial.</summary>
    /// <param name="target">The target's connection.</param>
    /// <param name="answer">Its answer.</param>
    public void Punched(PeerConnection target, PunchHoleSent answer)
    {
        var waiting = FindByTicket(answer.SocketAddr, answer.Id);
        if (waiting is not { Kind: IntroductionKind.Punch, RelayOnly: false, WasAskedForLocal: false })
        {
            Unmatched(target.Remote, nameof(PunchHoleSent));
            return;
        }

        Complete(waiting, Address(waiting, answer, target.Remote), IntroductionOutcome.Punched);
    }

    /// <summary>A target answers by UDP: taken only with the ticket that it alone was sent, and answered by
    /// TCP.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="source">The datagram's source, where the caller shall send to.</param>
    public void PunchedByUdp(PunchHoleSent answer, PeerAddress source)
    {
        var waiting = FindByTicket(answer.SocketAddr, answer.Id);
        // The address of an IPv6 caller has no room for a ticket; there the source must be the target's own.
        if (waiting is not { Kind: IntroductionKind.Punch, TakesUdp: true, WasAskedForLocal: false }
            || (!waiting.Address.IsIPv4 && !IsFrom(waiting.TargetId, source)))
        {
            Unmatched(source, nameof(PunchHoleSent));
            return;
        }

        var response = Address(waiting, answer, source);
        response.IsUdp = true;
        Complete(waiting, response, IntroductionOutcome.PunchedByUdp);
    }

    /// <summary>A target behind the caller's own address tells its private one.</summary>
    /// <param name="target">The target's connection.</param>
    /// <param name="answer">Its answer.</param>
    public void Local(PeerConnection target, LocalAddr answer)
    {
        // Clients encode this address anew, with a tm of their own: no ticket, but the sender must share the network.
        var waiting = parts.Waiting.Find(MangledAddress.Decode(answer.SocketAddr.Span));
        if (waiting is not { Kind: IntroductionKind.Punch, WasAskedForLocal: true }
            || !IsAsked(waiting, answer.Id)
            || !parts.Settings.Lan.IsSameNetwork(waiting.Address, target.Remote)
            || answer.LocalAddr_.Length is 0 or > MangledAddress.MaxLength)
        {
            Unmatched(target.Remote, nameof(LocalAddr));
            return;
        }

        var response = new PunchHoleResponse
        {
            SocketAddr = answer.LocalAddr_,
            IsLocal = true,
            RelayServer = RelayForCaller(waiting, answer.RelayServer),
            SocketAddrV6 = FieldLimits.AddressV6(answer.SocketAddrV6),
            Feedback = waiting.Feedback,
        };
        Complete(waiting, response, IntroductionOutcome.Local);
    }

    /// <summary>A target goes through a relay: on its own decision, or because the caller asked for it.</summary>
    /// <param name="target">The target's connection.</param>
    /// <param name="answer">Its answer.</param>
    public void Relayed(PeerConnection target, RelayResponse answer)
    {
        var id = answer.UnionCase == RelayResponse.UnionOneofCase.Id ? answer.Id : "";
        var waiting = parts.Waiting.Find(MangledAddress.Decode(answer.SocketAddr.Span));
        var matched = waiting is not null && waiting.Matches(answer.SocketAddr.Span) && (waiting.Kind switch
        {
            IntroductionKind.Punch => IsAsked(waiting, id) && FieldLimits.IsTicket(answer.Uuid),
            // An answer to RequestRelay carries no id; the ticket says for whom it is.
            _ => id.Length == 0 || IsAsked(waiting, id),
        });
        if (!matched)
        {
            Unmatched(target.Remote, nameof(RelayResponse));
            return;
        }

        var response = new RelayResponse
        {
            Version = FieldLimits.Version(answer.Version),
            SocketAddrV6 = waiting!.RelayOnly ? ByteString.Empty : FieldLimits.AddressV6(answer.SocketAddrV6),
            UpnpPort = waiting.RelayOnly ? 0 : FieldLimits.Port(answer.UpnpPort),
            Feedback = waiting.Feedback,
        };
        if (waiting.Kind == IntroductionKind.Punch)
        {
            response.Uuid = answer.Uuid;
            response.RelayServer = RelayForCaller(waiting, answer.RelayServer);
        }

        Complete(waiting, response, withKey: waiting.Kind == IntroductionKind.Punch || id.Length > 0);
    }

    private WaitingCaller? FindByTicket(ByteString ticket, string id) =>
        parts.Waiting.Find(MangledAddress.Decode(ticket.Span)) is { } waiting
        && waiting.Matches(ticket.Span) && IsAsked(waiting, id)
            ? waiting
            : null;

    private static bool IsAsked(WaitingCaller waiting, string id) =>
        string.Equals(waiting.TargetId, id, StringComparison.Ordinal);

    private bool IsFrom(string id, PeerAddress source) =>
        parts.Registry.TryFind(id, out var peer)
        && (peer.Address.SameHost(source) || peer.PreviousAddress.SameHost(source));

    private PunchHoleResponse Address(WaitingCaller waiting, PunchHoleSent answer, PeerAddress source) => new()
    {
        SocketAddr = ByteString.CopyFrom(MangledAddress.Encode(source)),
        RelayServer = RelayForCaller(waiting, answer.RelayServer),
        NatType = FieldLimits.Nat(answer.NatType),
        UpnpPort = FieldLimits.Port(answer.UpnpPort),
        SocketAddrV6 = FieldLimits.AddressV6(answer.SocketAddrV6),
        Feedback = waiting.Feedback,
    };

    private string RelayForCaller(WaitingCaller waiting, string named) =>
        parts.Settings.Lan.RelayFor(waiting.Address, FieldLimits.Relay(named), waiting.Relay);

    private void Complete(WaitingCaller waiting, PunchHoleResponse response, IntroductionOutcome outcome)
    {
        // Without the signed key a stock caller would go on in clear: rather no answer than that one.
        if (!parts.Registry.TryFind(waiting.TargetId, out var peer) || !parts.Waiting.TryTake(waiting)) return;
        response.Pk = parts.Signed.For(peer);
        parts.Paths?.Direct(waiting.Reference, waiting.TargetId, waiting.Address);
        Answer(waiting, new RendezvousMessage { PunchHoleResponse = response }, outcome);
    }

    private void Complete(WaitingCaller waiting, RelayResponse response, bool withKey)
    {
        if (!parts.Registry.TryFind(waiting.TargetId, out var peer) || !parts.Waiting.TryTake(waiting)) return;
        if (withKey) response.Pk = parts.Signed.For(peer);
        if (response.Uuid.Length > 0) parts.Roster.Expect(response.Uuid);
        if (response.RefuseReason.Length == 0)
        {
            NoteRelay(waiting, response);
            parts.Metrics.SentToRelay(afterPunch: waiting.Kind == IntroductionKind.Relay
                && parts.Recent.Contains(waiting.Connection.Remote, waiting.TargetId));
        }

        Answer(waiting, new RendezvousMessage { RelayResponse = response }, IntroductionOutcome.Relayed);
    }

    private void NoteRelay(WaitingCaller waiting, RelayResponse response)
    {
        // Who asks for a relay names it and the ticket itself; the target was told both, and not the one whose turn
        // it would have been.
        var asked = waiting.Push?.RequestRelay;
        var relay = asked is { RelayServer.Length: > 0 } ? asked.RelayServer
            : response.RelayServer is { Length: > 0 } named ? named : waiting.Relay;
        parts.Relays.Note(waiting.TargetId, relay);
        var ticket = asked?.Uuid ?? response.Uuid;
        parts.Paths?.Relayed(waiting.Reference, waiting.TargetId, waiting.Address, relay, ticket);
    }

    private void Answer(WaitingCaller waiting, RendezvousMessage message, IntroductionOutcome outcome)
    {
        parts.Metrics.Introduction(waiting.Connection.TrySend(message) ? outcome : IntroductionOutcome.CallerGone);
        parts.Waiting.Finish();
    }

    private void Unmatched(PeerAddress source, string message)
    {
        parts.Metrics.Introduction(IntroductionOutcome.Unmatched);
        Log.Unmatched(parts.Logger, message, source);
    }

    private static partial class Log
    {
        [LoggerMessage(1210, LogLevel.Debug, "{Message} from {Remote} answers nobody who waits")]
        public static partial void Unmatched(ILogger logger, string message, PeerAddress remote);
    }
}
