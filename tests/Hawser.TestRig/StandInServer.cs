using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.TestRig;

/// <summary>
/// A very small ID server and relay for tests of peers, which can also misbehave on purpose. It trusts everybody,
/// bounds
/// nothing and is never shipped.
/// </summary>
public sealed class StandInServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly List<Socket> _listeners = [];
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly ConcurrentDictionary<string, Known> _peers = new();
    private readonly ConcurrentDictionary<PeerAddress, Connection> _parked = new();
    private readonly ConcurrentDictionary<string, Leg> _waiting = new();

    /// <summary>Starts on P, P-1 and (as relay) P+1.</summary>
    /// <param name="port">P.</param>
    public StandInServer(int port)
    {
        Port = port;
        _udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _udp.Bind(new IPEndPoint(IPAddress.Any, port));
        _tasks.Add(ReceiveUdpAsync());
        Listen(port, ServeAsync);
        Listen(port - 1, ServeAsync);
        Listen(port + 1, RelayAsync);
    }

    /// <summary>P.</summary>
    public int Port { get; }

    /// <summary>The server's pair.</summary>
    public ServerKey Key { get; } = ServerKey.Generate();

    /// <summary>Whether TCP connections begin with a KeyExchange.</summary>
    public bool OffersKeyExchange { get; set; } = true;

    /// <summary>The pair that signs the KeyExchange; another than <see cref="Key"/> is an impostor.</summary>
    public ServerKey? ExchangeKey { get; set; }

    /// <summary>The verdict on every RegisterPk.</summary>
    public RegisterPkResponse.Types.Result Verdict { get; set; }

    /// <summary>Keep-alive told to stream registrations.</summary>
    public int KeepAlive { get; set; }

    /// <summary>Pushes to swallow before one is passed on.</summary>
    public int PushesToLose { get; set; }

    /// <summary>Whether introductions carry the signed key.</summary>
    public bool Signs { get; set; } = true;

    /// <summary>Where callers are sent instead of to the host's address.</summary>
    public PeerAddress? Misdirect { get; set; }

    /// <summary>What every punch request is answered with, if set.</summary>
    public RendezvousMessage? Answer { get; set; }

    /// <summary>Connections accepted on P and P-1.</summary>
    public int Connections { get; private set; }

    /// <summary>Datagrams to ignore.</summary>
    public int DatagramsToLose { get; set; }

    /// <summary>How many of each message arrived.</summary>
    public ConcurrentDictionary<RendezvousMessage.UnionOneofCase, int> Counts { get; } = new();

    /// <summary>Empty frames that registered connections sent.</summary>
    public int Echoes { get; private set; }

    /// <summary>Sends an empty frame on a peer's registered connection.</summary>
    /// <param name="id">The peer.</param>
    /// <returns>When sent.</returns>
    public Task HeartbeatAsync(string id) => _peers[id].Connection!.SendAsync(new RendezvousMessage());

    /// <summary>A well-formed key under this server's signature.</summary>
    /// <param name="id">The id to sign for.</param>
    /// <returns>The signed form.</returns>
    public byte[] Sign(string id) => SignedIdPk.Sign(Key, id, Key.Public);

    /// <summary>Whether a peer is registered.</summary>
    /// <param name="id">The peer.</param>
    /// <returns>True when it is.</returns>
    public bool Knows(string id) => _peers.ContainsKey(id);

    /// <summary>Forgets a peer, as a restart would.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="drop">Also close its registered connection.</param>
    public void Forget(string id, bool drop = false)
    {
        if (_peers.TryRemove(id, out var peer) && drop) peer.Connection!.Socket.Dispose();
    }

    /// <summary>Sends any message to a peer.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="message">The message.</param>
    /// <returns>When sent.</returns>
    public async Task PushAsync(string id, RendezvousMessage message)
    {
        if (PushesToLose > 0)
        {
            PushesToLose--;
            return;
        }

        if (!_peers.TryGetValue(id, out var peer)) return;
        if (peer.Connection is { } connection) await connection.SendAsync(message);
        else await _udp.SendToAsync(message.ToByteArray(), peer.Address.ToIPEndPoint());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_tasks);
        _stop.Dispose();
    }

    private void Listen(int port, Func<Socket, Task> serve)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen(64);
        _listeners.Add(listener);
        _tasks.Add(Task.Run(async () =>
        {
            try
            {
                while (true) _tasks.Add(GuardAsync(serve, await listener.AcceptAsync(_stop.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped.
            }
        }));
    }

    private static async Task GuardAsync(Func<Socket, Task> serve, Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await serve(socket);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // That connection is over.
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async Task ReceiveUdpAsync()
    {
        var buffer = new byte[65536];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var got = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0),
                    _stop.Token);
                if (!WireMessages.TryReadRendezvous(buffer.AsSpan(0, got.ReceivedBytes), out var message)) continue;
                if (DatagramsToLose-- > 0) continue;
                var from = (IPEndPoint)got.RemoteEndPoint;
                if (await OnUdpAsync(message!, PeerAddress.From(from)) is { } answer)
                {
                    await _udp.SendToAsync(answer.ToByteArray(), from);
                }

            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // ICMP, or stopped.
            }
        }
    }

    private async Task<RendezvousMessage?> OnUdpAsync(RendezvousMessage message, PeerAddress from)
    {
        Count(message);
        if (message.RegisterPeer is { } peer)
        {
            var known = _peers.TryGetValue(peer.Id, out var k);
            if (known) k!.Address = from;
            return new RendezvousMessage { RegisterPeerResponse = new RegisterPeerResponse { RequestPk = !known } };
        }

        if (message.RegisterPk is { } pk)
        {
            if (Verdict == RegisterPkResponse.Types.Result.Ok) _peers[pk.Id] = new Known { Address = from, Pk = pk.Pk };
            return new RendezvousMessage { RegisterPkResponse = new RegisterPkResponse { Result = Verdict } };
        }

        if (message.TestNatRequest is not null)
        {
            return new RendezvousMessage { TestNatResponse = new TestNatResponse { Port = from.Port } };
        }

        if (message.PunchHoleSent is { } sent) await OnSentAsync(sent, from, isUdp: true);
        return null;
    }

    private async Task ServeAsync(Socket socket)
    {
        Connections++;
        using var connection = new Connection(socket);
        var pair = new KeyAgreement();
        var main = ((IPEndPoint)socket.LocalEndPoint!).Port == Port;
        if (main && OffersKeyExchange)
        {
            await connection.SendAsync(new RendezvousMessage { KeyExchange = pair.Offer(ExchangeKey ?? Key) });
        }

        var from = PeerAddress.From((IPEndPoint)socket.RemoteEndPoint!);
        try
        {
            while (await connection.ReceiveAsync(_stop.Token) is { } message)
            {
                Count(message);
                if (message.KeyExchange is { } answer) connection.Stream = pair.Accept(answer);
                else if (message.UnionCase == RendezvousMessage.UnionOneofCase.None) Echoes++;
                else if (!await OnStreamAsync(connection, message, from)) return;
            }
        }
        finally
        {
            _parked.TryRemove(new KeyValuePair<PeerAddress, Connection>(from, connection));
        }
    }

    private async Task<bool> OnStreamAsync(Connection connection, RendezvousMessage message, PeerAddress from)
    {
        switch (message.UnionCase)
        {
            case RendezvousMessage.UnionOneofCase.RegisterPk:
                if (Verdict == RegisterPkResponse.Types.Result.Ok)
                {
                    _peers[message.RegisterPk.Id] = new Known { Address = from, Pk = message.RegisterPk.Pk,
                        Connection = connection };
                }

                var verdict = new RegisterPkResponse { Result = Verdict, KeepAlive = KeepAlive };
                await connection.SendAsync(new RendezvousMessage { RegisterPkResponse = verdict });
                return message.RegisterPk.OldId.Length == 0;
            case RendezvousMessage.UnionOneofCase.PunchHoleRequest:
                _parked[from] = connection;
                if (Answer is not null) await connection.SendAsync(Answer);
                else await IntroduceAsync(connection, message.PunchHoleRequest, from);
                return true;
            case RendezvousMessage.UnionOneofCase.RequestRelay:
                _parked[from] = connection;
                message.RequestRelay.SocketAddr = Mangle(from);
                await PushAsync(message.RequestRelay.Id, message);
                return true;
            case RendezvousMessage.UnionOneofCase.PunchHoleSent:
                await OnSentAsync(message.PunchHoleSent, from, isUdp: false);
                return false;
            case RendezvousMessage.UnionOneofCase.LocalAddr:
                await OnLocalAsync(message.LocalAddr);
                return false;
            case RendezvousMessage.UnionOneofCase.RelayResponse:
                await OnRelayResponseAsync(message.RelayResponse);
                return false;
            case RendezvousMessage.UnionOneofCase.TestNatRequest:
                await connection.SendAsync(new RendezvousMessage { TestNatResponse = new TestNatResponse { Port =
                    from.Port } });
                return false;
            case RendezvousMessage.UnionOneofCase.OnlineRequest:
                await connection.SendAsync(new RendezvousMessage { OnlineResponse = Online(message.OnlineRequest) });
                return true;
            default:
                return false;
        }
    }

    private async Task IntroduceAsync(Connection connection, PunchHoleRequest request, PeerAddress from)
    {
        var failure = request.LicenceKey != Key.PublicText ? PunchHoleResponse.Types.Failure.LicenseMismatch
            : PunchHoleResponse.Types.Failure.IdNotExist;
        if (request.LicenceKey != Key.PublicText || !_peers.TryGetValue(request.Id, out var peer))
        {
            await connection.SendAsync(new RendezvousMessage { PunchHoleResponse = new PunchHoleResponse { Failure =
                failure } });
            return;
        }

        if (peer.Address.SameHost(from) && !request.ForceRelay && request.UdpPort == 0)
        {
            await PushAsync(request.Id,
                new RendezvousMessage { FetchLocalAddr = new FetchLocalAddr { SocketAddr = Mangle(from) } });
            return;
        }

        await PushAsync(request.Id, new RendezvousMessage
        {
            PunchHole = new PunchHole
            {
                SocketAddr = Mangle(from), NatType = request.NatType, UdpPort = request.UdpPort,
                    ForceRelay = request.ForceRelay,
            },
        });
    }

    private async Task OnSentAsync(PunchHoleSent sent, PeerAddress from, bool isUdp)
    {
        if (!_parked.TryRemove(MangledAddress.Decode(sent.SocketAddr.Span), out var caller)) return;
        await caller.SendAsync(new RendezvousMessage
        {
            PunchHoleResponse = new PunchHoleResponse
            {
                SocketAddr = Mangle(Misdirect ?? from), Pk = Signed(sent.Id), RelayServer = sent.RelayServer,
                    NatType = sent.NatType, IsUdp = isUdp,
            },
        });
    }

    private async Task OnLocalAsync(LocalAddr local)
    {
        if (!_parked.TryRemove(MangledAddress.Decode(local.SocketAddr.Span), out var caller)) return;
        await caller.SendAsync(new RendezvousMessage
        {
            PunchHoleResponse = new PunchHoleResponse
            {
                SocketAddr = local.LocalAddr_, Pk = Signed(local.Id), RelayServer = local.RelayServer, IsLocal = true,
            },
        });
    }

    private async Task OnRelayResponseAsync(RelayResponse response)
    {
        if (!_parked.TryRemove(MangledAddress.Decode(response.SocketAddr.Span), out var caller)) return;
        response.SocketAddr = ByteString.Empty;
        if (response.Id.Length > 0) response.Pk = Signed(response.Id);
        await caller.SendAsync(new RendezvousMessage { RelayResponse = response });
    }

    private async Task RelayAsync(Socket socket)
    {
        using var connection = new Connection(socket);
        if (await connection.ReceiveAsync(_stop.Token) is not { RequestRelay: { } request }) return;
        var own = new Leg(socket);
        var other = _waiting.GetOrAdd(request.Uuid, own);
        if (other == own)
        {
            // The second party's task copies for both. Early bytes stay in the socket.
            await own.Done.Task.WaitAsync(_stop.Token);
            return;
        }

        _waiting.TryRemove(request.Uuid, out _);
        using var first = new NetworkStream(other.Socket, ownsSocket: false);
        using var second = new NetworkStream(socket, ownsSocket: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var copies = new[] { first.CopyToAsync(second, stop.Token), second.CopyToAsync(first, stop.Token) };
        await Task.WhenAny(copies);
        await stop.CancelAsync();
        await Task.WhenAll(copies).ContinueWith(_ => other.Done.TrySetResult(), TaskScheduler.Default);
    }

    private OnlineResponse Online(OnlineRequest request)
    {
        var states = new byte[(request.Peers.Count + 7) / 8];
        for (var i = 0; i < request.Peers.Count; i++)
        {
            if (_peers.ContainsKey(request.Peers[i])) states[i / 8] |= (byte)(0x80 >> (i % 8));
        }

        return new OnlineResponse { States = ByteString.CopyFrom(states) };
    }

    private ByteString Signed(string id) => !Signs || !_peers.TryGetValue(id, out var peer) ? ByteString.Empty
        : ByteString.CopyFrom(SignedIdPk.Sign(Key, id, peer.Pk.Span));

    private static ByteString Mangle(PeerAddress address) => ByteString.CopyFrom(MangledAddress.Encode(address));

    private void Count(RendezvousMessage message) => Counts.AddOrUpdate(message.UnionCase, 1, (_, n) => n + 1);

    private sealed class Leg(Socket socket)
    {
        public Socket Socket { get; } = socket;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Known
    {
        public PeerAddress Address { get; set; }

        public required ByteString Pk { get; init; }

        public Connection? Connection { get; init; }
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly FrameReader _reader = new(1 << 20);

        public Socket Socket { get; } = socket;

        public SecretStream? Stream { get; set; }

        public async Task SendAsync(RendezvousMessage message)
        {
            ReadOnlyMemory<byte> frame = FrameWriter.Frame(message, Stream);
            try
            {
                while (frame.Length > 0) frame = frame[await Socket.SendAsync(frame)..];
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // That peer has gone.
            }
        }

        public async Task<RendezvousMessage?> ReceiveAsync(CancellationToken cancellation)
        {
            while (true)
            {
                // One byte at a time costs nothing here, and leaves what follows a relay's first frame in the socket.
                if (_reader.TryRead(out var payload))
                {
                    return WireMessages.ReadRendezvous((Stream?.OpenInPlace(payload) ?? payload).Span);
                }

                var count = await Socket.ReceiveAsync(_reader.GetMemory()[..1], cancellation);
                if (count == 0) return null;
                _reader.Advance(count);
            }
        }

        public void Dispose() => _reader.Dispose();
    }
}
