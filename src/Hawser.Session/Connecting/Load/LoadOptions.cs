using System.Net;

namespace Hawser.Session.Connecting.Load;

/// <summary>What <see cref="LoadEngine"/> simulates, and against which server.</summary>
public sealed record LoadOptions
{
    /// <summary>The server's address; resolved and judged by the caller.</summary>
    public required IPAddress Server { get; init; }

    /// <summary>Rendezvous base port P.</summary>
    public int RendezvousPort { get; init; } = 21116;

    /// <summary>Relay port R.</summary>
    public int RelayPort { get; init; } = 21117;

    /// <summary>The key text that callers and legs present; signatures are checked when it is a public key.</summary>
    public string Key { get; init; } = "";

    /// <summary>Peers that keep themselves registered.</summary>
    public int Peers { get; init; } = 100;

    /// <summary>How many of them register over a TCP connection instead of UDP.</summary>
    public int TcpPeers { get; init; }

    /// <summary>How many of them register over WebSocket.</summary>
    public int WebSocketPeers { get; init; }

    /// <summary>Time between two registrations of one peer.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Sockets that UDP peers may use together; above it, peers share.</summary>
    public int MaxUdpSockets { get; init; } = 4096;

    /// <summary>Introductions a second, from the request to the answer that the target's reply leads to.</summary>
    public double CallsPerSecond { get; init; }

    /// <summary>Introductions that may be open at the same time; what is over it is counted as skipped.</summary>
    public int MaxOpenCalls { get; init; } = 256;

    /// <summary>Relayed pairs that exchange frames all the time.</summary>
    public int Pairs { get; init; }

    /// <summary>Bytes of one relayed frame, at least 16.</summary>
    public int FrameBytes { get; init; } = 16384;

    /// <summary>Frames a second and pair.</summary>
    public double FramesPerSecond { get; init; } = 30;

    /// <summary>How long the simulation runs.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ids are this prefix and six digits, so that an operator finds them; at most 16 characters.</summary>
    public string IdPrefix { get; init; } = "load-";
}
