using Google.Protobuf;
using Hawser.Cluster;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Introducing;

/// <summary>What a broker works with.</summary>
internal sealed record BrokerParts(
    LiveSettings Settings,
    IntroductionGate Gate,
    PeerRegistry Registry,
    SourceBudgets Budgets,
    WaitingCallers Waiting,
    RecentIntroductions Recent,
    SignedKeys Signed,
    PunchLog Log,
    IPeerRouter Router,
    IRelayRoster Roster,
    RendezvousMetrics Metrics,
    TimeProvider Time,
    ILogger<PunchBroker> Logger)
{
    /// <summary>Over which relays sessions went.</summary>
    public LatestRelays Relays { get; } = new(Time);

    /// <summary>Over which path callers are sent; null: nobody asks.</summary>
    public SessionPaths? Paths { get; init; }
}

/// <summary>
/// Introduces callers to targets: tells the target, lets the caller wait, and hands the target's answer over. A caller
/// is found again by its mangled address alone, so the address carries a random ticket, exactly one answer is taken,
/// only for the id that was asked, and never without that id's signed key (S1).
/// </summary>
internal sealed partial class PunchBroker(BrokerParts parts)
{
    private const int MaxPushes = 8;
    private static readonly TimeSpan RouteLimit = TimeSpan.FromSeconds(3);

    private volatile bool _draining;

    /// <summary>How many callers wait.</summary>
    public int Waiting => parts.Waiting.Count;

    /// <summary>Over which relay a device's last session went.</summary>
    /// <param name="id">The device.</param>
    /// <returns>When and which; null: none that is remembered.</returns>
    public (DateTime At, string Relay)? LatestRelay(string id) => parts.Relays.Find(id);

    /// <summary>From now on answers are handed over, but nobody new is introduced.</summary>
    /// <returns>When nobody waits.</returns>
    public Task DrainAsync()
    {
        _draining = true;
        return parts.Waiting.WhenEmptyAsync();
    }

    /// <summary>Answers a PunchHoleRequest, or tells the target.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">For whom.</param>
    /// <returns>When the target was told or the caller refused; the target's answer comes later.</returns>
    public async ValueTask IntroduceAsync(ClientConnection caller, PunchHoleRequest request)
    {
        var (outcome, text) = await TryIntroduceAsync(caller, request);
        parts.Metrics.Introduction(outcome);
        if (outcome is IntroductionOutcome.Pushed or IntroductionOutcome.PushedAgain) return;
        caller.TrySend(new RendezvousMessage { PunchHoleResponse = Refusal(outcome, text) });
    }

    /// <summary>Answers a RequestRelay, or tells the target.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">For whom.</param>
    /// <returns>When the target was told or the caller refused.</returns>
    public async ValueTask RequestRelayAsync(ClientConnection caller, RequestRelay request)
    {
        var (outcome, text) = await TryRequestRelayAsync(caller, request);
        parts.Metrics.Introduction(outcome);
        if (outcome is IntroductionOutcome.Pushed or IntroductionOutcome.PushedAgain) return;
        var reason = text.Length > 0 ? text : Words(outcome);
        caller.TrySend(new RendezvousMessage { RelayResponse = new RelayResponse { RefuseReason = reason } });
    }

    /// <summary>A connection has ended: it waits for nothing any more.</summary>
    /// <param name="connection">The connection.</param>
    public void Forget(PeerConnection connection) => parts.Waiting.Forget(connection);

    /// <summary>Once a second.</summary>
    public void Sweep()
    {
        parts.Metrics.Expired(parts.Waiting.Sweep());
        parts.Recent.Sweep();
    }

