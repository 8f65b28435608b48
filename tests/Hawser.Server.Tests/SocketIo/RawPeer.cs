using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Shouldly;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>A WebSocket client that says exactly which bytes cross the wire.</summary>
internal sealed class RawPeer : IDisposable
{
    /// <summary>The mask of the reference's examples (recorder.md §2.8).</summary>
    public static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private readonly Socket _socket;
    private readonly NetworkStream _stream;

    private RawPeer(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket, ownsSocket: true));

    /// <summary>The status line and headers of the answer.</summary>
    public string Head { get; private set; } = "";

    public static async Task<RawPeer> DialAsync(int port, string target = "/socket.io/?EIO=4&transport=websocket", string more = "")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var peer = new RawPeer(socket);
        await peer._stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n"
            + $"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"));
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await peer._stream.ReadExactlyAsync(one).AsTask().WaitAsync(Deadline);
            head.Append((char)one[0]);
        }

        peer.Head = head.ToString();
        return peer;
    }

    /// <summary>Dials, and takes the open packet.</summary>
    public static async Task<RawPeer> OpenAsync(int port, string target = "/socket.io/?EIO=4&transport=websocket")
    {
        var peer = await DialAsync(port, target);
        peer.Head.ShouldStartWith("HTTP/1.1 101 ");
        (await peer.TextAsync()).ShouldStartWith("0{");
        return peer;
    }

    /// <summary>Opens, and joins a namespace.</summary>
    public static async Task<RawPeer> JoinAsync(int port, string name = "/recording")
    {
        var peer = await OpenAsync(port);
        var prefix = name == "/" ? "" : name + ",";
        await peer.SendAsync("40" + prefix);
        (await peer.TextAsync()).ShouldStartWith($"40{prefix}{{\"sid\":\"");
        if (name != "/recording") (await peer.TextAsync()).ShouldBe($"42{prefix}[\"auth\",{{}}]");
        return peer;
    }

    public Task SendAsync(string text) => SendFrameAsync(0x81, Encoding.UTF8.GetBytes(text));

    public Task SendAsync(byte[] binary) => SendFrameAsync(0x82, binary);

    /// <summary>One frame, masked.</summary>
    public async Task SendFrameAsync(byte first, ReadOnlyMemory<byte> payload) => await SendRawAsync(Frame(first, payload.Span));

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes).AsTask().WaitAsync(Deadline);
        }
        catch (IOException)
        {
            // The server may have closed already; what it said is still to be read.
        }
    }

    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload)
    {
        var header = new List<byte> { first };
        var length = new byte[8];
        if (payload.Length < 126)
        {
            header.Add((byte)(0x80 | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            header.Add(0x80 | 126);
            header.AddRange([(byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            header.Add(0x80 | 127);
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            header.AddRange(length);
        }

        header.AddRange(Mask);
        var frame = new byte[header.Count + payload.Length];
        header.CopyTo(frame);
        for (var i = 0; i < payload.Length; i++) frame[header.Count + i] = (byte)(payload[i] ^ Mask[i & 3]);
        return frame;
    }

    /// <summary>The next frame, header included; null at the end.</summary>
    public async Task<byte[]?> FrameAsync()
    {
        try
        {
            var start = new byte[2];
            await _stream.ReadExactlyAsync(start).AsTask().WaitAsync(Deadline);
            (start[1] & 0x80).ShouldBe(0, "a server does not mask");
            var more = new byte[start[1] == 126 ? 2 : start[1] == 127 ? 8 : 0];
            await _stream.ReadExactlyAsync(more).AsTask().WaitAsync(Deadline);
            var length = more.Length switch
            {
                2 => BinaryPrimitives.ReadUInt16BigEndian(more), 8 => (int)BinaryPrimitives.ReadInt64BigEndian(more), _ => start[1],
            };
            var payload = new byte[length];
            await _stream.ReadExactlyAsync(payload).AsTask().WaitAsync(Deadline);
            return [.. start, .. more, .. payload];
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>The next message that is no ping of Engine.IO, as text; binary as hex.</summary>
    public async Task<string> TextAsync(bool skipPings = true)
    {
        while (true)
        {
            var (first, payload) = await MessageAsync();
            if (first == 0x88) return $"close {BinaryPrimitives.ReadUInt16BigEndian(payload)}";
            var text = first == 0x81 ? Encoding.UTF8.GetString(payload) : Convert.ToHexStringLower(payload);
            if (text != "2" || !skipPings) return text;
        }
    }

    /// <summary>The code that the server closes with, whatever comes before; answers it, and sees the end of the stream.</summary>
    public async Task<int> CloseCodeAsync()
    {
        while (true)
        {
            var frame = await FrameAsync();
            frame.ShouldNotBeNull("the connection ended without a close frame");
            if (frame[0] != 0x88) continue;
            await SendFrameAsync(0x88, frame.AsMemory(2, 2));
            (await FrameAsync()).ShouldBeNull();
            return BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2));
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<(byte First, byte[] Payload)> MessageAsync()
    {
        var frame = await FrameAsync();
        frame.ShouldNotBeNull("the connection has ended");
        var header = frame[1] switch { 126 => 4, 127 => 10, _ => 2 };
        return (frame[0], frame[header..]);
    }
}
