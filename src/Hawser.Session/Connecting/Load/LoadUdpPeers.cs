using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>
/// Peers on one UDP socket, one exchange at a time, so that every answer belongs to a known request. Pushes go to the
/// first of them, which is why only that one is called.
/// </summary>
internal sealed class LoadUdpPeers(LoadContext load, LoadPeer[] peers, TimeSpan phase) : IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(3);
    private readonly Socket _socket = new(load.Options.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
    private TaskCompletionSource<RendezvousMessage>? _waiting;

    public async Task RunAsync(CancellationToken ct)
    {
        _socket.Connect(new IPEndPoint(load.Options.Server, load.Options.RendezvousPort));
        var receiving = ReceiveAsync(ct);
        await Task.Delay(phase, load.Time, ct);
        var gap = load.Options.Interval / peers.Length;
        var start = load.Time.GetTimestamp();
        for (var turn = 0L; !ct.IsCancellationRequested; turn++)
        {
            var late = gap * turn - load.Time.GetElapsedTime(start);
            if (late > TimeSpan.Zero) await Task.Delay(late, load.Time, ct);
            await RegisterAsync(peers[turn % peers.Length], ct);
        }

        await receiving;
    }

    public void Dispose() => _socket.Dispose();

    private async Task RegisterAsync(LoadPeer peer, CancellationToken ct)
    {
        for (var round = 0; round < 2; round++)
        {
            load.Counters.Sent();
            var start = load.Time.GetTimestamp();
            var answer = await ExchangeAsync(peer.RegisterPeer, ct);
            if (answer?.RegisterPeerResponse is null)
            {
                peer.IsRegistered = false;
                load.Counters.Error("registration not answered");
                return;
            }

            load.Counters.Answered(load.Time.GetElapsedTime(start));
            peer.IsRegistered = !answer.RegisterPeerResponse.RequestPk;
            if (peer.IsRegistered || !await RegisterKeyAsync(peer, ct)) return;
        }
    }

    private async Task<bool> RegisterKeyAsync(LoadPeer peer, CancellationToken ct)
    {
        load.Counters.KeyAsked();
        var answer = await ExchangeAsync(peer.RegisterPk, ct);
        if (answer?.RegisterPkResponse is null)
        {
            load.Counters.Error("key not answered");
            return false;
        }

        if (answer.RegisterPkResponse.Result != RegisterPkResponse.Types.Result.Ok)
        {
            load.Counters.Error($"key refused: {answer.RegisterPkResponse.Result}");
            return false;
        }

        load.Counters.KeyAccepted();
        return true;
    }

    private async Task<RendezvousMessage?> ExchangeAsync(RendezvousMessage request, CancellationToken ct)
    {
        var waiting = new TaskCompletionSource<RendezvousMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _waiting, waiting);
        try
        {
            await _socket.SendAsync(request.ToByteArray(), SocketFlags.None, ct);
            return await waiting.Task.WaitAsync(AnswerTime, load.Time, ct);
        }
        catch (Exception e) when (e is TimeoutException or SocketException)
        {
            return null;
        }
    }

    private async Task ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[2048];
        while (!ct.IsCancellationRequested)
        {
            int count;
            try
            {
                count = await _socket.ReceiveAsync(buffer, SocketFlags.None, ct);
            }
            catch (SocketException)
            {
                continue;   // "port unreachable" of an earlier datagram; the exchange times out by itself
            }

            if (!WireMessages.TryReadRendezvous(buffer.AsSpan(0, count), out var message)) continue;
            if (message!.UnionCase is RendezvousMessage.UnionOneofCase.RegisterPeerResponse
                or RendezvousMessage.UnionOneofCase.RegisterPkResponse)
            {
                Volatile.Read(ref _waiting)?.TrySetResult(message);
            }
            else
            {
                load.Track(load.AnswerPushAsync(peers[0], message, ct));
            }
        }
    }
}
