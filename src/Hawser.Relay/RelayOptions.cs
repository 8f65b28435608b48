using System.ComponentModel.DataAnnotations;

namespace Hawser.Relay;

/// <summary>Options of the relay role. Bound once, in the server program.</summary>
public sealed class RelayOptions
{
    /// <summary>Base port R: TCP on R, WebSocket on R+2.</summary>
    [Range(1, 65533)]
    public int Port { get; set; } = 21117;

    /// <summary>Mb/s (of 1024 x 1024 bit) that one pair may use, both directions together; 0 means no limit.</summary>
    [Range(0, 1_000_000)]
    public double SingleBandwidth { get; set; } = 128;

    /// <summary>Mb/s that all pairs together may use; 0 means no limit.</summary>
    [Range(0, 10_000_000)]
    public double TotalBandwidth { get; set; } = 1024;

    /// <summary>Mb/s for pairs that were downgraded, and for pairs with an address of the black list.</summary>
    [Range(0.001, 1_000_000)]
    public double LimitSpeed { get; set; } = 32;

    /// <summary>Share of <see cref="SingleBandwidth"/> above which a long-lived pair is downgraded while the relay
    /// is busy.</summary>
    [Range(0, 1)]
    public double DowngradeThreshold { get; set; } = 0.66;

    /// <summary>Seconds until a pair can be downgraded.</summary>
    [Range(0, 1_000_000)]
    public int DowngradeStartCheck { get; set; } = 1800;

    /// <summary>Seconds that the first party waits for the second.</summary>
    [Range(1, 3600)]
    public int WaitSeconds { get; set; } = 30;

    /// <summary>Seconds that a connection may take to send its first frame.</summary>
    [Range(1, 3600)]
    public int JoinSeconds { get; set; } = 30;

    /// <summary>Seconds without traffic in either direction until a pair is ended; 0 means never.</summary>
    [Range(0, 1_000_000)]
    public int IdleSeconds { get; set; } = 3600;

    /// <summary>Seconds that pairs may go on after the server was asked to stop.</summary>
    [Range(0, 86_400)]
    public int DrainSeconds { get; set; } = 5;

    /// <summary>Pairs that may exist at the same time.</summary>
    [Range(1, 10_000_000)]
    public int MaxPairs { get; set; } = 100_000;

    /// <summary>Connections that wait or have not joined yet, all together.</summary>
    [Range(1, 10_000_000)]
    public int MaxWaiting { get; set; } = 20_000;

    /// <summary>Connections of any kind that one address (a /64 for IPv6) may hold.</summary>
    [Range(1, 10_000_000)]
    public int ConnectionsPerAddress { get; set; } = 2000;

    /// <summary>Only tickets that a rendezvous role of this process announced may be paired.</summary>
    public bool KnownTicketsOnly { get; set; }

    /// <summary>Epoll loops; 0 means one a core.</summary>
    [Range(0, 256)]
    public int Loops { get; set; }

    /// <summary>Use the portable path also where the epoll loops would run.</summary>
    public bool Portable { get; set; }

    /// <summary>Addresses and networks that are refused; <c>blocklist.txt</c> in the data folder adds to it.</summary>
    public IList<string> Blocklist { get; } = [];

    /// <summary>Addresses and networks that get <see cref="LimitSpeed"/>; <c>blacklist.txt</c> in the data folder
    /// adds to it.</summary>
    public IList<string> Blacklist { get; } = [];

    /// <summary>Reverse proxies (addresses or CIDR) whose X-Forwarded-For, or X-Real-IP without it, is
    /// believed. Empty: none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Serve the original's plain-text console to loopback connections on R. Whoever can reach R through a proxy on
    /// this machine can then command the relay.
    /// </summary>
    public bool TextConsole { get; set; }
}
