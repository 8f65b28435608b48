using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous;

/// <summary>
/// Decides whether a caller may be introduced. Called after the key was checked and before the target hears anything.
/// When it throws or does not answer within a few seconds the caller is refused: access rules fail closed.
/// </summary>
/// <param name="request">Who asks for whom.</param>
/// <param name="cancellationToken">The deadline of the request.</param>
/// <returns>The verdict.</returns>
public delegate ValueTask<IntroductionVerdict> Authorize(
    IntroductionRequest request, CancellationToken cancellationToken);

/// <summary>What is asked for.</summary>
public enum IntroductionKind
{
    /// <summary>A direct path: PunchHoleRequest.</summary>
    Punch,

    /// <summary>A path through a relay, after a direct one failed: RequestRelay.</summary>
    Relay,

    /// <summary>A HealthCheck connection that lasts as long as a remote session; it names no target.</summary>
    HealthCheck,
}

/// <summary>A caller's wish. Texts are shortened to sane lengths and otherwise as the caller sent them.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Caller">Where the caller is.</param>
/// <param name="TargetId">The id asked for; empty for <see cref="IntroductionKind.HealthCheck"/>.</param>
/// <param name="Token">The caller's API token; empty when not logged in.</param>
/// <param name="ConnType">What the caller wants to open.</param>
/// <param name="SwitchCode">A capability for "switch sides"; usually empty.</param>
/// <param name="Vouched">Whether the licence key, or an introduction before, stands for the caller. Otherwise only a
/// valid token or code can: stock clients send no key with RequestRelay.</param>
/// <param name="LoginRequired">This node introduces nobody without a valid token or code; that one was sent is checked
/// already, that it is valid is not.</param>
/// <param name="Close">For <see cref="IntroductionKind.HealthCheck"/>: ends the connection, at any later time.</param>
public sealed record IntroductionRequest(
    IntroductionKind Kind, PeerAddress Caller, string TargetId, string Token, ConnType ConnType, string SwitchCode,
    bool Vouched = true, bool LoginRequired = false, Action? Close = null)
{
    /// <summary>Without the token and the code, so that a log line can't leak them.</summary>
    /// <returns>Kind, caller and target.</returns>
    public override string ToString() => $"{Kind} {Caller} -> {TargetId}";
}

/// <summary>What was decided.</summary>
/// <param name="Allowed">Whether the introduction may go on.</param>
/// <param name="Reason">Shown to the caller's user when it may not.</param>
/// <param name="Permissions">Rights imposed on the session, two bits each (0 unset, 1 forbid, 2 allow); null for
/// none.</param>
/// <param name="AuditReference">Opaque text that the target repeats in its audit posts; empty for none.</param>
/// <param name="Feedback">Not zero: the caller shall keep a HealthCheck connection.</param>
/// <param name="Session">For <see cref="IntroductionKind.HealthCheck"/>: disposed when the connection has
/// ended.</param>
public sealed record IntroductionVerdict(
    bool Allowed, string Reason = "", ulong? Permissions = null, string AuditReference = "", int Feedback = 0,
    IDisposable? Session = null)
{
    /// <summary>Go on, nothing imposed.</summary>
    public static IntroductionVerdict Allow { get; } = new(true);

    /// <summary>A refusal with a text for the user.</summary>
    /// <param name="reason">A short sentence.</param>
    /// <returns>The verdict.</returns>
    public static IntroductionVerdict Deny(string reason) => new(false, reason);
}
