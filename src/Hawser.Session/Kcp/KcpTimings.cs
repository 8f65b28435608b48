namespace Hawser.Session.Kcp;

/// <summary>How long things take on KCP (§1.2, §3.3), changeable so that tests are quick.</summary>
internal sealed record KcpTimings
{
    /// <summary>How often waiting segments are looked at.</summary>
    public TimeSpan Update { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The pause before a datagram of the handshake is repeated.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long the handshake may take.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>How often the other end is asked for a sign of life.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which the other end is gone.</summary>
    public TimeSpan Dead { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long closing waits for what was written to arrive.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the socket is kept after the last datagram.</summary>
    public TimeSpan Leave { get; init; } = TimeSpan.FromMilliseconds(30);
}
