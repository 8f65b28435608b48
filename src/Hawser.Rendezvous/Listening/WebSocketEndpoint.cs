using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Takes WebSockets from the web server, whatever their path, and needs no middleware: the handshake is done here so
/// that every byte, also a ping, is seen.
/// </summary>
/// <param name="addresses">Where clients are.</param>
/// <param name="parts">What connections work with.</param>
internal sealed class WebSocketEndpoint(ClientAddresses addresses, ConnectionParts parts)
{
    private const string Version = "13";
    private const string Suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Serves one request.</summary>
    /// <param name="context">The request.</param>
    /// <returns>When the connection has ended.</returns>
    public async Task HandleAsync(HttpContext context)
    {
        if (!IsWebSocket(context))
        {
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "A WebSocket is expected here.");
            return;
        }

        var (remote, madeUp) = addresses.Resolve(context);
        try
        {
            if (!parts.Table.TryAdmit(remote))
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many connections.");
                return;
            }

            WatchedStream stream;
            try
            {
                stream = new WatchedStream(await AcceptAsync(context));
            }
            catch
            {
                parts.Table.Release(remote);
                throw;
            }

            await using (stream)
            {
                var connection = new WebSocketConnection(stream, context.Abort, remote, parts);
                await using var gone = context.RequestAborted.Register(
                    static c => ((WebSocketConnection)c!).Close(), connection);
                await parts.Table.Serve(connection);
            }
        }
        finally
        {
            if (madeUp) addresses.GiveBack(remote);
        }
    }

    private static bool IsWebSocket(HttpContext context)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            return string.Equals(connect.Protocol, "websocket", StringComparison.OrdinalIgnoreCase);
        }

        return context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && HttpMethods.IsGet(request.Method)
            && string.Equals(request.Headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase)
            && string.Equals(request.Headers.SecWebSocketVersion.ToString(), Version, StringComparison.Ordinal)
            && IsKey(request.Headers.SecWebSocketKey.ToString());
    }

    private static bool IsKey(string key)
    {
        Span<byte> nonce = stackalloc byte[18];
        return key.Length == 24 && Convert.TryFromBase64String(key, nonce, out var length) && length == 16;
    }

    private static async Task<Stream> AcceptAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return await connect.AcceptAsync();
        }

        var headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = AcceptKey(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6455 says so")]
    private static string AcceptKey(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Suffix)));

    private static async Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status426UpgradeRequired) context.Response.Headers.Upgrade = "websocket";
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(text);
    }
}
