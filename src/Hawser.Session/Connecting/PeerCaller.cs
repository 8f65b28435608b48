using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Kcp;

namespace Hawser.Session.Connecting;

/// <summary>The result of a call.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">A text for people when there is no channel.</param>
public sealed record ConnectResult(ConnectOutcome Outcome, string Detail)
{
    /// <summary>The channel, owned by the caller of the call; null unless connected.</summary>
    public SecureChannel? Channel { get; init; }

    /// <summary>How the host was reached.</summary>
    public ReachedBy How { get; init; }

    /// <summary>The host's address on a direct path.</summary>
    public IPEndPoint? Remote { get; init; }

    internal bool IsConnected => Outcome == ConnectOutcome.Connected;
}

/// <summary>Calls a host by its id: asks the server, opens a path, runs the handshake.</summary>
public sealed class PeerCaller(PeerCallerOptions options)
{
    private readonly Introduction _introduction = new(options);

    // Tunnels never: the field's peers let go of their end of it right behind the login (§3.3).
    private bool MayUseKcp => options.ConnType is not (ConnType.PortForward or ConnType.Rdp);

    private KcpTimings Kcp => new() { Handshake = options.Timings.Answer };

    /// <summary>Calls a host.</summary>
    /// <param name="id">The host's id.</param>
    /// <param name="options">The server, the own key, and what may be tried.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A channel, or why there is none.</returns>
    public static Task<ConnectResult> ConnectAsync(string id, PeerCallerOptions options,
        CancellationToken cancellation = default) =>
        new PeerCaller(options).ConnectAsync(id, cancellation);

    /// <summary>
    /// Calls a host. With TCP and UDP allowed both are tried at once on two connections, and the first wins.
    /// </summary>
    /// <param name="id">The host's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A channel, or why there is none.</returns>
    public async Task<ConnectResult> ConnectAsync(string id, CancellationToken cancellation = default)
    {
        var udp = options.Paths.HasFlag(Paths.Udp) && !options.RelayOnly && MayUseKcp;
        if (!udp) return await TryAsync(id, withUdp: false, cancellation);
        if (!options.Paths.HasFlag(Paths.Tcp)) return await TryAsync(id, withUdp: true, cancellation);
        return await FirstAsync(
            [stop => TryAsync(id, withUdp: true, stop), stop => TryAsync(id, withUdp: false, stop)], cancellation);
    }

    // Several ways at once: the first that leads to a channel wins, what comes later is closed.
    private static async Task<ConnectResult> FirstAsync(
        Func<CancellationToken, Task<ConnectResult>>[] ways, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var attempts = ways.Select(way => way(stop.Token)).ToList();
        var last = new ConnectResult(ConnectOutcome.Unreachable, "");
        while (attempts.Count > 0)
        {
            var done = await Task.WhenAny(attempts);
            attempts.Remove(done);
            last = await done;
            if (last.IsConnected) break;
        }

        await stop.CancelAsync();
        foreach (var late in attempts)
        {
            if ((await late).Channel is { } unused) await unused.DisposeAsync();
        }

        cancellation.ThrowIfCancellationRequested();
        return last;
    }

    private Task<ConnectResult> TryAsync(string id, bool withUdp, CancellationToken cancellation) =>
        GuardAsync(async () =>
        {
            using var udp = new OwnedSocket();
            var port = withUdp ? await LearnUdpPortAsync(udp, cancellation) : 0;
            if (withUdp && port == 0)
            {
                return new ConnectResult(ConnectOutcome.Unreachable, "the server does not answer the NAT test by UDP");
            }

            using var meeting = options.Paths.HasFlag(Paths.IPv6) && MayUseKcp ? IPv6Meeting.TryOpen(options) : null;
            var offered = meeting?.Address ?? ByteString.Empty;
            var introduced = await _introduction.AskAsync(id, port, offered, cancellation);
            return introduced.Outcome == ConnectOutcome.Connected
                ? await FollowAsync(id, introduced, udp, meeting, cancellation)
                : new ConnectResult(introduced.Outcome, introduced.Detail);
        });

