using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Kcp;

namespace Hawser.Session.Connecting;

/// <summary>A path that a push has led to, before the handshake.</summary>
internal readonly record struct OpenedPath(Wire Wire, bool Secure, ReachedBy How);

/// <summary>
/// What a host does when its ID server says that someone wants to reach it (§6.4 "What B does", §6.6).
/// </summary>
internal sealed class PushAnswers(PeerHostOptions options)
{
    private const int Copies = 3;
    private const int RecentLimit = 256;
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerAddress, long> _recent = [];

    private PeerTimings Timings => options.Timings;

    /// <summary>Answers one push.</summary>
    /// <param name="push">What the server wants.</param>
    /// <param name="addressV6">The IPv6 address to offer, mangled; empty for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The path to the caller; null when nobody came.</returns>
    /// <exception cref="IOException">Server or relay can't be reached.</exception>
    public async Task<OpenedPath?> AnswerAsync(
        RendezvousMessage push, ByteString addressV6, CancellationToken cancellation)
    {
        switch (push.UnionCase)
        {
            case RendezvousMessage.UnionOneofCase.PunchHole:
                return IsDuplicate(push.PunchHole.SocketAddr)
                    ? null : await OnPunchHoleAsync(push.PunchHole, addressV6, cancellation);
            case RendezvousMessage.UnionOneofCase.FetchLocalAddr:
                return IsDuplicate(push.FetchLocalAddr.SocketAddr)
                    ? null : await OnFetchAsync(push.FetchLocalAddr, addressV6, cancellation);
            case RendezvousMessage.UnionOneofCase.RequestRelay:
                return IsDuplicate(push.RequestRelay.SocketAddr)
                    ? null : await OnRequestRelayAsync(push.RequestRelay, cancellation);
            default:
                return null;
        }
    }

    private Task<OpenedPath?> OnPunchHoleAsync(
        PunchHole push, ByteString addressV6, CancellationToken cancellation)
    {
        var symmetric = push.NatType == NatType.Symmetric || options.NatType == NatType.Symmetric;
        if (symmetric || push.ForceRelay || options.RelayOnly || (!options.AllowListening && push.UdpPort == 0))
        {
            return OfferRelayAsync(push.SocketAddr, push.RelayServer, addressV6, cancellation);
        }

        return push.UdpPort is > 0 and <= 65535
            ? PunchUdpAsync(push, addressV6, cancellation) : PunchTcpAsync(push, addressV6, cancellation);
    }

    private async Task<OpenedPath?> OnFetchAsync(
        FetchLocalAddr push, ByteString addressV6, CancellationToken cancellation)
    {
        if (options.RelayOnly || !options.AllowListening)
        {
            return await OfferRelayAsync(push.SocketAddr, push.RelayServer, addressV6, cancellation);
        }

        var connection = await RendezvousConnection.ConnectAsync(options, cancellation);
        var local = connection.Local!;
        if (local.AddressFamily != AddressFamily.InterNetwork)
        {
            await connection.DisposeAsync();
            return await OfferRelayAsync(push.SocketAddr, push.RelayServer, addressV6, cancellation);
        }

        var answer = new LocalAddr
        {
            SocketAddr = push.SocketAddr,
            LocalAddr_ = ByteString.CopyFrom(MangledAddress.Encode(PeerAddress.From(local))),
            RelayServer = Relay(push.RelayServer),
            Id = options.Identity.Id,
            Version = options.Version,
            SocketAddrV6 = addressV6,
        };
        var nobody = Task.FromResult<Socket?>(null);
        var socket = await ListenAsync(connection, new RendezvousMessage { LocalAddr = answer }, nobody, cancellation);
        return socket is null ? null : new OpenedPath(Dialer.ToWire(socket), true, ReachedBy.Lan);
    }

