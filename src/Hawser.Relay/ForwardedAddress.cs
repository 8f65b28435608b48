using System.Net;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Relay;

/// <summary>Whom a WebSocket request comes from: what trusted proxies say, otherwise who is connected.</summary>
internal static class ForwardedAddress
{
    /// <summary>The address of the other end; port 0 when a proxy told it.</summary>
    public static PeerAddress Of(HttpContext http, AddressList trusted)
    {
        var connected = PeerAddress.From(http.Connection.RemoteIpAddress ?? IPAddress.None, http.Connection.RemotePort);
        if (!trusted.Contains(connected)) return connected;
        if (Single(http.Request.Headers["X-Real-IP"].ToString()) is { } real) return real;
        // The right-most hop that is not one of our proxies: everything left of it may be invented.
        var hops = http.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries);
        for (var i = hops.Length - 1; i >= 0; i--)
        {
            if (Single(hops[i]) is not { } hop) break;
            if (!trusted.Contains(hop)) return hop;
        }

        return connected;
    }

    private static PeerAddress? Single(string text) =>
        PeerAddress.TryParse(text, out var address) ? address.Host : null;
}
