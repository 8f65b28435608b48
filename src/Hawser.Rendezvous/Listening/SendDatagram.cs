using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Listening;

/// <summary>Sends a datagram from port P; never waits.</summary>
/// <param name="payload">The datagram.</param>
/// <param name="destination">Where to.</param>
/// <returns>False when the system refused it.</returns>
internal delegate bool SendDatagram(ReadOnlySpan<byte> payload, PeerAddress destination);
