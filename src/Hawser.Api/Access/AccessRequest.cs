using Hawser.Protocol.Identity;

namespace Hawser.Api.Access;

/// <summary>What is asked for; as the rendezvous role's kinds.</summary>
internal enum AccessKind
{
    /// <summary>A direct path.</summary>
    Punch,

    /// <summary>A path through a relay.</summary>
    Relay,

    /// <summary>A connection that lasts as long as an operator's session (reference §15.2).</summary>
    Session,
}

/// <summary>A caller's wish.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Caller">Where the caller is.</param>
/// <param name="TargetId">The device; empty for sessions.</param>
/// <param name="Token">The caller's token; empty when not logged in.</param>
/// <param name="ConnType">What is to be opened, the rendezvous numbers.</param>
/// <param name="SwitchCode">A capability for "switch sides"; usually empty.</param>
/// <param name="Vouched">Whether the licence key stands for the caller; otherwise only an account or a grant
/// can.</param>
/// <param name="LoginRequired">This node demands a login, whatever the setting says.</param>
/// <param name="Close">For sessions: ends the connection.</param>
internal sealed record AccessRequest(
    AccessKind Kind, PeerAddress Caller, string TargetId, string Token, int ConnType = 0, string SwitchCode = "",
    bool Vouched = true, bool LoginRequired = false, Action? Close = null)
{
    /// <summary>Without the token and the code.</summary>
    public override string ToString() => $"{Kind} {Caller} -> {TargetId}";
}

/// <summary>What was decided.</summary>
/// <param name="Allowed">Whether it may go on.</param>
/// <param name="Reason">Shown to the caller's user when it may not.</param>
/// <param name="Permissions">What is imposed on the session; null for nothing.</param>
/// <param name="AuditReference">What the device repeats in audits; empty for none.</param>
/// <param name="KeepSession">The caller shall keep a connection as long as its session.</param>
/// <param name="Session">For sessions: disposed when the connection has ended.</param>
internal sealed record AccessVerdict(
    bool Allowed, string Reason = "", ulong? Permissions = null, string AuditReference = "", bool KeepSession = false,
    IDisposable? Session = null)
{
    /// <summary>Go on, nothing imposed.</summary>
    public static AccessVerdict Allow { get; } = new(true);

    /// <summary>A refusal.</summary>
    public static AccessVerdict Deny(string reason) => new(false, reason);
}
