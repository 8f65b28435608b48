using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>
/// What the public suites of Engine.IO and Socket.IO ask of a WebSocket-only server, in our own words (recorder.md
/// §2.12, case 6); the suites themselves are run by hand against the same host.
/// </summary>
public class SocketIoConformanceTests
{
    [Fact]
    public async Task C6_Engine_IO_says_back_text_and_binary_messages_below_Socket_IO()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.OpenAsync(host.Port, "/engine.io/?EIO=4&transport=websocket");
        await peer.SendAsync("4hello");
        (await peer.TextAsync()).ShouldBe("4hello");
        await peer.SendAsync([1, 2, 3, 4]);
        byte[]? frame;
        do frame = await peer.FrameAsync(); while (frame is [0x81, 1, (byte)'2']);
        frame.ShouldBe([0x82, 4, 1, 2, 3, 4]);
        // What Socket.IO would refuse is a message like any other here, and nothing has to be joined.
        await peer.SendAsync("4abc");
        (await peer.TextAsync()).ShouldBe("4abc");
        await peer.SendAsync("abc");
        (await peer.CloseCodeAsync()).ShouldBe(1002);
    }

    [Fact]
    public async Task Three_rounds_of_heartbeat_keep_a_connection()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.OpenAsync(host.Port);
        for (var i = 0; i < 3; i++)
        {
            (await peer.TextAsync(skipPings: false)).ShouldBe("2");
            await peer.SendAsync("3");
        }
    }

    [Fact]
    public async Task Silence_ends_a_connection()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.SuiteOptions with { ConnectTimeout = TimeSpan.FromMinutes(1) });
        using var peer = await RawPeer.OpenAsync(host.Port);
        (await peer.TextAsync(skipPings: false)).ShouldBe("2");
        (await peer.CloseCodeAsync()).ShouldBe(1008);
    }

    [Fact]
    public async Task Who_joins_nothing_is_sent_away()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions with { ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        using var peer = await RawPeer.OpenAsync(host.Port);
        (await peer.CloseCodeAsync()).ShouldBe(1008);
    }

    [Theory]
    [InlineData("1", 1000)]
    [InlineData("abc", 1002)]
    [InlineData("4abc", 1002)]
    public async Task A_first_message_that_ends_it(string text, int code)
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync(text);
        (await peer.CloseCodeAsync()).ShouldBe(code);
    }

    [Theory]
    [InlineData("40", "40", "42[\"auth\",{}]")]
    [InlineData("40{\"token\":\"123\"}", "40", "42[\"auth\",{\"token\":\"123\"}]")]
    [InlineData("40/custom,", "40/custom,", "42/custom,[\"auth\",{}]")]
    [InlineData("40/custom,{\"token\":\"abc\"}", "40/custom,", "42/custom,[\"auth\",{\"token\":\"abc\"}]")]
    public async Task Joining_is_answered_with_a_sid_alone(string asked, string prefix, string greeting)
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync(asked);
        (await peer.TextAsync()).ShouldMatch("^" + prefix + "\\{\"sid\":\"[A-Za-z0-9_-]{20}\"\\}$");
        (await peer.TextAsync()).ShouldBe(greeting);
    }

    [Fact]
    public async Task Leaving_the_only_namespace_leaves_the_connection()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.JoinAsync(host.Port, "/");
        await peer.SendAsync("41");
        (await peer.TextAsync(skipPings: false)).ShouldBe("2");
        await peer.SendAsync("40");
        (await peer.TextAsync()).ShouldStartWith("40{");
    }

    [Fact]
    public async Task Leaving_one_namespace_leaves_the_other()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.JoinAsync(host.Port, "/");
        await peer.SendAsync("40/custom,");
        (await peer.TextAsync()).ShouldStartWith("40/custom,{");
        (await peer.TextAsync()).ShouldBe("42/custom,[\"auth\",{}]");
        await peer.SendAsync("41/custom");
        await peer.SendAsync("42[\"message\",\"message to main namespace\"]");
        (await peer.TextAsync()).ShouldBe("42[\"message-back\",\"message to main namespace\"]");
    }

    [Fact]
    public async Task Text_and_bytes_come_back_as_they_went()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.JoinAsync(host.Port, "/");
        await peer.SendAsync("42[\"message\",1,\"2\",{\"3\":[true]}]");
        (await peer.TextAsync()).ShouldBe("42[\"message-back\",1,\"2\",{\"3\":[true]}]");
        await peer.SendAsync("452-[\"message\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        await peer.SendAsync([1, 2, 3]);
        await peer.SendAsync([4, 5, 6]);
        (await peer.TextAsync()).ShouldBe("452-[\"message-back\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        (await peer.TextAsync()).ShouldBe("010203");
        (await peer.TextAsync()).ShouldBe("040506");
    }

    [Fact]
    public async Task C17_acks_carry_the_number_and_the_arguments_back()
    {
        await using var host = await SocketIoHost.StartAsync(SocketIoHost.PatientOptions);
        using var peer = await RawPeer.JoinAsync(host.Port, "/");
        await peer.SendAsync("42456[\"message-with-ack\",1,\"2\",{\"3\":[false]}]");
        (await peer.TextAsync()).ShouldBe("43456[1,\"2\",{\"3\":[false]}]");
        await peer.SendAsync("452-789[\"message-with-ack\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        await peer.SendAsync([1, 2, 3]);
        await peer.SendAsync([4, 5, 6]);
        (await peer.TextAsync()).ShouldBe("462-789[{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
        (await peer.TextAsync()).ShouldBe("010203");
        (await peer.TextAsync()).ShouldBe("040506");
        await peer.SendAsync("42007[\"message-with-ack\",1]");
        (await peer.TextAsync()).ShouldBe("437[1]");
        await peer.SendAsync("429007199254740991[\"message-with-ack\",1]");
        (await peer.TextAsync()).ShouldBe("439007199254740991[1]");
    }
}
