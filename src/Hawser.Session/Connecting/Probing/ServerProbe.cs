using System.Net;
using System.Net.Sockets;
using Hawser.Protocol;

namespace Hawser.Session.Connecting.Probing;

/// <summary>
/// Checks one address of a server the way clients use it, port by port. It registers nothing and leaves nothing behind;
/// it also works with the original servers, whose missing features count as not offered.
/// </summary>
public sealed partial class ServerProbe
{
    private readonly ProbeOptions _options;
    private readonly PeerOptions _tcp;
    private readonly PeerOptions _webSocket;

    /// <summary>A probe of one address.</summary>
    /// <param name="options">Which and how.</param>
    public ServerProbe(ProbeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _tcp = new PeerOptions
        {
            Server = new ServerName(options.Address.ToString(), options.RendezvousPort),
            Key = options.Key,
            Transport = ServerTransport.Tcp,
            Time = options.Time,
            Timings = new PeerTimings { Answer = options.Limit },
        };
        _webSocket = _tcp with { Transport = ServerTransport.WebSocket };
    }

    private ServerName Relay => _tcp.Server with { Port = _options.RelayPort };

    private bool IsLoopback => IPAddress.IsLoopback(_options.Address);

    /// <summary>Runs all checks at the same time, then measures what works, one after another.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The results, in reading order.</returns>
    public async Task<IReadOnlyList<ProbeResult>> RunAsync(CancellationToken cancellation = default)
    {
        var checks = Checks();
        var results = await Task.WhenAll(checks.Select(c => TryAsync(c.Empty, c.Run, cancellation)));
        // The first round warms everything up and its checks slow each other down: its times say little.
        for (var i = 0; i < checks.Length; i++)
        {
            if (results[i].Verdict != ProbeVerdict.Ok) continue;
            var again = await TryAsync(checks[i].Empty, checks[i].Run, cancellation);
            if (again.Verdict == ProbeVerdict.Ok && again.Took < results[i].Took) results[i] = again;
        }

        // Silence of one question on a port where nothing answers is no missing feature.
        var silent = results[0].Verdict == ProbeVerdict.Failed;
        if (silent) results[1] = results[1] with { Verdict = ProbeVerdict.Failed, Detail = "no answer" };
        return results;
    }

    private (ProbeResult Empty, Func<CancellationToken, Task<Finding>> Run)[] Checks()
    {
        var p = _options.RendezvousPort;
        var r = _options.RelayPort;
        var http = _options.HttpPort;
        return
        [
            (new("registration", "udp", p, true), RegistrationAsync),
            (new("NAT test", "udp", p, false), UdpNatTestAsync),
            (new("ID server", "tcp", p, true), TcpNatTestAsync),
            (new("NAT test", "tcp", p - 1, true), SecondNatTestAsync),
            (new("online query", "tcp", p - 1, true), OnlineQueryAsync),
            (new("key", "tcp", p, _options.Key.Length > 0), KeyAsync),
            (new("secured connection", "tcp", p, false), KeyExchangeAsync),
            (new("ID server", "ws", p + 2, false), WebSocketIdAsync),
            (new("relay", "tcp", r, true), RelayPortAsync),
            (new("relay pair", "tcp", r, !IsLoopback), c => PairAsync(_tcp, _tcp, c)),
            (new("relay pair", "ws", r + 2, false), c => PairAsync(WsRelay, WsRelay, c)),
            (new("relay pair, mixed", "tcp+ws", r, false), c => PairAsync(_tcp, WsRelay, c)),
            (new("readiness", "http", http, false), ReadinessAsync),
            (new("ID server at /ws/id", "http", http, false), c => WebSocketPathAsync("ws/id", c)),
            (new("relay at /ws/relay", "http", http, false), c => WebSocketPathAsync("ws/relay", c)),
        ];
    }

    // Every check ends with a verdict: what goes wrong on the way is one.
    private async Task<ProbeResult> TryAsync(
        ProbeResult empty, Func<CancellationToken, Task<Finding>> check, CancellationToken cancellation)
    {
        using var limit = new Deadline(_options.Limit, _options.Time, cancellation);
        try
        {
            var finding = await check(limit.Token);
            return empty with
            {
                Verdict = finding.Verdict, Detail = finding.Detail, Hint = finding.Hint, Took = finding.Took,
            };
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolViolation or HttpRequestException)
        {
            return empty with { Verdict = ProbeVerdict.Failed, Detail = Reason(e), Hint = Hint(empty,
                refused: IsRefused(e)) };
        }
        catch (OperationCanceledException) when (limit.Expired)
        {
            return empty with { Verdict = ProbeVerdict.Failed, Detail = "no answer", Hint = Hint(empty,
                refused: false) };
        }
    }

    private static string Hint(ProbeResult check, bool refused)
    {
        var port = $"{(check.Transport == "udp" ? "UDP" : "TCP")} port {check.Port}";
        if (!check.Needed)
        {
            return refused ? "Nothing listens there; fine unless you need it." : $"A firewall may drop {port}.";
        }

        return refused
            ? $"Nothing listens on {port}: is the server running, and is this its port?"
            : $"Open {port} in the firewall and in the router's port forwarding.";
    }

    private static bool IsRefused(Exception e)
    {
        for (var x = e; x is not null; x = x.InnerException)
        {
            if (x is SocketException { SocketErrorCode: SocketError.ConnectionRefused }) return true;
        }

        return false;
    }

    private static string Reason(Exception e)
    {
        var inner = e;
        while (inner.InnerException is { } next) inner = next;
        return inner is OperationCanceledException ? "no answer" : inner.Message;
    }

    private readonly record struct Finding(ProbeVerdict Verdict, string Detail, TimeSpan Took = default,
        string Hint = "");
}
