using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Relay;

/// <summary>
/// Takes in legs that come by WebSocket. Any path and any sub-protocol; loopback is no different from others.
/// </summary>
internal sealed class RelayWebSocketEndpoint(RelayContext context, CancellationToken stopping)
{
    /// <summary>Serves one request until its leg has ended.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var remote = RemoteAddress.Of(http, context.Policy.TrustedProxies);
        var refusal = context.Admission.TryEnter(remote);
        if (refusal != AcceptRefusal.None)
        {
            context.Metrics.CountRefusal(refusal);
            http.Response.StatusCode = refusal == AcceptRefusal.Blocked
                ? StatusCodes.Status403Forbidden : StatusCodes.Status503ServiceUnavailable;
            return;
        }

        var serving = ServeAsync(http, remote);
        context.Pumps.Own(serving);
        await serving;
    }

    private async Task ServeAsync(HttpContext http, PeerAddress remote)
    {
        using var socket = await AcceptAsync(http, remote);
        if (socket is null) return;
        await context.Pumps.ServeAsync(RelayAdmission.Admitted(new WebSocketLeg(socket, remote, context)), stopping);
    }

    private async Task<System.Net.WebSockets.WebSocket?> AcceptAsync(HttpContext http, PeerAddress remote)
    {
        try
        {
            return await http.WebSockets.AcceptWebSocketAsync();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            context.Admission.Leave(RelayAdmission.Admitted(new WebSocketLeg(null!, remote, context)));
            return null;
        }
    }
}
