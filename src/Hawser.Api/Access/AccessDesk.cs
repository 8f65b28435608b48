using Hawser.Api.Accounts;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Access;

/// <summary>
/// Answers the rendezvous role's question "may this caller be introduced?". Knows nothing of HTTP, so a node without
/// the
/// API role asks it as well. Callers without an account cost no read while the policy is open.
/// </summary>
internal sealed partial class AccessDesk : IDisposable
{
    private const string Unavailable = "The server can't check your access right now. Please try again in a moment.";
    internal const string LoginEnded = "Your login has ended. Please log in again, then connect.";
    private const string WrongToken = "This token is for programs; it can't be used to connect.";
    private const string KeyMismatch = "Key mismatch";
    private const int TokenLength = 43;

    private readonly Func<HawserDb> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RecentAttempts _attempts;
    private readonly SemaphoreSlim _grants = new(1, 1);
    private int _ticks;

    public AccessDesk(ApiParts parts, TokenDesk tokens, TimeProvider time, ILoggerFactory logs)
    {
        _open = parts.Store.CreateDb;
        _time = time;
        _log = logs.CreateLogger<AccessDesk>();
        _attempts = new RecentAttempts(time);
        Tokens = tokens;
        Watch = new AccessWatch(_open, parts.Pins, time, logs.CreateLogger<AccessWatch>());
        Introductions = new IntroductionLog(_open, time, logs.CreateLogger<IntroductionLog>());
        Sessions = new LiveSessions(_open, time, logs.CreateLogger<LiveSessions>());
        Watch.TokensChanged = OnTokensChangedAsync;
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Says whose a token is.</summary>
    public TokenDesk Tokens { get; }

    /// <summary>Keeps rules and settings in memory.</summary>
    public AccessWatch Watch { get; }

    /// <summary>Writes introductions behind.</summary>
    public IntroductionLog Introductions { get; }

    /// <summary>Operators' sessions that go on.</summary>
    public LiveSessions Sessions { get; }

    /// <summary>Works in the background until stopped.</summary>
    /// <param name="opened">When the database can be used.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When everything is written.</returns>
    public Task RunAsync(Task opened, CancellationToken cancellationToken) => Task.WhenAll(
        Watch.RunAsync(opened, cancellationToken), Introductions.RunAsync(opened, cancellationToken));

    /// <summary>Decides.</summary>
    /// <param name="request">Who asks for what.</param>
    /// <param name="cancellationToken">The request's deadline.</param>
    /// <returns>The verdict; a refusal with a text when the database can't be asked.</returns>
    public async ValueTask<AccessVerdict> DecideAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        var snapshot = Watch.Current ?? await Watch.FirstAsync(cancellationToken);
        if (snapshot.Sources.Contains(request.Caller)) return AccessVerdict.Deny(SourceDoor.Text);
        try
        {
            return request.Kind == AccessKind.Session
                ? await HoldAsync(request, cancellationToken)
                : await DecideAsync(request, snapshot, cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(_log, e, request.Kind);
            return AccessVerdict.Deny(Unavailable);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Watch.Dispose();
        _grants.Dispose();
    }

    private async ValueTask<AccessVerdict> DecideAsync(
        AccessRequest request, AccessSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.Blocked.Find(request.TargetId) is { } blocked)
        {
            return AccessVerdict.Deny(new AccessDecision(false, blocked).Text);
        }

        if (request.SwitchCode.Length > 0 && await TakeGrantAsync(request, cancellationToken) is { } granted)
        {
            return granted;
        }

        if (ViewerTickets.IsOne(request.Token)) return await DecideByTicketAsync(request, cancellationToken);
        if (IsForeign(request.Token)) return await JudgeAnonymousAsync(request, snapshot, cancellationToken);
        var user = await Tokens.FindAsync(request.Token, request.Caller.ToIPAddress(), cancellationToken);
        // Where nobody has an account, no login has ended.
        if (user is null && !snapshot.HasUsers) return await JudgeAnonymousAsync(request, snapshot, cancellationToken);
        if (user is null) return AccessVerdict.Deny(LoginEnded);
        if (user.Kind is TokenKind.Api or TokenKind.Deploy) return AccessVerdict.Deny(WrongToken);
        if (!await Watch.IsTrueAsync(cancellationToken)) return AccessVerdict.Deny(Unavailable);
        snapshot = Watch.Current!;
        var caller = new AccessCaller(user.Guid, user.Name, user.IsAdmin, user.UserGroup);
        var target = AccessPolicy.NeedsFacts(snapshot, caller)
            ? await FactsAsync(request.TargetId, snapshot, cancellationToken)
            : null;
        var decision = AccessPolicy.Decide(snapshot, caller, target, Now);
        if (!decision.Allowed) return AccessVerdict.Deny(decision.Text);
        var key = new RecentAttempts.Key(user.TokenGuid, "", request.TargetId, request.Caller.Host);
        return new AccessVerdict(
            true, "", decision.Role?.Map, Reference(request, key, user, decision), snapshot.Settings.LiveSessions);
    }

    private async ValueTask<AccessVerdict> JudgeAnonymousAsync(
        AccessRequest request, AccessSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (!request.Vouched) return AccessVerdict.Deny(KeyMismatch);
        if (request.LoginRequired)
        {
            return AccessVerdict.Deny(new AccessDecision(false, AccessReason.LoginRequired).Text);
        }

        var isOpen = snapshot.Settings is { DefaultPolicy: DefaultPolicy.Open, LoginRequired: false };
        // What everybody may is allowed even while the database is away; whatever depends on more is not.
        if (!isOpen && !await Watch.IsTrueAsync(cancellationToken)) return AccessVerdict.Deny(Unavailable);
        snapshot = Watch.Current!;
        var target = AccessPolicy.NeedsFacts(snapshot, null)
            ? await FactsAsync(request.TargetId, snapshot, cancellationToken)
            : null;
        var decision = AccessPolicy.Decide(snapshot, null, target, Now);
        if (!decision.Allowed) return AccessVerdict.Deny(decision.Text);
        return decision.Role?.Map is { } map ? new AccessVerdict(true, "", map) : AccessVerdict.Allow;
    }

    /// <summary>
    /// A grant opens one device once, whatever the rules say (reference §13): who marks its row has it. The further
    /// requests of the same attempt from the same host belong to it.
    /// </summary>
    private async ValueTask<AccessVerdict?> TakeGrantAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        var verifier = SwitchGrant.Verifier(request.SwitchCode);
        var key = new RecentAttempts.Key(Guid.Empty, verifier, request.TargetId, request.Caller.Host);
        if (_attempts.Find(key) is { } known) return new AccessVerdict(true, AuditReference: known);
        // One at a time: the client's two first requests come together, and the second belongs to the first.
        await _grants.WaitAsync(cancellationToken);
        try
        {
            if (_attempts.Find(key) is { } meanwhile) return new AccessVerdict(true, AuditReference: meanwhile);
            var now = Now;
            await using var db = _open();
            // Marked and not deleted: who overheard the signed request must not make it again.
            var isTaken = await db.TryUseSwitchGrantAsync(
                request.SwitchCode, request.TargetId, now, cancellationToken);
            if (!isTaken) return null;
            Log.Granted(_log, request.TargetId);
            return new AccessVerdict(true, AuditReference: Reference(request, key, null, null));
        }
        finally
        {
            _grants.Release();
        }
    }

