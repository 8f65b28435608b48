namespace Hawser.Cluster;

/// <summary>Why a relay is the one that is proposed.</summary>
public enum RelayReason
{
    /// <summary>None is known or all are switched off: clients try the ID server's own address.</summary>
    None,

    /// <summary>It is the only one that can be used.</summary>
    Only,

    /// <summary>It is its turn.</summary>
    Turn,

    /// <summary>It carries fewer pairs than the one whose turn it is.</summary>
    FewerPairs,

    /// <summary>No relay answers or all drain; the ones that were good last go on.</summary>
    LastGood,

    /// <summary>Who asks is inside the local network, which has a relay of its own.</summary>
    Local,
}

/// <summary>Which relay would be proposed now.</summary>
/// <param name="Address">The relay; empty: none.</param>
/// <param name="Reason">Why.</param>
/// <param name="Candidates">Those that it was chosen among.</param>
public sealed record RelayChoice(string Address, RelayReason Reason, IReadOnlyList<string> Candidates);

/// <summary>What one pair, all pairs, and a slowed pair of a relay may use, in Mb/s; 0: no limit.</summary>
/// <param name="Single">One pair.</param>
/// <param name="Total">All pairs together.</param>
/// <param name="Slowed">A pair that is slowed, because it ran long while the relay was busy, or is listed.</param>
public sealed record RelayLimits(double? Single = null, double? Total = null, double? Slowed = null);

/// <summary>What a relay made of this server's key.</summary>
public enum RelayKeyMatch
{
    /// <summary>It could not be asked.</summary>
    Unknown,

    /// <summary>It pairs who has the key, and nobody else.</summary>
    Matches,

    /// <summary>It does not pair who has this server's key.</summary>
    Refused,

    /// <summary>It pairs who has another key too: anybody may relay through it.</summary>
    AsksForNone,
}

/// <summary>How a relay did when two ends met at it for a try.</summary>
/// <param name="ConnectMilliseconds">How long connecting took; null: it could not be reached.</param>
/// <param name="Error">Why not; empty: it was.</param>
/// <param name="Key">What it made of the key.</param>
public sealed record RelayTrial(int? ConnectMilliseconds, string Error, RelayKeyMatch Key);
