using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Hawser.TestRig;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>A recorder on a raw WebSocket: says exactly what it is told to.</summary>
internal sealed class RecorderClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly ClientWebSocket _socket = new();

    private RecorderClient(Action<ClientWebSocketOptions>? configure) => configure?.Invoke(_socket.Options);

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects and reads the open packet.</summary>
    public static async Task<RecorderClient> OpenAsync(
        TestHawser server, string query = "", Action<ClientWebSocketOptions>? configure = null, int? port = null)
    {
        var client = new RecorderClient(configure);
        var uri = new Uri($"ws://127.0.0.1:{port ?? server.RecorderPort}/socket.io/?EIO=4&transport=websocket{query}");
        using var deadline = new CancellationTokenSource(Patience);
        await client._socket.ConnectAsync(uri, deadline.Token);
        var open = await client.TextAsync();
        return open.StartsWith('0') ? client : throw new InvalidOperationException(open);
    }

    /// <summary>Connects and joins.</summary>
    public static async Task<RecorderClient> JoinAsync(TestHawser server, string? token = null, int? port = null)
    {
        var client = await OpenAsync(server, port: port);
        await client.SendAsync(token is null ? "40/recording," : $$"""40/recording,{"token":"{{token}}"}""");
        var answer = await client.TextAsync();
        return answer.StartsWith("40/recording,", StringComparison.Ordinal)
            ? client : throw new InvalidOperationException(answer);
    }

    public Task SendAsync(string text) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task SendAsync(byte[] bytes) =>
        _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);

    /// <summary>Emits an event whose payload is JSON.</summary>
    public Task EmitAsync(string name, string payload, int? ack = null) =>
        SendAsync($"42/recording,{ack?.ToString(CultureInfo.InvariantCulture)}[\"{name}\",{payload}]");

    /// <summary>Emits a chunk.</summary>
    public async Task ChunkAsync(byte[] bytes, string id = "abc123", string more = "", int? ack = null)
    {
        await SendAsync($"451-/recording,{ack?.ToString(CultureInfo.InvariantCulture)}[\"chunk\","
            + $"{{\"recordId\":\"{id}\",\"chunk\":{{\"_placeholder\":true,\"num\":0}}{more}}}]");
        await SendAsync(bytes);
    }

    /// <summary>The next packet; pings are answered and not told.</summary>
    public async Task<string> TextAsync()
    {
        var buffer = new byte[64 << 10];
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult piece;
            do
            {
                piece = await _socket.ReceiveAsync(buffer.AsMemory(length), deadline.Token);
                if (piece.MessageType == WebSocketMessageType.Close) return $"closed {(int?)_socket.CloseStatus}";
                length += piece.Count;
            }
            while (!piece.EndOfMessage);

            var text = Encoding.UTF8.GetString(buffer, 0, length);
            if (text != "2") return text;
            await SendAsync("3");
        }
    }

    /// <summary>The next event and its argument.</summary>
    public async Task<(string Name, JsonElement Payload)> EventAsync()
    {
        var text = await TextAsync();
        const string head = "42/recording,";
        if (!text.StartsWith(head, StringComparison.Ordinal)) return (text, default);
        var array = JsonDocument.Parse(text[head.Length..]).RootElement;
        return (array[0].GetString()!, array[1].Clone());
    }

    /// <summary>Breaks the connection without a word.</summary>
    public void Break() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
