using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>A peer that registers over one long TCP or WebSocket connection and comes back when it breaks.</summary>
internal sealed class LoadStreamPeer(LoadContext load, LoadPeer peer, bool isWebSocket, TimeSpan phase)
{
    private const int MaxMessage = 64 * 1024;

    public async Task RunAsync(CancellationToken ct)
    {
        await Task.Delay(phase, load.Time, ct);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await (isWebSocket ? OverWebSocketAsync(ct) : OverTcpAsync(ct));
                load.Counters.Error("registration connection closed");
            }
            catch (Exception e) when (e is SocketException or WebSocketException or ProtocolViolation or IOException)
            {
                load.Counters.Error("registration connection failed");
            }

            peer.IsRegistered = false;
            await Task.Delay(TimeSpan.FromSeconds(3), load.Time, ct);
        }
    }

    private async Task OverTcpAsync(CancellationToken ct)
    {
        using var wire = await LoadWire.DialAsync(load.Options.Server, load.Options.RendezvousPort, ct);
        load.Counters.Sent();
        await wire.SendAsync(peer.RegisterPk, ct);
        while (await wire.ReceiveAsync(ct) is { } message)
        {
            Handle(message, ct);
        }
    }

    private async Task OverWebSocketAsync(CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        var host = load.Options.Server.AddressFamily == AddressFamily.InterNetworkV6
            ? $"[{load.Options.Server}]" : load.Options.Server.ToString();
        await socket.ConnectAsync(new Uri($"ws://{host}:{load.Options.RendezvousPort + 2}/ws/id"), ct);
        load.Counters.Sent();
        await socket.SendAsync(peer.RegisterPk.ToByteArray(), WebSocketMessageType.Binary, true, ct);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxMessage);
        try
        {
            while (true)
            {
                var result = await socket.ReceiveAsync(buffer.AsMemory(), ct);
                if (result.MessageType == WebSocketMessageType.Close) return;
                if (!result.EndOfMessage) throw new ProtocolViolation("message too long");
                if (result.Count == 0)
                {
                    await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Binary, true, ct);
                }
                else
                {
                    Handle(WireMessages.ReadRendezvous(buffer.AsSpan(0, result.Count)), ct);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Handle(RendezvousMessage message, CancellationToken ct)
    {
        if (message.UnionCase == RendezvousMessage.UnionOneofCase.KeyExchange) return;   // we stay in clear
        if (message.UnionCase != RendezvousMessage.UnionOneofCase.RegisterPkResponse)
        {
            load.Track(load.AnswerPushAsync(peer, message, ct));
            return;
        }

        load.Counters.Answered();
        peer.IsRegistered = message.RegisterPkResponse.Result == RegisterPkResponse.Types.Result.Ok;
        if (peer.IsRegistered) load.Counters.KeyAccepted();
        else load.Counters.Error($"key refused: {message.RegisterPkResponse.Result}");
    }
}