    private static async Task<ConnectResult> GuardAsync(Func<Task<ConnectResult>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (ProtocolViolation e)
        {
            return new ConnectResult(ConnectOutcome.NoAnswer, e.Message);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return new ConnectResult(ConnectOutcome.Unreachable, e.Message);
        }
        catch (OperationCanceledException)
        {
            return new ConnectResult(ConnectOutcome.Unreachable, "given up");
        }
    }

    private async Task<ConnectResult> FollowAsync(string id, Introduced introduced, OwnedSocket udp,
        IPv6Meeting? meeting, CancellationToken cancellation)
    {
        var key = VerifiedKey(id, introduced);
        if (key.Length == 0 && !options.AllowClear)
        {
            // The field's client would go on unencrypted here, silently.
            return new ConnectResult(ConnectOutcome.NotVerified, "the server gave no valid signed key of the host");
        }

        if (meeting is null || introduced.AddressV6.IsEmpty)
        {
            return await GoAsync(id, key, introduced, udp, cancellation);
        }

        return await FirstAsync(
            [
                stop => GuardAsync(() => MeetAsync(id, key, introduced, meeting, stop)),
                stop => GuardAsync(() => GoAsync(id, key, introduced, udp, stop)),
            ],
            cancellation);
    }

    private async Task<ConnectResult> MeetAsync(
        string id, byte[] key, Introduced introduced, IPv6Meeting meeting, CancellationToken cancellation)
    {
        var path = await meeting.MeetAsync(introduced.AddressV6, dials: true, cancellation);
        if (path is not { } met) return new ConnectResult(ConnectOutcome.Unreachable, "no path by IPv6");
        var remote = MangledAddress.Decode(introduced.AddressV6.Span).ToIPEndPoint();
        return await HandshakeAsync(id, key, met.Wire, met.How, remote, cancellation);
    }

    private async Task<ConnectResult> GoAsync(
        string id, byte[] key, Introduced introduced, OwnedSocket udp, CancellationToken cancellation)
    {
        if (introduced.Address is null) return await JoinAsync(id, key, introduced, cancellation);
        var direct = await DirectAsync(introduced, udp, cancellation);
        if (direct is { } path)
        {
            var met = await HandshakeAsync(id, key, path.Wire, path.How, introduced.Address, cancellation);
            // Something between may accept and then hang up; a host that can't be verified is final.
            var hungUp = met.Outcome == ConnectOutcome.Unreachable && options.Paths.HasFlag(Paths.Relay);
            if (!hungUp) return met;
        }

        if (!options.Paths.HasFlag(Paths.Relay))
        {
            return new ConnectResult(ConnectOutcome.Unreachable, "no direct path to the host");
        }

        var relay = introduced.Relay.Length > 0 ? introduced.Relay : RelayJoin.Default(options.Server);
        var second = await _introduction.AskForRelayAsync(id, relay, key.Length > 0, cancellation);
        return second.Outcome == ConnectOutcome.Connected
            ? await JoinAsync(id, key, second, cancellation)
            : new ConnectResult(second.Outcome, second.Detail);
    }

    private async Task<OpenedPath?> DirectAsync(Introduced introduced, OwnedSocket udp, CancellationToken cancellation)
    {
        var address = introduced.Address!;
        // A server may name anything: nowhere, or a family that this end does not speak with it.
        var family = introduced.IsUdp ? udp.Socket?.AddressFamily : introduced.Local?.AddressFamily;
        if (address.Port == 0 || address.AddressFamily != family) return null;
        using var limit = new Deadline(DirectLimit(introduced), options.Time, cancellation);
        try
        {
            if (introduced.IsUdp)
            {
                var remote = await UdpPunch.OpenAsync(udp.Socket!, address, options.Time, limit.Token);
                var stream = await new KcpHandshake(udp.Socket!, remote, options.Time, Kcp).DialAsync(limit.Token);
                udp.Release();
                return new OpenedPath(new StreamWire(stream), true, ReachedBy.PunchedUdp);
            }

            if (!options.Paths.HasFlag(Paths.Tcp)) return null;
            var socket = await Dialer.ConnectPatientlyAsync(
                address, introduced.Local!, options.Timings.DialAgain, options.Time, limit.Token);
            var how = introduced.IsLocal ? ReachedBy.Lan : ReachedBy.PunchedTcp;
            return new OpenedPath(Dialer.ToWire(socket), true, how);
        }
        catch (Exception e) when ((e is OperationCanceledException && limit.Expired) || e is IOException)
        {
            // Nobody there, or nobody who speaks KCP: a relay is still left.
            return null;
        }
    }

