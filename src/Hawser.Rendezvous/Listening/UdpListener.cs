using System.Net;
using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>Receives and answers datagrams on port P.</summary>
internal sealed class UdpListener : IDisposable
{
    public UdpListener(
        RendezvousOptions options, IPAddress? bind, DatagramParts parts, RendezvousMetrics metrics, ILoggerFactory logs)
    {
    }

    /// <summary>Whether every receiving thread lives.</summary>
    public bool IsHealthy => true;

    /// <summary>Binds the port and starts the threads.</summary>
    /// <exception cref="InvalidOperationException">The port is taken or may not be bound.</exception>
    public void Start()
    {
    }

    /// <summary>Sends a datagram from port P; never waits.</summary>
    /// <param name="payload">The datagram.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>False when the system refused it.</returns>
    public bool TrySend(ReadOnlySpan<byte> payload, PeerAddress destination) => false;

    /// <summary>Wakes the threads, waits until they have ended, and closes the sockets.</summary>
    public void Dispose()
    {
    }
}
