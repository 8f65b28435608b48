using System.Net.WebSockets;
using System.Security.Cryptography;
using Hawser.Protocol.Framing;
using Hawser.Relay;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>WebSocket legs: message boundaries, re-framing, paths, proxies.</summary>
public sealed class RelayMessageTests
{
    [Fact]
    public async Task T53_frames_become_messages_and_messages_become_frames()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var b = await rig.JoinTcpAsync("mixed", framed: false);
        await rig.WaitingAsync(1);
        using var a = await rig.JoinWebSocketAsync("mixed");
        await rig.PairsAsync(1);
        await b.SendRawAsync(Convert.FromHexString("0caabbcc"));
        (await a.ReceiveMessageAsync()).ShouldBe([0xAA, 0xBB, 0xCC]);
        await a.SendAsync(new byte[] { 1, 2 });
        (await b.ReceiveAsync(3)).ShouldBe([0x08, 1, 2]);
        // Empty payloads are not passed on, in neither direction.
        await b.SendRawAsync(Convert.FromHexString("00000411"));
        (await a.ReceiveMessageAsync()).ShouldBe([0x11]);
        await a.SendAsync(ReadOnlyMemory<byte>.Empty);
        await a.SendAsync(new byte[] { 3 });
        (await b.ReceiveAsync(2)).ShouldBe([0x04, 3]);
    }

    [Fact]
    public async Task T53_frames_are_found_at_every_split_and_in_every_header_form()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("split");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinTcpAsync("split");
        var large = RandomNumberGenerator.GetBytes(70_000);
        byte[] stream =
        [
            .. Convert.FromHexString("0d00aabbcc"), .. Convert.FromHexString("07000000dd"),
            .. FrameWriter.Frame(large.AsSpan(0, 64)), .. FrameWriter.Frame(large.AsSpan(0, 300)),
        ];
        foreach (var one in stream) await b.SendRawAsync(new[] { one });
        (await a.ReceiveMessageAsync()).ShouldBe([0xAA, 0xBB, 0xCC]);
        (await a.ReceiveMessageAsync()).ShouldBe([0xDD]);
        (await a.ReceiveMessageAsync()).ShouldBe(large[..64]);
        (await a.ReceiveMessageAsync()).ShouldBe(large[..300]);
        await b.SendRawAsync(FrameWriter.Frame(large));
        (await a.ReceiveMessageAsync()).ShouldBe(large);
    }

    [Fact]
    public async Task T54_messages_of_0_1_and_1_MiB_keep_their_boundaries()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("ws");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinWebSocketAsync("ws");
        var large = RandomNumberGenerator.GetBytes(1024 * 1024);
        await a.SendAsync(ReadOnlyMemory<byte>.Empty);
        await a.SendAsync(new byte[] { 1 });
        await a.SendAsync(large);
        await a.SendAsync(new byte[] { 2 });
        (await b.ReceiveMessageAsync()).ShouldBe([1]);
        (await b.ReceiveMessageAsync()).ShouldBe(large);
        (await b.ReceiveMessageAsync()).ShouldBe([2]);
    }

    [Fact]
    public async Task T54_a_message_in_fragments_stays_one_message()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("ws");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinWebSocketAsync("ws");
        foreach (var (piece, isLast) in new (byte[], bool)[] { ([], false), ([1], false), ([2, 3], false), ([], true) })
        {
            await a.Socket.SendAsync(piece, WebSocketMessageType.Binary, isLast, CancellationToken.None);
        }

        await a.SendAsync(new byte[] { 4 });
        (await b.ReceiveMessageAsync()).ShouldBe([1, 2, 3]);
        (await b.ReceiveMessageAsync()).ShouldBe([4]);
    }

    [Fact]
    public async Task Text_messages_after_the_join_are_dropped()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("text");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinTcpAsync("text");
        await a.Socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await a.SendAsync(new byte[] { 5 });
        (await b.ReceiveAsync(2)).ShouldBe([0x04, 5]);
    }

    [Fact]
    public async Task T52_a_first_message_that_is_text_or_too_long_ends_the_connection()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        foreach (var (bytes, type) in new[]
        {
            ("hello"u8.ToArray(), WebSocketMessageType.Text),
            (new byte[JoinFrame.MaxPayload + 1], WebSocketMessageType.Binary),
            ([1, 2, 3], WebSocketMessageType.Binary),
        })
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.Port + 2}/"), CancellationToken.None);
            await socket.SendAsync(bytes, type, true, CancellationToken.None);
            (await new WebSocketPeer(socket).IsClosedAsync()).ShouldBeTrue();
        }

        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.NotAJoin) == 3, "it is counted");
    }

    [Fact]
    public async Task A_message_too_long_to_frame_ends_the_pair_with_a_line_in_the_log()
    {
        using var logs = new RelayLogs();
        await using var rig = await RelayRig.StartAsync(webSockets: true, logs: logs);
        using var a = await rig.JoinWebSocketAsync("long");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinTcpAsync("long");
        await rig.PairsAsync(1);
        var sending = a.SendAsync(new byte[RelayPump.MaxReframed + 1]);
        (await b.IsClosedAsync()).ShouldBeTrue();
        await rig.PairsAsync(0);
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Ends(RelayEnd.OverLimit) == 1, "it is counted");
        logs.Lines.ShouldContain(l => l.Contains("longer than", StringComparison.Ordinal));
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task A_frame_longer_than_any_buffer_is_passed_on_in_pieces_of_one_message()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("stream");
        await rig.WaitingAsync(1);
        using var b = await rig.JoinTcpAsync("stream");
        // The header announces a GiB; what has come so far arrives all the same.
        await b.SendRawAsync(Convert.FromHexString("ffffffff"));
        await b.SendRawAsync(new byte[100_000]);
        (await a.ReceiveAsync(100_000)).Length.ShouldBe(100_000);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ws/id")]
    [InlineData("/ws/relay")]
    [InlineData("/anything/else")]
    public async Task T58_any_path_is_taken(string path)
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var a = await rig.JoinWebSocketAsync("path", path: path);
        await rig.WaitingAsync(1);
    }

    [Fact]
    public async Task A_plain_request_gets_status_400()
    {
        await using var rig = await RelayRig.StartAsync(webSockets: true);
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{rig.Port + 2}/"));
        ((int)answer.StatusCode).ShouldBe(400);
    }

    [Theory]
    [InlineData("X-Real-IP", "203.0.113.7", true, true)]
    [InlineData("X-Real-IP", "203.0.113.7", false, false)]
    [InlineData("X-Forwarded-For", "198.51.100.1, 203.0.113.7", true, true)]
    [InlineData("X-Forwarded-For", "203.0.113.7, 198.51.100.1", true, false)]
    [InlineData("X-Forwarded-For", "203.0.113.7, 127.0.0.1", true, true)]
    public async Task T59_only_trusted_proxies_say_who_comes(
        string header, string value, bool isTrusted, bool isRefused)
    {
        await using var rig = await RelayRig.StartAsync(o =>
        {
            o.Blocklist.Add("203.0.113.0/24");
            if (isTrusted) o.TrustedProxies.Add("127.0.0.0/8");
        }, webSockets: true);
        var refusal = await Record.ExceptionAsync(async () =>
        {
            using var peer = await rig.JoinWebSocketAsync("t", configure: o => o.SetRequestHeader(header, value));
        });
        (refusal is WebSocketException).ShouldBe(isRefused);
        await Eventually.HoldsAsync(
            () => rig.Role.Context.Metrics.Refusals(AcceptRefusal.Blocked) == (isRefused ? 1 : 0), "it is counted");
    }

    [Theory]
    [InlineData("203.0.113.7", "198.51.100.1", true)]
    [InlineData("198.51.100.1", "203.0.113.7", false)]
    public async Task T59_of_two_headers_the_chain_counts(string chain, string real, bool isRefused)
    {
        await using var rig = await RelayRig.StartAsync(o =>
        {
            o.Blocklist.Add("203.0.113.0/24");
            o.TrustedProxies.Add("127.0.0.0/8");
        }, webSockets: true);
        var refusal = await Record.ExceptionAsync(async () =>
        {
            using var peer = await rig.JoinWebSocketAsync("t", configure: o =>
            {
                o.SetRequestHeader("X-Forwarded-For", chain);
                o.SetRequestHeader("X-Real-IP", real);
            });
        });
        (refusal is WebSocketException).ShouldBe(isRefused);
    }

    [Fact]
    public async Task T56_a_silent_WebSocket_that_never_joins_is_closed()
    {
        var time = new ManualTime();
        await using var rig = await RelayRig.StartAsync(time: time, webSockets: true);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{rig.Port + 2}/"), CancellationToken.None);
        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            return rig.Role.Context.Metrics.Joins(JoinOutcome.TooSlow) == 1;
        }, "it was too slow");
        (await new WebSocketPeer(socket).IsClosedAsync()).ShouldBeTrue();
    }
}
