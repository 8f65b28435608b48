using System.Net;
using Hawser.Session.Clipboard;
using Hawser.Session.Files;

namespace Hawser.Session.Host;

/// <summary>How somebody got in.</summary>
public enum PrimaryAuth
{
    /// <summary>Not in yet.</summary>
    None,

    /// <summary>The one-time password.</summary>
    OneTimePassword,

    /// <summary>The permanent password.</summary>
    PermanentPassword,

    /// <summary>Somebody at the host agreed.</summary>
    Click,

    /// <summary>The one-time password of half a minute ago.</summary>
    RecentSession,

    /// <summary>This machine's own user asked for it (§18.7).</summary>
    SwitchedSides,
}

/// <summary>What a host knows of a session.</summary>
public sealed record SessionFacts
{
    /// <summary>The connection's number, as the server names it in heartbeats.</summary>
    public int Number { get; init; }

    /// <summary>Where the controller is; null when nobody knows.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The server's own name for the connection; empty when it gave none.</summary>
    public string AuditReference { get; init; } = "";

    /// <summary>Whether it is sealed.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The controller's id; its own word.</summary>
    public string PeerId { get; init; } = "";

    /// <summary>The controller's name; its own word.</summary>
    public string PeerName { get; init; } = "";

    /// <summary>The controller's session.</summary>
    public ulong SessionId { get; init; }

    /// <summary>What it was opened for.</summary>
    public SessionKind Kind { get; init; }

    /// <summary>How it got in.</summary>
    public PrimaryAuth Auth { get; init; }

    /// <summary>Whether a second factor was shown.</summary>
    public bool TwoFactor { get; init; }
}

/// <summary>Something that an administrator should hear of.</summary>
public enum HostAlarm
{
    /// <summary>An address that is not on the list.</summary>
    AddressWhitelist = 0,

    /// <summary>Too many wrong passwords in all.</summary>
    TooManyAttempts = 1,

    /// <summary>Too many wrong passwords in a minute.</summary>
    TooManyInAMinute = 2,

    /// <summary>Too many wrong passwords from one IPv6 network.</summary>
    NetworkAttempts = 6,

    /// <summary>Messages that the session is not for.</summary>
    ScopeViolation = 9,

    /// <summary>An id that is not on the list.</summary>
    IdWhitelist = 10,
}

/// <summary>Who is told of what happens; each is called on the session's own loop and must not block.</summary>
public sealed record HostEvents
{
    /// <summary>A connection is there and may try to log in.</summary>
    public Action<SessionFacts> Opened { get; init; } = _ => { };

    /// <summary>Somebody is in.</summary>
    public Action<SessionFacts> Authorised { get; init; } = _ => { };

    /// <summary>A connection that was opened is over; the text says why.</summary>
    public Action<SessionFacts, string> Closed { get; init; } = (_, _) => { };

    /// <summary>Files went over a session.</summary>
    public Action<SessionFacts, FileTransferFacts> Transferred { get; init; } = (_, _) => { };

    /// <summary>Something to worry about.</summary>
    public Action<SessionFacts, HostAlarm> Alarmed { get; init; } = (_, _) => { };

    /// <summary>Somebody writes.</summary>
    public Action<HostSession, string> Chat { get; init; } = (_, _) => { };

    /// <summary>The host's user has taken a voice call (true), or it is over.</summary>
    public Action<HostSession, bool> Called { get; init; } = (_, _) => { };

    /// <summary>Something was copied at the controller; the desk's clipboard has it already.</summary>
    public Action<SessionFacts, ClipboardContent> ClipboardArrived { get; init; } = (_, _) => { };
}