    private async ValueTask<(IntroductionOutcome Outcome, string Text)> TryIntroduceAsync(
        ClientConnection caller, PunchHoleRequest request)
    {
        if (FindRepeat(caller, request.Id, IntroductionKind.Punch) is { } known) return await PushAgainAsync(known);
        if (Precheck(caller, request.Id) is { } refusal) return (refusal, "");
        if (!parts.Gate.IsKeyRight(request.LicenceKey))
        {
            parts.Gate.ReportWrongKey(caller.Remote, request.Id);
            return (IntroductionOutcome.KeyMismatch, "");
        }

        var (verdict, outcome) = await parts.Gate.JudgeAsync(new IntroductionRequest(
            IntroductionKind.Punch, caller.Remote, request.Id, FieldLimits.Token(request.Token),
            FieldLimits.Conn(request.ConnType), FieldLimits.Token(request.SwitchCode)));
        if (!verdict.Allowed) return (outcome, verdict.Reason);

        if (!parts.Registry.TryFind(request.Id, out var target)) return (Missing(), "");
        parts.Recent.Add(caller.Remote, target.Id);
        var waiting = PlanPunch(caller, request, target, verdict);
        var pushed = await PushAsync(waiting, target);
        if (pushed == IntroductionOutcome.Pushed) parts.Log.Add(caller.Remote, target.Id, target.Address);
        return (pushed, "");
    }

    private async ValueTask<(IntroductionOutcome Outcome, string Text)> TryRequestRelayAsync(
        ClientConnection caller, RequestRelay request)
    {
        if (FindRepeat(caller, request.Id, IntroductionKind.Relay) is { } known
            && string.Equals(known.Push?.RequestRelay?.Uuid, request.Uuid, StringComparison.Ordinal))
        {
            return await PushAgainAsync(known);
        }

        if (Precheck(caller, request.Id) is { } refusal) return (refusal, "");
        if (!FieldLimits.IsTicket(request.Uuid)) return (IntroductionOutcome.BadRequest, "");

        // Stock clients send no key here; what they may ask for was settled by their PunchHoleRequest (S6).
        var token = FieldLimits.Token(request.Token);
        var code = FieldLimits.Token(request.SwitchCode);
        var vouched = !parts.Gate.RequiresKey
            || (request.LicenceKey.Length > 0 && parts.Gate.IsKeyRight(request.LicenceKey))
            || parts.Recent.Contains(caller.Remote, request.Id);
        var claims = parts.Gate.HasRules && (token.Length > 0 || code.Length > 0);
        if (!vouched && !claims) return (IntroductionOutcome.NotIntroduced, "");

        var (verdict, outcome) = await parts.Gate.JudgeAsync(new IntroductionRequest(
            IntroductionKind.Relay, caller.Remote, request.Id, token, FieldLimits.Conn(request.ConnType), code,
            vouched));
        if (!verdict.Allowed) return (outcome, verdict.Reason);

        if (!parts.Registry.TryFind(request.Id, out var target)) return (Missing(), "");
        var waiting = PlanRelay(caller, request, target, verdict);
        parts.Roster.Expect(request.Uuid);
        return (await PushAsync(waiting, target), "");
    }

    private WaitingCaller? FindRepeat(ClientConnection caller, string id, IntroductionKind kind) =>
        parts.Waiting.Find(caller.Remote) is { } known && known.IsRepeat(caller, id, kind) ? known : null;

    private IntroductionOutcome? Precheck(ClientConnection caller, string id)
    {
        if (_draining) return IntroductionOutcome.NotReady;
        if (!parts.Budgets.TryTake(caller.Remote, BudgetKind.Introduction)) return IntroductionOutcome.TooMany;
        return FieldLimits.IsAskable(id) ? null : IntroductionOutcome.UnknownId;
    }

    /// <summary>While the store is being read, an id that is not there yet must not be called unknown.</summary>
    private IntroductionOutcome Missing() =>
        parts.Registry.IsLoaded ? IntroductionOutcome.UnknownId : IntroductionOutcome.NotReady;