    private async ValueTask<TargetFacts> FactsAsync(
        string deviceId, AccessSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (snapshot.TryGetFacts(deviceId, out var known)) return known!;
        await using var db = _open();
        var facts = await AccessReader.ReadFactsAsync(db, deviceId, cancellationToken);
        snapshot.KeepFacts(deviceId, facts);
        return facts;
    }

    private string Reference(
        AccessRequest request, RecentAttempts.Key key, CurrentUser? user, AccessDecision? decision)
    {
        var reference = _attempts.ReferenceOf(key, out var isNew);
        if (!isNew) return reference;
        Introductions.Add(new Introduction
        {
            Reference = reference,
            DeviceId = request.TargetId,
            UserGuid = user?.Guid,
            UserName = user?.Name ?? "",
            OperatorDeviceId = user?.DeviceId ?? "",
            Address = request.Caller.Host.ToString(),
            ConnType = request.ConnType,
            Reason = decision is { } made ? AccessExplainer.Words(made.Reason) : "",
            RuleGuid = decision?.Rule?.Guid,
            AtUtc = Now,
        });
        return reference;
    }

    private async ValueTask<AccessVerdict> HoldAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        var ticket = ViewerTickets.IsOne(request.Token) ? await HolderAsync(request.Token, cancellationToken) : null;
        if (ticket is null && IsForeign(request.Token)) return AccessVerdict.Deny(LoginEnded);
        var user = ticket?.User
            ?? await Tokens.FindAsync(request.Token, request.Caller.ToIPAddress(), cancellationToken);
        if (user is null || user.Kind is TokenKind.Api or TokenKind.Deploy) return AccessVerdict.Deny(LoginEnded);
        var session = new LiveSession(
            0, user.Guid, user.Name, ticket?.Row.Guid ?? user.TokenGuid, user.DeviceId,
            request.Caller.Host.ToString(), Now,
            ticket?.Row.DeviceId ?? _attempts.LastTargetOf(user.TokenGuid));
        return new AccessVerdict(true, Session: Sessions.Add(session, request.Close ?? (static () => { })));
    }

    private async Task OnTokensChangedAsync(CancellationToken cancellationToken)
    {
        Tokens.Forget();
        await Sessions.EndRevokedAsync(cancellationToken);
    }

    private void Sweep()
    {
        if (++_ticks % 10 == 0) _attempts.Sweep();
    }

    /// <summary>
    /// What this server can't have issued is no login here: it is a client's that is logged in to another server. Who
    /// sends it is not worse off than without. Nothing at all is foreign, too.
    /// </summary>
    private static bool IsForeign(string token)
    {
        if (token.Length != TokenLength && !token.StartsWith("hwp_", StringComparison.Ordinal)) return true;
        foreach (var c in token)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return true;
        }

        return false;
    }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private static partial class Log
    {
        [LoggerMessage(6505, LogLevel.Error, "Access could not be checked for {Kind}; refused")]
        public static partial void Failed(ILogger logger, Exception exception, AccessKind kind);

        [LoggerMessage(6507, LogLevel.Information, "A ticket of the console for {PeerId} was used")]
        public static partial void TicketUsed(ILogger logger, string peerId);

        [LoggerMessage(6506, LogLevel.Information, "A grant of {PeerId} to switch sides was used")]
        public static partial void Granted(ILogger logger, string peerId);
    }
}
