using System.Net;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>How a peer talks to its ID server and relays.</summary>
public enum ServerTransport
{
    /// <summary>UDP for registration, TCP for the rest.</summary>
    Udp,

    /// <summary>TCP for everything, with a long secured connection for registration.</summary>
    Tcp,

    /// <summary>WebSocket for everything.</summary>
    WebSocket,
}

/// <summary>What both kinds of peer need to know.</summary>
public record PeerOptions
{
    /// <summary>The ID server and its base port.</summary>
    public required ServerName Server { get; init; }

    /// <summary>The server's public key as clients have it configured; empty when none is required.</summary>
    public string Key { get; init; } = "";

    /// <summary>How the server and relays are reached.</summary>
    public ServerTransport Transport { get; init; }

    /// <summary>The client version that is claimed; servers and peers switch features on it.</summary>
    public string Version { get; init; } = "1.4.9";

    /// <summary>The local address to use; null lets the system choose.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>The proxy for all connections; null for none.</summary>
    public ProxyServer? Proxy { get; init; }

    /// <summary>The IPv6 address to offer; null looks for a global one.</summary>
    public IPAddress? LocalIPv6 { get; init; }

    /// <summary>Where WebSocket registration and questions go; null for the address the field derives.</summary>
    public Uri? IdUri { get; init; }

    /// <summary>Where relays are joined by WebSocket; null for the address the field derives.</summary>
    public Uri? RelayUri { get; init; }

    /// <summary>What the NAT test found; SYMMETRIC makes the other end go to the relay.</summary>
    public NatType NatType { get; init; } = NatType.Asymmetric;

    /// <summary>Go on in clear when the other end can't be verified. Off: such sessions are refused.</summary>
    public bool AllowClear { get; init; }

    /// <summary>How long things take.</summary>
    public PeerTimings Timings { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Nothing but relays: by WebSocket and behind a proxy no direct path can be made.</summary>
    internal bool RelayOnly => Transport == ServerTransport.WebSocket || Proxy is not null;

    /// <summary>The server's 32-byte key; empty when <see cref="Key"/> is not one.</summary>
    internal byte[] ServerKeyBytes
    {
        get
        {
            var bytes = new byte[64];
            return Convert.TryFromBase64String(Key, bytes, out var length) && length == 32 ? bytes[..32] : [];
        }
    }
}

/// <summary>A host's options.</summary>
public sealed record PeerHostOptions : PeerOptions
{
    /// <summary>Who the host is.</summary>
    public required Channel.PeerIdentity Identity { get; init; }

    /// <summary>The relay the host insists on; empty: what the server proposes.</summary>
    public string Relay { get; init; } = "";

    /// <summary>Whether callers may connect to a port of this host. Off: always by relay, or by UDP.</summary>
    public bool AllowListening { get; init; } = true;

    /// <summary>Whether callers who offer an IPv6 address are met there as well.</summary>
    public bool AllowIPv6 { get; init; } = true;

    /// <summary>Be reachable, but do not be listed as a device.</summary>
    public bool NoRegisterDevice { get; init; }
}

/// <summary>Ways that a caller may try.</summary>
[Flags]
public enum Paths
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A direct TCP connection: same network, or punched.</summary>
    Tcp = 1,

    /// <summary>KCP over UDP through punched NATs (§3.3).</summary>
    Udp = 2,

    /// <summary>A relay.</summary>
    Relay = 4,

    /// <summary>KCP between global IPv6 addresses, beside the other ways (§3.4).</summary>
    IPv6 = 8,
}

/// <summary>A caller's options.</summary>
public sealed record PeerCallerOptions : PeerOptions
{
    /// <summary>What may be tried. <see cref="Paths.Relay"/> alone asks for a relay at once.</summary>
    public Paths Paths { get; init; } = Paths.Tcp | Paths.Relay;

    /// <summary>
    /// The API token of the logged-in user; with a key it makes the connection to the server a secured one.
    /// </summary>
    public string Token { get; init; } = "";

    /// <summary>The capability for switching sides.</summary>
    public string SwitchCode { get; init; } = "";

    /// <summary>What the caller wants to open.</summary>
    public ConnType ConnType { get; init; }
}