    // §6.4 step 5: short where a direct path is sure or hopeless, else by the time that the introduction took.
    private TimeSpan DirectLimit(Introduced introduced)
    {
        var timings = options.Timings;
        if (introduced.IsUdp) return timings.Punch;
        if (!options.Paths.HasFlag(Paths.Relay)) return timings.Answer;
        if (introduced.IsLocal || introduced.NatType == NatType.Symmetric) return timings.DirectAtLeast;
        if (introduced.NatType == NatType.Asymmetric && options.NatType == NatType.Asymmetric) return timings.Answer;
        var measured = introduced.Took * 6;
        return measured > timings.DirectAtLeast ? measured : timings.DirectAtLeast;
    }

    private async Task<ConnectResult> JoinAsync(string id, byte[] key, Introduced introduced,
        CancellationToken cancellation)
    {
        if (!options.Paths.HasFlag(Paths.Relay))
        {
            return new ConnectResult(ConnectOutcome.Unreachable, "the host wants a relay, which is not allowed here");
        }

        var relay = introduced.Relay.Length > 0 ? introduced.Relay : RelayJoin.Default(options.Server);
        var request = new RequestRelay
        {
            Id = id,
            Uuid = introduced.Ticket,
            LicenceKey = options.Key,
            ConnType = options.ConnType,
        };
        var wire = await RelayJoin.JoinAsync(relay, request, options, cancellation);
        return await HandshakeAsync(id, key, wire, RelayJoin.Way(options), null, cancellation);
    }

    private async Task<ConnectResult> HandshakeAsync(
        string id, byte[] key, Wire wire, ReachedBy how, IPEndPoint? remote, CancellationToken cancellation)
    {
        var handshake = new HandshakeOptions
        {
            AllowClear = options.AllowClear,
            Limit = options.Timings.Answer,
            Time = options.Time,
        };
        var result = await SecureChannel.ConnectAsync(wire, id, key, handshake, cancellation);
        return result.Outcome switch
        {
            HandshakeOutcome.Encrypted or HandshakeOutcome.Clear =>
                new ConnectResult(ConnectOutcome.Connected, "") { Channel = result.Channel, How = how,
                    Remote = remote },
            HandshakeOutcome.Closed or HandshakeOutcome.TimedOut =>
                new ConnectResult(ConnectOutcome.Unreachable, $"handshake: {result.Outcome}"),
            _ => new ConnectResult(ConnectOutcome.NotVerified, $"handshake: {result.Outcome}"),
        };
    }

    private byte[] VerifiedKey(string id, Introduced introduced)
    {
        var serverKey = options.ServerKeyBytes;
        if (serverKey.Length == 0 || !SignedIdPk.TryVerify(introduced.SignedKey.Span, serverKey, out var idPk))
        {
            return [];
        }

        return idPk!.Id == id ? idPk.Pk.ToByteArray() : [];
    }

    private async Task<int> LearnUdpPortAsync(OwnedSocket udp, CancellationToken cancellation)
    {
        var addresses = await Dialer.ResolveAsync(options.Server.Host, options.LocalAddress, cancellation);
        var server = new IPEndPoint(addresses[0], options.Server.Port);
        udp.Socket = UdpPunch.Open(server.AddressFamily, options.LocalAddress);
        return await NatTest.RunUdpAsync(udp.Socket, server, options.Time, options.Timings.Retry, cancellation);
    }

    // Closes the socket unless a wire has taken it over.
    private sealed class OwnedSocket : IDisposable
    {
        public Socket? Socket { get; set; }

        public void Release() => Socket = null;

        public void Dispose() => Socket?.Dispose();
    }
}
