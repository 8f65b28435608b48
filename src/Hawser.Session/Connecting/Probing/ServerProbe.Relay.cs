using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting.Probing;

/// <summary>The checks of the relay's ports and of the HTTP port.</summary>
public sealed partial class ServerProbe
{
    private PeerOptions WsRelay => _webSocket with { RelayUri = Relay.ToWebSocketUri("ws/relay", tls: false) };

    private async Task<Finding> RelayPortAsync(CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        using var socket = await Dialer.ConnectAsync(Relay, null, cancellation);
        return new Finding(ProbeVerdict.Ok, "accepts connections", _options.Time.GetElapsedTime(start));
    }

    // Both ends of the pair are ours: what one says must arrive at the other, in both directions.
    private async Task<Finding> PairAsync(PeerOptions one, PeerOptions other, CancellationToken cancellation)
    {
        var ticket = Guid.NewGuid().ToString();
        var start = _options.Time.GetTimestamp();
        await using var first = await RelayJoin.JoinAsync(Relay.ToString(), Ticket(ticket, "a"), one, cancellation);
        await using var second = await RelayJoin.JoinAsync(Relay.ToString(), Ticket(ticket, ""), other, cancellation);
        using var limit = new Deadline(_options.Limit / 2, _options.Time, cancellation);
        try
        {
            var there = await CrossAsync(first, second, $"{ticket} there", limit.Token);
            var back = await CrossAsync(second, first, $"{ticket} back", limit.Token);
            var took = _options.Time.GetElapsedTime(start);
            return there && back
                ? new Finding(ProbeVerdict.Ok, "joined, and data crosses both ways", took) : NoPair("was closed");
        }
        catch (OperationCanceledException) when (limit.Expired)
        {
            return NoPair("no data arrives");
        }
        catch (IOException)
        {
            return NoPair("was closed");
        }
    }

    private Finding NoPair(string what)
    {
        if (_options.Key.Length == 0)
        {
            return new Finding(ProbeVerdict.Skipped, "needs the key", default, "Give it with --key.");
        }

        var hint = IsLoopback
            ? "Is it the relay's key too? The original relay never relays for loopback addresses: ask from elsewhere."
            : "Does the relay have the same key as the ID server?";
        return new Finding(ProbeVerdict.Failed, $"the pair {what}", default, hint);
    }

    private RequestRelay Ticket(string ticket, string id) =>
        new() { Uuid = ticket, Id = id, LicenceKey = _options.Key };

    private static async Task<bool> CrossAsync(Wire from, Wire to, string text, CancellationToken cancellation)
    {
        await from.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = text } }, cancellation);
        return await to.ReceiveAsync(cancellation) is { } payload
            && WireMessages.TryReadRendezvous(payload.Span, out var message) && message!.Hc?.Token == text;
    }

    private async Task<Finding> ReadinessAsync(CancellationToken cancellation)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        var start = _options.Time.GetTimestamp();
        using var answer = await client.GetAsync(HttpUri("http", "health/ready"), cancellation);
        var took = _options.Time.GetElapsedTime(start);
        return (int)answer.StatusCode switch
        {
            200 => new Finding(ProbeVerdict.Ok, "ready", took),
            503 => new Finding(ProbeVerdict.Failed, "the server says that it is not ready", took,
                "See its log, and /health/ready."),
            404 => new Finding(ProbeVerdict.NotOffered, "not offered by this server", took),
            var status => new Finding(ProbeVerdict.NotOffered, $"answers with status {status}", took),
        };
    }

    private async Task<Finding> WebSocketPathAsync(string path, CancellationToken cancellation)
    {
        var start = _options.Time.GetTimestamp();
        await using var wire = await Dialer.ConnectWebSocketAsync(HttpUri("ws", path), null, cancellation);
        return new Finding(ProbeVerdict.Ok, "upgrades to WebSocket", _options.Time.GetElapsedTime(start));
    }

    private Uri HttpUri(string scheme, string path) =>
        new UriBuilder(scheme, _options.Address.ToString(), _options.HttpPort, path).Uri;
}