    private async Task<OpenedPath?> PunchTcpAsync(
        PunchHole push, ByteString addressV6, CancellationToken cancellation)
    {
        var connection = await RendezvousConnection.ConnectAsync(options, cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var meeting = MeetAsync(MangledAddress.Decode(push.SocketAddr.Span), connection.Local!, stop.Token);
        Socket? socket = null;
        try
        {
            // Time for the first SYN to leave, so that the own NAT expects the caller before the caller is told.
            await Task.WhenAny(meeting, Task.Delay(Timings.OpenHole, options.Time, stop.Token));
            var answer = new RendezvousMessage { PunchHoleSent = Sent(push, addressV6) };
            socket = await ListenAsync(connection, answer, meeting, cancellation);
        }
        finally
        {
            await stop.CancelAsync();
            if (await meeting is { } met && met != socket) met.Dispose();
        }

        return socket is null ? null : new OpenedPath(Dialer.ToWire(socket), true, ReachedBy.PunchedTcp);
    }

    // The connect attempt opens the own NAT. The field's client gives it up after 30 ms and only listens; we let it go
    // on: routers that watch sequence numbers (Linux by default) pass an answer to the caller's SYN only from the
    // socket
    // whose SYN they saw, that is when both SYNs meet in a simultaneous open. Shown by the NAT lab.
    private async Task<Socket?> MeetAsync(PeerAddress caller, IPEndPoint local, CancellationToken cancellation)
    {
        var reachable = !caller.IsUnspecified && caller.Port != 0
            && caller.IsIPv4 == (local.AddressFamily == AddressFamily.InterNetwork);
        if (!reachable) return null;
        try
        {
            // A refused attempt has closed the hole again, so it is repeated until the caller has come.
            return await Dialer.ConnectPatientlyAsync(
                caller.ToIPEndPoint(), local, Timings.MeetAgain, options.Time, cancellation);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Somebody came to the listening port, or nobody at all: both are usual.
            return null;
        }
    }

    // Tells the server, then waits for the caller: on the listening port, or where both connect attempts meet.
    private async Task<Socket?> ListenAsync(
        RendezvousConnection connection, RendezvousMessage answer, Task<Socket?> meeting,
            CancellationToken cancellation)
    {
        Socket listener;
        await using (connection)
        {
            // Listening before the server tells the caller, so that the caller can't be too early.
            listener = Dialer.Listen(connection.Local!);
            await connection.SendAsync(answer, cancellation);
            await connection.HangUpAsync(options.Time);
        }

        using (listener)
        {
            using var limit = new Deadline(Timings.Listen, options.Time, cancellation);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            var accepting = AcceptAsync(listener, stop.Token);
            await Task.WhenAny(accepting, meeting);
            if (meeting.IsCompletedSuccessfully && await meeting is { } met)
            {
                await stop.CancelAsync();
                if (await accepting is { } late) late.Dispose();
                return met;
            }

            return await accepting;
        }
    }

    private static async Task<Socket?> AcceptAsync(Socket listener, CancellationToken cancellation)
    {
        try
        {
            return await listener.AcceptAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<OpenedPath?> PunchUdpAsync(
        PunchHole push, ByteString addressV6, CancellationToken cancellation)
    {
        var addresses = await Dialer.ResolveAsync(options.Server.Host, options.LocalAddress, cancellation);
        var server = new IPEndPoint(addresses[0], options.Server.Port);
        var caller = MangledAddress.Decode(push.SocketAddr.Span).WithPort(push.UdpPort).ToIPEndPoint();
        if (caller.AddressFamily != server.AddressFamily)
        {
            return await OfferRelayAsync(push.SocketAddr, push.RelayServer, addressV6, cancellation);
        }

        var socket = UdpPunch.Open(server.AddressFamily, options.LocalAddress);
        try
        {
            var answer = new RendezvousMessage { PunchHoleSent = Sent(push, addressV6) }.ToByteArray();
            for (var i = 0; i < Copies; i++)
            {
                if (i > 0)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 31)), options.Time, cancellation);
                }

                await UdpPunch.SendAsync(socket, answer, server, cancellation);
            }

            using var limit = new Deadline(Timings.Punch, options.Time, cancellation);
            var remote = await UdpPunch.OpenAsync(socket, caller, options.Time, limit.Token);
            var timings = new KcpTimings { Handshake = Timings.Answer };
            var stream = await new KcpHandshake(socket, remote, options.Time, timings).AcceptAsync(cancellation);
            socket = null;
            return new OpenedPath(new StreamWire(stream), true, ReachedBy.PunchedUdp);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    // The host decides on the relay and makes the ticket.
    private async Task<OpenedPath?> OfferRelayAsync(
        ByteString caller, string proposed, ByteString addressV6, CancellationToken cancellation)
    {
        var ticket = Guid.NewGuid().ToString();
        var relay = Relay(proposed);
        var answer = new RelayResponse
        {
            SocketAddr = caller,
            Uuid = ticket,
            RelayServer = relay,
            Id = options.Identity.Id,
            Version = options.Version,
            SocketAddrV6 = addressV6,
        };
        await TellServerAsync(new RendezvousMessage { RelayResponse = answer }, cancellation);
        return await JoinAsync(relay, ticket, true, cancellation);
    }

    // The caller decided: it failed to connect directly and names relay and ticket.
    private async Task<OpenedPath?> OnRequestRelayAsync(RequestRelay push, CancellationToken cancellation)
    {
        var answer = new RelayResponse { SocketAddr = push.SocketAddr, Version = options.Version };
        await TellServerAsync(new RendezvousMessage { RelayResponse = answer }, cancellation);
        return await JoinAsync(Relay(push.RelayServer, own: ""), push.Uuid, push.Secure, cancellation);
    }

    private async Task TellServerAsync(RendezvousMessage answer, CancellationToken cancellation)
    {
        await using var connection = await RendezvousConnection.ConnectAsync(options, cancellation);
        await connection.SendAsync(answer, cancellation);
        await connection.HangUpAsync(options.Time);
    }

    private async Task<OpenedPath?> JoinAsync(string relay, string ticket, bool secure, CancellationToken cancellation)
    {
        var request = new RequestRelay { Uuid = ticket, LicenceKey = options.Key };
        return new OpenedPath(await RelayJoin.JoinAsync(relay, request, options, cancellation), secure,
            RelayJoin.Way(options));
    }

    private PunchHoleSent Sent(PunchHole push, ByteString addressV6) => new()
    {
        // Unchanged: the bytes are the server's ticket for the caller.
        SocketAddr = push.SocketAddr,
        Id = options.Identity.Id,
        RelayServer = Relay(push.RelayServer),
        NatType = options.NatType,
        Version = options.Version,
        SocketAddrV6 = addressV6,
    };

    private string Relay(string proposed) => Relay(proposed, options.Relay);

    private string Relay(string proposed, string own) =>
        own.Length > 0 ? own : proposed.Length > 0 ? proposed : RelayJoin.Default(options.Server);

    private bool IsDuplicate(ByteString mangled)
    {
        var caller = MangledAddress.Decode(mangled.Span);
        var now = options.Time.GetTimestamp();
        lock (_gate)
        {
            if (_recent.TryGetValue(caller, out var last) && options.Time.GetElapsedTime(last, now) < Timings.Duplicate)
            {
                return true;
            }

            if (_recent.Count >= RecentLimit) _recent.Clear();
            _recent[caller] = now;
            return false;
        }
    }
}
