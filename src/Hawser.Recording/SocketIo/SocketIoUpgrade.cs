using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// The request that a connection begins with (recorder.md §2.1). Needs no middleware: the handshake is done here, so
/// that every byte under the WebSocket is seen.
/// </summary>
internal static class SocketIoUpgrade
{
    private const string Suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Looks at the request in the order of the reference implementation.</summary>
    /// <param name="context">The request.</param>
    /// <returns>Why it is refused; null: it may be accepted.</returns>
    public static SocketIoRefusal? Check(HttpContext context)
    {
        var query = context.Request.Query;
        if (!string.Equals(query["transport"], "websocket", StringComparison.Ordinal))
        {
            return SocketIoRefusal.TransportUnknown;
        }

        if (!string.Equals(query["EIO"], "4", StringComparison.Ordinal)) return SocketIoRefusal.UnsupportedVersion;
        if (!string.IsNullOrEmpty(query["sid"])) return SocketIoRefusal.SessionUnknown;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase)
                ? null : SocketIoRefusal.BadRequest;
        }

        if (!HttpMethods.IsGet(context.Request.Method)) return SocketIoRefusal.BadMethod;
        return IsUpgrade(context) ? null : SocketIoRefusal.BadRequest;
    }

    /// <summary>Answers the handshake.</summary>
    /// <param name="context">The request.</param>
    /// <returns>The bytes.</returns>
    public static async Task<Stream> AcceptAsync(HttpContext context)
    {
        // An upload has no length and no rate here: both are this connection's own matter.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await connect.AcceptAsync().ConfigureAwait(false);
        }

        var headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptKey(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync().ConfigureAwait(false);
    }

    private static bool IsUpgrade(HttpContext context)
    {
        var headers = context.Request.Headers;
        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && string.Equals(headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase)
            && string.Equals(headers.SecWebSocketVersion.ToString(), "13", StringComparison.Ordinal)
            && IsKey(headers.SecWebSocketKey.ToString());
    }

    private static bool IsKey(string key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, nonce, out var length) && length == 16;
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6455 says so")]
    private static string AcceptKey(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Suffix)));
}
