using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening;

namespace Hawser.Rendezvous.Registering;

/// <summary>A registered peer as it was at one moment.</summary>
/// <param name="Id">Its id.</param>
/// <param name="PublicKey">Its 32-byte device key.</param>
/// <param name="Address">
/// Where it is: the connection's remote end, else the source of its last registration by UDP; port 0 when it was loaded
/// from the store and not heard of since.
/// </param>
/// <param name="PreviousAddress">Its former UDP address, for a while after its port flipped; else port 0.</param>
/// <param name="IsOnline">Whether it has a connection or was heard of lately.</param>
/// <param name="Connection">Its live TCP or WebSocket connection, if it has one.</param>
internal readonly record struct PeerSnapshot(
    string Id,
    byte[] PublicKey,
    PeerAddress Address,
    PeerAddress PreviousAddress,
    bool IsOnline,
    PeerConnection? Connection)
{
    /// <summary>Milliseconds since it was last heard of by UDP; null: never since the start.</summary>
    public long? Silence { get; init; }

    /// <summary>Where it is by UDP, if it registered there lately; else port 0.</summary>
    public PeerAddress DatagramAddress { get; init; }
}
