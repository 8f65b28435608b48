using System.Net.Sockets;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>One leg at a relay: connects and presents the ticket (§7.1). The relay answers nothing.</summary>
public static class RelayJoin
{
    /// <summary>Connects to the relay and sends the first frame.</summary>
    /// <param name="relay">The relay as peers name it: <c>host</c> or <c>host:port</c>.</param>
    /// <param name="request">The ticket (uuid) and the key; callers add id and connection type.</param>
    /// <param name="options">Transport and local address.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The path to whoever presents the same ticket.</returns>
    /// <exception cref="IOException">The relay can't be reached.</exception>
    public static async Task<Wire> JoinAsync(
        string relay, RequestRelay request, PeerOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ServerName.TryParse(relay, ServerName.RelayPort, out var server))
        {
            throw new IOException($"no relay: '{relay}'");
        }

        using var limit = new Deadline(options.Timings.Answer, options.Time, cancellation);
        Wire? wire = null;
        try
        {
            wire = options.Transport == ServerTransport.WebSocket
                ? await Dialer.ConnectWebSocketAsync(options.RelayUri
                    ?? server.ToWebSocketUri("ws/relay", tls: false), options.Proxy, limit.Token)
                : options.Proxy is { } proxy ? new StreamWire(await proxy.ConnectAsync(server, limit.Token))
                : Dialer.ToWire(await Dialer.ConnectAsync(server, options.LocalAddress, limit.Token));
            await wire.SendAsync(new RendezvousMessage { RequestRelay = request }, limit.Token);
            var joined = wire;
            wire = null;
            return joined;
        }
        catch (UriFormatException e)
        {
            throw new IOException($"no relay: '{relay}'", e);
        }
        catch (SocketException e)
        {
            throw new IOException($"can't connect to relay {server}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (limit.Expired)
        {
            throw new IOException($"can't connect to relay {server}: no answer", e);
        }
        finally
        {
            if (wire is not null) await wire.DisposeAsync();
        }
    }

    /// <summary>The relay to use when nobody named one: the ID server's host, one port up (§6.18).</summary>
    internal static string Default(ServerName server) => server.Offset(1).ToString();

    internal static ReachedBy Way(PeerOptions options) =>
        options.Transport == ServerTransport.WebSocket ? ReachedBy.RelayWebSocket : ReachedBy.RelayTcp;
}

/// <summary>How two peers reached each other.</summary>
public enum ReachedBy
{
    /// <summary>A TCP connection to the host's own address, through nothing or through its NAT.</summary>
    PunchedTcp,

    /// <summary>Datagrams through both NATs.</summary>
    PunchedUdp,

    /// <summary>A TCP connection inside one network.</summary>
    Lan,

    /// <summary>The relay, by TCP on this side.</summary>
    RelayTcp,

    /// <summary>The relay, by WebSocket on this side.</summary>
    RelayWebSocket,

    /// <summary>Datagrams between both ends' global IPv6 addresses.</summary>
    IPv6,
}
