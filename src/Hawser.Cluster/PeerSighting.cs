namespace Hawser.Cluster;

/// <summary>What a node's rendezvous role knows of a device at this moment.</summary>
/// <param name="IsOnline">Whether it is registered.</param>
/// <param name="SeenAt">When it last registered, UTC; null: not since this node started.</param>
/// <param name="Address">From where, without port; empty: not known.</param>
/// <param name="Transport">How: udp, tcp or websocket; empty: not known.</param>
/// <param name="RelayedAt">When a session to it was last sent over a relay, UTC; null: not since this node started.
/// </param>
/// <param name="Relay">Which relay that was; empty: none.</param>
public sealed record PeerSighting(
    bool IsOnline, DateTime? SeenAt, string Address, string Transport, DateTime? RelayedAt, string Relay);