    private WaitingCaller PlanPunch(
        ClientConnection caller, PunchHoleRequest request, in PeerSnapshot target, IntroductionVerdict verdict)
    {
        var lan = parts.Settings.Lan;
        var relayOnly = parts.Settings.AlwaysUseRelay || lan.NeedsRelay(caller.Remote, target.Address);
        // FetchLocalAddr has no field for a forced relay, so such pairs get a PunchHole even behind one address (C1).
        // A caller that came by WebSocket has no socket that could be dialled.
        var local = !relayOnly && !request.ForceRelay && caller.Door != Door.WebSocket
            && lan.IsSameNetwork(caller.Remote, target.Address);
        var chosen = parts.Roster.Choose(new RelayRequest(caller.Remote, target.Address));
        var relay = lan.RelayFor(target.Address, chosen, chosen);
        var udpPort = relayOnly || local ? 0 : FieldLimits.Port(request.UdpPort);
        var waiting = new WaitingCaller(caller, target.Id, IntroductionKind.Punch)
        {
            TakesUdp = udpPort > 0,
            RelayOnly = relayOnly,
            Feedback = verdict.Feedback,
            Reference = verdict.AuditReference,
            Relay = chosen,
        };
        var ticket = ByteString.CopyFrom(waiting.Ticket);
        var addressV6 = relayOnly ? ByteString.Empty : FieldLimits.AddressV6(request.SocketAddrV6);
        waiting.Push = local
            ? new RendezvousMessage
            {
                FetchLocalAddr = new FetchLocalAddr
                {
                    SocketAddr = ticket,
                    RelayServer = relay,
                    SocketAddrV6 = addressV6,
                    ControlPermissions = Permissions(verdict),
                    ControlledContext = Context(verdict),
                },
            }
            : new RendezvousMessage
            {
                PunchHole = new PunchHole
                {
                    SocketAddr = ticket,
                    RelayServer = relay,
                    NatType = relayOnly ? NatType.Symmetric : FieldLimits.Nat(request.NatType),
                    UdpPort = udpPort,
                    ForceRelay = relayOnly || request.ForceRelay,
                    UpnpPort = relayOnly ? 0 : FieldLimits.Port(request.UpnpPort),
                    SocketAddrV6 = addressV6,
                    ControlPermissions = Permissions(verdict),
                    ControlledContext = Context(verdict),
                },
            };
        return waiting;
    }

    private WaitingCaller PlanRelay(
        ClientConnection caller, RequestRelay request, in PeerSnapshot target, IntroductionVerdict verdict)
    {
        var lan = parts.Settings.Lan;
        var chosen = parts.Roster.Choose(new RelayRequest(caller.Remote, target.Address));
        // The caller names the relay that the target reported to it, so both must be told the same one.
        var relay = lan.RelayFor(target.Address, FieldLimits.Relay(request.RelayServer), chosen);
        var waiting = new WaitingCaller(caller, target.Id, IntroductionKind.Relay)
        {
            RelayOnly = parts.Settings.AlwaysUseRelay,
            Feedback = verdict.Feedback,
            Reference = verdict.AuditReference,
            Relay = chosen,
        };
        // Rebuilt, not copied: token, switch code and key are the caller's alone (S7), and lengths are ours (S4).
        waiting.Push = new RendezvousMessage
        {
            RequestRelay = new RequestRelay
            {
                Id = target.Id,
                Uuid = request.Uuid,
                SocketAddr = ByteString.CopyFrom(waiting.Ticket),
                RelayServer = relay,
                Secure = request.Secure,
                ConnType = FieldLimits.Conn(request.ConnType),
                ControlPermissions = Permissions(verdict),
                ControlledContext = Context(verdict),
            },
        };
        return waiting;
    }

