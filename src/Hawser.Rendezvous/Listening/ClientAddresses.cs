using System.Collections.Concurrent;
using System.Net;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Where a WebSocket's client is: the socket's address, or what a trusted proxy's headers say (S9). Such a client has
/// no port of its own, so it gets one that no other connection of that host has: addresses find callers again, and
/// targets ignore a second request from the same address for a moment (C7).
/// </summary>
/// <param name="settings">The trusted proxies.</param>
internal sealed class ClientAddresses(LiveSettings settings)
{
    private readonly ConcurrentDictionary<PeerAddress, bool> _given = new();
    private int _next = Random.Shared.Next(ushort.MaxValue);

    /// <summary>Finds the client's address.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The address, and whether its port was made up and must be given back.</returns>
    public (PeerAddress Address, bool MadeUp) Resolve(HttpContext context)
    {
        var connection = context.Connection;
        var socket = PeerAddress.From(connection.RemoteIpAddress ?? IPAddress.Loopback, connection.RemotePort);
        var proxies = settings.TrustedProxies;
        if (!proxies.Contains(socket)) return (socket, false);
        var host = FromHeaders(context.Request.Headers, proxies) ?? socket.Host;
        return (GivePort(host), true);
    }

    /// <summary>The connection with a made-up port has ended.</summary>
    /// <param name="address">What <see cref="Resolve"/> gave.</param>
    public void GiveBack(PeerAddress address) => _given.TryRemove(address, out _);

    private static PeerAddress? FromHeaders(IHeaderDictionary headers, AddressList proxies) =>
        ForwardedAddress.Read(
            string.Join(',', headers["X-Forwarded-For"].ToArray()), headers["X-Real-IP"].ToString(), proxies.Contains);

    private PeerAddress GivePort(PeerAddress host)
    {
        // Bounded by the connections of one host, which are capped far below the number of ports.
        for (var attempt = 0; attempt < ushort.MaxValue; attempt++)
        {
            var port = 1 + (int)((uint)Interlocked.Increment(ref _next) % ushort.MaxValue);
            var address = host.WithPort(port);
            if (_given.TryAdd(address, true)) return address;
        }

        return host.WithPort(1);
    }
}
