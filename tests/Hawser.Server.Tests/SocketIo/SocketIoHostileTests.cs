using Hawser.Recording.SocketIo;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>Every row of the table of hostile input (recorder.md §2.10; cases 34 to 37, 60).</summary>
public class SocketIoHostileTests
{
    private const string Header = "451-/recording,[\"measure\",{\"chunk\":{\"_placeholder\":true,\"num\":0}}]";

    [Theory]
    [InlineData("4abc")]
    [InlineData("47/recording,")]
    [InlineData("4")]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("2")]
    [InlineData("2probe")]
    [InlineData("0{}")]
    [InlineData("bAQID")]
    [InlineData("42/recording,[\"start\",{}]")]
    [InlineData("43/recording,1[]")]
    [InlineData(Header)]
    [InlineData("40/recording,[1]")]
    [InlineData("40/recording,\"x\"")]
    [InlineData("40/recording,null")]
    [InlineData("40/recording,{")]
    [InlineData("44/recording,{}")]
    public async Task C36_before_joining(string text) => (await AnswerAsync(text, joins: false)).ShouldBe(1002);

    [Theory]
    [InlineData("40/recording,")]
    [InlineData("42[\"message\"]")]
    [InlineData("42/custom,[\"message\"]")]
    [InlineData("44/recording,{}")]
    [InlineData("42/recording,{}")]
    [InlineData("42/recording,[]")]
    [InlineData("42/recording,[null]")]
    [InlineData("42/recording,[{}]")]
    [InlineData("42/recording,[\"connect\"]")]
    [InlineData("42/recording,[\"connect_error\"]")]
    [InlineData("42/recording,[\"disconnect\"]")]
    [InlineData("42/recording,[\"disconnecting\"]")]
    [InlineData("42/recording,[\"newListener\"]")]
    [InlineData("42/recording,[\"removeListener\"]")]
    [InlineData("42/recording,")]
    [InlineData("42/recording")]
    [InlineData("42/recording,abc[\"x\"]")]
    [InlineData("42/recording,9007199254740992[\"x\"]")]
    [InlineData("42/recording,99999999999999999999999[\"x\"]")]
    [InlineData("43/recording,1{}")]
    [InlineData("41/recording,{}")]
    [InlineData("450-/recording,[\"x\"]")]
    [InlineData("45-1-/recording,[\"x\"]")]
    [InlineData("451.5-/recording,[\"x\"]")]
    [InlineData("45/recording,[\"x\"]")]
    [InlineData("4511-/recording,[\"x\"]")]
    [InlineData("4599999999999-/recording,[\"x\"]")]
    [InlineData("451-/recording,[\"x\",{\"_placeholder\":true,\"num\":3}]")]
    [InlineData("451-/recording,[\"x\",{\"_placeholder\":true,\"num\":-1}]")]
    [InlineData("451-/recording,[\"x\",{\"_placeholder\":true,\"num\":\"0\"}]")]
    [InlineData("451-/recording,[\"x\",{\"a\":[{\"_placeholder\":true}]}]")]
    public async Task C36_after_joining(string text) => (await AnswerAsync(text, joins: true)).ShouldBe(1002);

    [Theory]
    [InlineData("43/recording,77[1]")]
    [InlineData("42/recording,[5,1]")]
    [InlineData("42/recording,[\"unknown\"]")]
    [InlineData("42/recording,[\"x\",{\"__proto__\":{},\"constructor\":1,\"a\":1,\"a\":2}]")]
    [InlineData("42/recording,[\"\\ud800\",{\"\\udc00\":\"\\ud800x\"}]")]
    [InlineData("3")]
    [InlineData("5")]
    [InlineData("6")]
    public async Task C36_borne(string text)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync(text);
        await IsWellAsync(peer);
    }

    [Fact]
    public async Task C36_duplicate_keys_last_wins_and_a_lone_surrogate_can_be_read()
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("42/recording,[\"message\",\"\\ud800\\ud83d\\ude00\\\\ud800\"]");
        (await peer.TextAsync()).ShouldBe("42/recording,[\"message-back\",\"\\uFFFD\\uD83D\\uDE00\\\\ud800\"]");
    }

    [Theory]
    [InlineData(16 << 10, false, false)]
    [InlineData((16 << 10) + 1, false, true)]
    [InlineData(64 << 10, true, false)]
    [InlineData((64 << 10) + 1, true, true)]
    public async Task C36_long_texts(int length, bool joins, bool isTooLong)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = joins ? await RawPeer.JoinAsync(host.Port) : await RawPeer.OpenAsync(host.Port);
        var start = joins ? "42/recording,[\"x\",\"" : "40/recording,{\"a\":\"";
        var end = joins ? "\"]" : "\"}";
        await peer.SendAsync(start + new string('a', length - start.Length - end.Length) + end);
        if (isTooLong) (await peer.CloseCodeAsync()).ShouldBe(1009);
        else if (joins) await IsWellAsync(peer);
        else (await peer.TextAsync()).ShouldStartWith("40/recording,{");
    }

    [Fact]
    public async Task C36_deep_nesting()
    {
        (await AnswerAsync("42/recording,[\"x\"," + new string('[', 30_000) + new string(']', 30_000) + "]", joins: true)).ShouldBe(1002);
        (await AnswerAsync("42/recording,[\"x\"," + new string('[', 32) + new string(']', 32) + "]", joins: true)).ShouldBe(1002);
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("42/recording,[\"x\"," + new string('[', 31) + new string(']', 31) + "]");
        await IsWellAsync(peer);
    }

    [Fact]
    public async Task C36_binary_without_header()
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync([1, 2, 3]);
        (await peer.CloseCodeAsync()).ShouldBe(1002);
    }

    [Theory]
    [InlineData("3", null)]
    [InlineData("6", null)]
    [InlineData("2", 1002)]
    [InlineData("42/recording,[\"message\"]", 1002)]
    [InlineData("41/recording,", 1002)]
    public async Task C37_between_header_and_attachment(string text, int? code)
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync(Header);
        await peer.SendAsync(text);
        if (code is { } expected)
        {
            (await peer.CloseCodeAsync()).ShouldBe(expected);
            await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected Violation"), "told");
            room.Happened.ShouldContain("abandoned measure");
            return;
        }

        await peer.SendAsync(new byte[5]);
        (await peer.TextAsync()).ShouldBe("42/recording,[\"measured\",5,false,5]");
    }

    [Fact]
    public async Task C34_an_attachment_of_the_limit_one_more_and_far_more()
    {
        await using var host = await SocketIoHost.StartAsync(new SocketIoOptions { MaxPayload = 300_000 });
        using var peer = await RawPeer.JoinAsync(host.Port);
        await MeasureAsync(peer, 300_000, "300000,false,300000");
        await MeasureAsync(peer, 300_001, "300001,true,0");
        await MeasureAsync(peer, 1_200_000, "1200000,true,0");
        await MeasureAsync(peer, 0, "0,false,0");
        await peer.SendAsync(Header);
        await peer.SendAsync(new byte[1_200_001]);
        (await peer.CloseCodeAsync()).ShouldBe(1009);
    }

    [Fact]
    public async Task C36_ten_attachments_count_together()
    {
        await using var host = await SocketIoHost.StartAsync(new SocketIoOptions { MaxPayload = 1_000_000 });
        using var peer = await RawPeer.JoinAsync(host.Port);
        foreach (var (size, answer) in new[] { (100_000, "1000000,false,1000000"), (100_001, "1000010,true,0") })
        {
            await peer.SendAsync("4510-/recording,[\"measure\"]");
            for (var i = 0; i < 10; i++) await peer.SendAsync(new byte[size]);
            (await peer.TextAsync()).ShouldBe($"42/recording,[\"measured\",{answer}]");
        }
    }

    [Fact]
    public async Task C35_C21_a_fragmented_message_is_one_attachment_byte_for_byte()
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        var bytes = new byte[500_000];
        new Random(5).NextBytes(bytes);
        await peer.SendAsync("451-/recording,[\"message\",{\"_placeholder\":true,\"num\":0}]");
        await peer.SendFrameAsync(0x02, bytes.AsMemory(0, 130_000));
        await peer.SendFrameAsync(0x00, bytes.AsMemory(130_000, 131_000));
        await peer.SendFrameAsync(0x89, "ping"u8.ToArray());
        await peer.SendFrameAsync(0x00, Array.Empty<byte>());
        await peer.SendFrameAsync(0x80, bytes.AsMemory(261_000));
        (await peer.FrameAsync())![0].ShouldBe((byte)0x8a);
        (await peer.TextAsync()).ShouldStartWith("451-/recording,[\"message-back\",");
        (await peer.TextAsync()).ShouldBe(Convert.ToHexStringLower(bytes));
    }

    [Theory]
    [InlineData("c1 81 37fa213d 04", 1002)]
    [InlineData("83 81 37fa213d 04", 1002)]
    [InlineData("80 81 37fa213d 04", 1002)]
    [InlineData("81 01 33", 1002)]
    [InlineData("81 81 37fa213d c8", 1007)]
    [InlineData("89 fe 0080 37fa213d", 1002)]
    public async Task C36_broken_frames(string hex, int code)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendRawAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        (await peer.CloseCodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task C60_a_handler_that_fails_closes_with_1011_and_a_client_put_out_stays_connected()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await peer.SendAsync("42/recording,[\"kick\"]");
        (await peer.TextAsync()).ShouldBe("41/recording,");
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected Kicked"), "told");
        await peer.SendAsync("42/recording,[\"message\"]");
        await peer.SendAsync("40/recording,");
        (await peer.TextAsync()).ShouldStartWith("40/recording,{");
        await peer.SendAsync("42/recording,[\"fail\"]");
        (await peer.CloseCodeAsync()).ShouldBe(1011);
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected Failed"), "told");
        room.Happened.Count(h => h.StartsWith("disconnected", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task C60_a_refusal_keeps_the_connection_and_says_why()
    {
        var room = new EchoRoom("/recording") { Door = _ => ConnectAnswer.Refuse("unauthorized", "unauthorized") };
        await using var host = await SocketIoHost.StartAsync(rooms: room);
        using var peer = await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync("40/recording,{\"token\":\"x\"}");
        (await peer.TextAsync()).ShouldBe("44/recording,{\"message\":\"unauthorized\",\"data\":{\"code\":\"unauthorized\"}}");
        await peer.SendAsync("40/random,");
        (await peer.TextAsync()).ShouldBe("44/random,{\"message\":\"Invalid namespace\"}");
        room.Happened.ShouldBeEmpty();
    }

    private static async Task MeasureAsync(RawPeer peer, int size, string answer)
    {
        await peer.SendAsync(Header);
        await peer.SendAsync(new byte[size]);
        (await peer.TextAsync()).ShouldBe($"42/recording,[\"measured\",{answer}]");
    }

    private static async Task IsWellAsync(RawPeer peer)
    {
        await peer.SendAsync("42/recording,[\"message\",\"well\"]");
        (await peer.TextAsync()).ShouldBe("42/recording,[\"message-back\",\"well\"]");
    }

    private static async Task<int> AnswerAsync(string text, bool joins)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = joins ? await RawPeer.JoinAsync(host.Port) : await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync(text);
        var code = await peer.CloseCodeAsync();
        using var other = await RawPeer.JoinAsync(host.Port);
        await IsWellAsync(other);
        return code;
    }
}
