namespace Hawser.Rendezvous.Introducing;

/// <summary>How a request for an introduction, or an answer to one, ended. One metric per value.</summary>
internal enum IntroductionOutcome
{
    /// <summary>The target was told.</summary>
    Pushed,

    /// <summary>The target was told again because the caller asked again.</summary>
    PushedAgain,

    /// <summary>The target answered with an address, by TCP.</summary>
    Punched,

    /// <summary>The target answered with an address, by UDP.</summary>
    PunchedByUdp,

    /// <summary>The target answered with its private address.</summary>
    Local,

    /// <summary>The target answered with a relay.</summary>
    Relayed,

    /// <summary>The licence key is wrong.</summary>
    KeyMismatch,

    /// <summary>The source asks too often.</summary>
    TooMany,

    /// <summary>A token is required and there is none.</summary>
    LoginRequired,

    /// <summary>The access rules said no.</summary>
    Denied,

    /// <summary>A relay was asked for without an introduction before.</summary>
    NotIntroduced,

    /// <summary>The request itself makes no sense.</summary>
    BadRequest,

    /// <summary>Nobody has this id.</summary>
    UnknownId,

    /// <summary>The target is not online, or could not be told.</summary>
    Offline,

    /// <summary>The server is starting or stopping.</summary>
    NotReady,

    /// <summary>Too many callers wait.</summary>
    TableFull,

    /// <summary>An answer that nobody waits for, or with a wrong ticket, or from somebody who was not asked.</summary>
    Unmatched,

    /// <summary>The caller was gone when the answer came.</summary>
    CallerGone,
}
