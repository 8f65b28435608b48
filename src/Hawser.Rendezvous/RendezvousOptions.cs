using System.ComponentModel.DataAnnotations;

namespace Hawser.Rendezvous;

/// <summary>Options of the rendezvous (ID) role. Bound once, in the server program.</summary>
public sealed class RendezvousOptions
{
    /// <summary>Base port P: UDP and TCP on P, NAT test and online queries on P-1, WebSocket on P+2.</summary>
    [Range(3, 65533)]
    public int Port { get; set; } = 21116;

    /// <summary>Relays that clients are told, each <c>host</c> or <c>host:port</c>. Empty: clients use the ID
    /// server's host and port P+1.</summary>
    public IList<string> RelayServers { get; } = [];

    /// <summary>ID servers that clients are told by ConfigUpdate when <see cref="Serial"/> is above theirs.</summary>
    public IList<string> RendezvousServers { get; } = [];

    /// <summary>Serial of the ConfigUpdate; 0 sends none. Clients take it over above 3.</summary>
    [Range(0, int.MaxValue)]
    public int Serial { get; set; }

    /// <summary>Send every pair through a relay, also pairs behind one address.</summary>
    public bool AlwaysUseRelay { get; set; }

    /// <summary>Networks (CIDR) that count as one local network; empty: only equal addresses do.</summary>
    public IList<string> LanNetworks { get; } = [];

    /// <summary>The relay host that peers inside <see cref="LanNetworks"/> are told instead of a public one.</summary>
    public string LocalRelay { get; set; } = "";

    /// <summary>Only devices that an administrator has deployed may register; others are answered
    /// NOT_DEPLOYED.</summary>
    public bool RequireDeployment { get; set; }

    /// <summary>Callers must send an API token that <c>authorize</c> accepts.</summary>
    public bool RequireLogin { get; set; }

    /// <summary>Seconds after the last registration until a peer counts as offline.</summary>
    [Range(5, 3600)]
    public int OnlineSeconds { get; set; } = 30;

    /// <summary>Seconds that clients registered by TCP or WebSocket are told as keep-alive.</summary>
    [Range(10, 600)]
    public int KeepAliveSeconds { get; set; } = 60;

    /// <summary>Seconds between the server's heartbeats on such connections.</summary>
    [Range(5, 300)]
    public int HeartbeatSeconds { get; set; } = 25;

    /// <summary>Seconds of silence until an unregistered connection is closed.</summary>
    [Range(1, 3600)]
    public int IdleSeconds { get; set; } = 30;

    /// <summary>Threads (and sockets) that receive UDP; 0 means one for two cores.</summary>
    [Range(0, 256)]
    public int UdpThreads { get; set; }

    /// <summary>Receive UDP with the portable calls also where the faster ones of Linux are at hand.</summary>
    public bool PortableUdp { get; set; }

    /// <summary>UDP receive buffer in bytes; 0 keeps the system's.</summary>
    [Range(0, 1 << 30)]
    public int UdpReceiveBuffer { get; set; } = 4 << 20;

    /// <summary>New key registrations a minute from one address (a /64 for IPv6). Known devices do not count.</summary>
    [Range(1, 1_000_000)]
    public int KeyRegistrationsPerMinute { get; set; } = 32;

    /// <summary>Distinct new ids a day from one address.</summary>
    [Range(1, 10_000_000)]
    public int NewIdsPerDay { get; set; } = 300;

    /// <summary>New ids a minute from all addresses together, so that forged sources can't fill the store at
    /// once.</summary>
    [Range(1, 100_000_000)]
    public int NewIdsPerMinute { get; set; } = 60_000;

    /// <summary>Refused devices that are kept for approval, and as proof that two machines claim one id; further ones
    /// take the place of those that were silent for 15 minutes.</summary>
    [Range(10, 100_000)]
    public int MaxClaims { get; set; } = 5000;

    /// <summary>Devices that may be known at most (about 120 bytes of memory each); further new ones are put
    /// off.</summary>
    [Range(1, 50_000_000)]
    public int MaxPeers { get; set; } = 2_000_000;

    /// <summary>Changes of id an hour from one address, and of one device.</summary>
    [Range(1, 1_000_000)]
    public int RenamesPerHour { get; set; } = 30;

    /// <summary>Online queries a minute from one address; a client with its device list open asks ten times a
    /// minute.</summary>
    [Range(1, 10_000_000)]
    public int OnlineQueriesPerMinute { get; set; } = 3000;

    /// <summary>NAT tests a minute from one address, over TCP and UDP together.</summary>
    [Range(1, 10_000_000)]
    public int NatTestsPerMinute { get; set; } = 1200;

    /// <summary>ConfigUpdates a minute to one address by UDP.</summary>
    [Range(1, 10_000_000)]
    public int ConfigUpdatesPerMinute { get; set; } = 600;

    /// <summary>Datagrams a minute to one address that it did not ask for, such as "a caller wants you".</summary>
    [Range(1, 10_000_000)]
    public int PushesPerMinute { get; set; } = 6000;

    /// <summary>HTTP requests a minute through the rendezvous port from one address.</summary>
    [Range(1, 10_000_000)]
    public int TunnelRequestsPerMinute { get; set; } = 6000;

    /// <summary>New TCP and WebSocket connections a minute from one address.</summary>
    [Range(1, 10_000_000)]
    public int NewConnectionsPerMinute { get; set; } = 12_000;

    /// <summary>Introductions a minute that one address may ask for.</summary>
    [Range(1, 1_000_000)]
    public int IntroductionsPerMinute { get; set; } = 300;

    /// <summary>TCP and WebSocket connections that one address may hold open.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsPerAddress { get; set; } = 2000;

    /// <summary>TCP and WebSocket connections that all together may hold open.</summary>
    [Range(1, 10_000_000)]
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Ids that one online query may name.</summary>
    [Range(1, 1_000_000)]
    public int MaxOnlineIds { get; set; } = 20_000;

    /// <summary>Reverse proxies (addresses or CIDR) whose X-Forwarded-For, or X-Real-IP without it, is
    /// believed. Empty: none.</summary>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>Serve the original's plain-text console to loopback connections on P-1.</summary>
    public bool TextConsole { get; set; }
}