    /// <summary>Lets the caller wait first, then tells the target: an answer can't come too early.</summary>
    private async ValueTask<IntroductionOutcome> PushAsync(WaitingCaller waiting, PeerSnapshot target)
    {
        waiting.Pushes = 1;
        if (!parts.Waiting.TryPark(waiting)) return IntroductionOutcome.TableFull;
        var outcome = target.IsOnline
            ? OutcomeOf(parts.Registry.Push(target, waiting.Push!))
            : await RouteAsync(target.Id, waiting.Push!) ? IntroductionOutcome.Pushed : IntroductionOutcome.Offline;
        // The connection may have ended in the meantime; then nobody else would take the entry out before it expires.
        if (outcome == IntroductionOutcome.Pushed && waiting.Connection.IsOpen) return outcome;
        parts.Waiting.TryDrop(waiting);
        return outcome == IntroductionOutcome.Pushed ? IntroductionOutcome.CallerGone : outcome;
    }

    // A target whose address has had too many pushes is not offline, and its caller may try again.
    private static IntroductionOutcome OutcomeOf(PushOutcome push) => push switch
    {
        PushOutcome.Connection or PushOutcome.Datagram => IntroductionOutcome.Pushed,
        PushOutcome.OverBudget => IntroductionOutcome.TooMany,
        _ => IntroductionOutcome.Offline,
    };

    private async ValueTask<(IntroductionOutcome Outcome, string Text)> PushAgainAsync(WaitingCaller waiting)
    {
        // A caller repeats itself after 3 and after 9 seconds; more often is noise, which the target need not hear.
        if (++waiting.Pushes > MaxPushes) return (IntroductionOutcome.PushedAgain, "");
        parts.Waiting.Renew(waiting);
        if (parts.Registry.TryFind(waiting.TargetId, out var target) && target.IsOnline)
        {
            parts.Registry.TryPush(target, waiting.Push!);
            return (IntroductionOutcome.PushedAgain, "");
        }

        if (await RouteAsync(waiting.TargetId, waiting.Push!)) return (IntroductionOutcome.PushedAgain, "");
        // Answered in this very moment: the caller has what it needs.
        return parts.Waiting.TryDrop(waiting)
            ? (IntroductionOutcome.Offline, "")
            : (IntroductionOutcome.PushedAgain, "");
    }

    private async ValueTask<bool> RouteAsync(string id, RendezvousMessage push)
    {
        using var limit = new CancellationTokenSource(RouteLimit, parts.Time);
        try
        {
            return await parts.Router.TryDeliverAsync(id, push, limit.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static ControlPermissions? Permissions(IntroductionVerdict verdict) =>
        verdict.Permissions is { } bits ? new ControlPermissions { Permissions = bits } : null;

    private static ControlledContext? Context(IntroductionVerdict verdict) =>
        verdict.AuditReference.Length > 0 ? new ControlledContext { ConnAuditRef = verdict.AuditReference } : null;

    private static PunchHoleResponse Refusal(IntroductionOutcome outcome, string text) => outcome switch
    {
        IntroductionOutcome.UnknownId => new PunchHoleResponse { Failure = PunchHoleResponse.Types.Failure.IdNotExist },
        IntroductionOutcome.Offline => new PunchHoleResponse { Failure = PunchHoleResponse.Types.Failure.Offline },
        IntroductionOutcome.KeyMismatch =>
            new PunchHoleResponse { Failure = PunchHoleResponse.Types.Failure.LicenseMismatch },
        _ => new PunchHoleResponse { OtherFailure = text.Length > 0 ? text : Words(outcome) },
    };

    /// <summary>What the caller's user reads.</summary>
    private static string Words(IntroductionOutcome outcome) => outcome switch
    {
        IntroductionOutcome.UnknownId => "ID does not exist",
        IntroductionOutcome.Offline => "Remote desktop is offline",
        IntroductionOutcome.KeyMismatch or IntroductionOutcome.NotIntroduced => "Key mismatch",
        IntroductionOutcome.LoginRequired => "Please log in",
        IntroductionOutcome.Denied => "Not allowed",
        IntroductionOutcome.TooMany => "Too many requests, please try again later",
        IntroductionOutcome.BadRequest => "Bad request",
        IntroductionOutcome.NotReady => "The server is restarting, please try again",
        _ => "The server is busy, please try again",
    };
}
