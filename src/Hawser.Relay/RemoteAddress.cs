using System.Net;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Relay;

/// <summary>Who a WebSocket request comes from: the socket's other end, or what a trusted proxy says of it.</summary>
internal static class RemoteAddress
{
    /// <summary>The address of the other end; port 0 when a proxy told it.</summary>
    public static PeerAddress Of(HttpContext http, AddressList trusted)
    {
        var connected = PeerAddress.From(http.Connection.RemoteIpAddress ?? IPAddress.None, http.Connection.RemotePort);
        if (!trusted.Contains(connected)) return connected;
        var headers = http.Request.Headers;
        return ForwardedAddress.Read(
            string.Join(',', headers["X-Forwarded-For"].ToArray()), headers["X-Real-IP"].ToString(), trusted.Contains)
            ?? connected;
    }
}
