using System.Text;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Console;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Case T60: the text console, by method and as an opt-in on loopback P-1.</summary>
public class ConsoleTests
{
    [Fact]
    public async Task T60_Commands_have_the_originals_shapes()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        var role = rig.Role;
        role.Execute("h").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(7);
        role.Execute("h").ShouldStartWith("relay-servers(rs) <separated by ,>\n");
        role.Execute("rs").ShouldBe("relay.example\n");
        role.Execute("aur").ShouldBe("ALWAYS_USE_RELAY: false\n");
        role.Execute("aur Y").ShouldBe("");
        role.Execute("aur").ShouldBe("ALWAYS_USE_RELAY: true\n");
        role.Execute("rs").ShouldBe("relay.example\n", "aur leaves the relays alone (C2)");
        role.Execute("always-use-relay n").ShouldBe("");
        role.Execute(" aur \n").ShouldBe("ALWAYS_USE_RELAY: false\n");
        role.Execute("rs a.example,b.example:2000, ,bad relay").ShouldBe("");
        role.Execute("relay-servers").ShouldBe("a.example\nb.example:2000\n");
        role.Execute("tg 1.2.3.4").ShouldBeOneOf("\"a.example\"", "\"b.example:2000\"");
        role.Execute("rg").ShouldBe("");
        role.Execute("nonsense").ShouldBe("");
        role.Execute("").ShouldBe("");
    }

    [Fact]
    public async Task Sources_and_moved_ids_are_listed_and_forgotten()
    {
        await using var rig = await RendezvousRig.StartAsync();
        rig.Role.Execute("ib").ShouldBe("0\n");
        rig.Role.Execute("ic").ShouldBe("0\n");
        using var b = await rig.RegisterAsync();
        rig.Role.Execute("ib").ShouldMatch(@"^1\n127\.0\.0\.2: \d+/\d+s \d+/\d+s\n$");
        rig.Role.Execute("ib 127.0.0.2").ShouldMatch(@"^1\n\d+/\d+s \d+/\d+s\n$");
        rig.Role.Execute("ib 1").ShouldBe("1\n");
        rig.Role.Execute("ib 127.0.0.2 -").ShouldMatch(@"^1\n\d+/\d+s \d+/\d+s\n$");
        rig.Role.Execute("ib").ShouldBe("0\n");
        using var moved = await rig.RegisterAsync(host: "127.0.0.3");
        using var again = await rig.RegisterAsync(host: "127.0.0.4");
        rig.Role.Execute("ic").ShouldMatch(@"^1\n123456789: \d+s \{""127\.0\.0\.\d"": \d+, .*\}\n$");
        rig.Role.Execute("ic " + RendezvousRig.Id).ShouldMatch(@"^1\n\d+s \{""127\.0\.0\.\d"": \d+, .*\}\n$");
        rig.Role.Execute($"ic {RendezvousRig.Id} -").ShouldStartWith("1\n");
        rig.Role.Execute("ic").ShouldBe("0\n");
    }

    [Fact]
    public async Task Punch_requests_are_listed_once_a_minute_and_cleared()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var b = await rig.RegisterAsync();
        for (var i = 0; i < 3; i++)
        {
            using var a = await rig.ConnectAsync();
            await a.SendAsync(RendezvousRig.Ask());
            (await b.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
        }

        await Eventually.HoldsAsync(() => rig.Role.Execute("pr").Length > 0, "logged");
        rig.Role.Execute("pr").ShouldBe("2026-01-02T03:04:05Z 127.0.0.1 -> 123456789@127.0.0.2\n");
        rig.Role.Execute("pr 1").ShouldBe("");
        rig.Role.Execute("pr -").ShouldBe("");
        rig.Role.Execute("punch-requests").ShouldBe("");
    }

    [Fact]
    public async Task The_text_console_on_loopback_is_an_opt_in()
    {
        await using var off = await RendezvousRig.StartAsync();
        using var refused = await off.ConnectSideAsync();
        await refused.SendRawAsync("relay-servers\n"u8.ToArray());
        refused.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        (await ReadAllAsync(refused)).ShouldBeEmpty();

        await using var on = await RendezvousRig.StartAsync(o => o.TextConsole = true);
        foreach (var (command, answer) in new[]
        {
            ("rs", "relay.example\n"), ("aur\n", "ALWAYS_USE_RELAY: false\n"), ("  rs\r\n", "relay.example\n"),
            ("aur Y", ""), ("aur", "ALWAYS_USE_RELAY: true\n"), ("nonsense", ""),
        })
        {
            using var client = await on.ConnectSideAsync();
            await client.SendRawAsync(Encoding.ASCII.GetBytes(command));
            (await ReadAllAsync(client)).ShouldBe(answer, command);
        }

        using var framed = await on.ConnectSideAsync();
        await framed.SendHexAsync("a20100");
        (await framed.ReceiveMessageAsync())!.TestNatResponse.ShouldNotBeNull("frames still work there");
        using var single = await on.ConnectSideAsync();
        foreach (var b in FrameWriter.Frame(Convert.FromHexString("a20100"))) await single.SendRawAsync(new[] { b });
        (await single.ReceiveMessageAsync())!.TestNatResponse.ShouldNotBeNull("also byte by byte");
    }

    [Theory]
    [InlineData("h", true)]
    [InlineData("rs", true)]
    [InlineData("x", false)]
    [InlineData("l", false)]
    [InlineData("nonsense", true)]
    [InlineData("", false)]
    public void Text_is_told_from_the_start_of_a_frame(string text, bool isCommand) =>
        TextConsole.TryReadCommand(Encoding.ASCII.GetBytes(text), out _).ShouldBe(isCommand);

    [Fact]
    public void No_frame_of_the_port_looks_like_text()
    {
        var query = new RendezvousMessage { OnlineRequest = new OnlineRequest { Id = "a", Peers = { "b", "c" } } };
        foreach (var message in new[] { query, new RendezvousMessage { TestNatRequest = new TestNatRequest() } })
        {
            var frame = FrameWriter.Frame(message);
            for (var length = 1; length <= frame.Length; length++)
            {
                TextConsole.TryReadCommand(frame.AsSpan(0, length), out _).ShouldBeFalse();
            }
        }

        TextConsole.TryReadCommand(new byte[2000].Select(_ => (byte)'a').ToArray(), out _).ShouldBeFalse();
    }

    private static async Task<string> ReadAllAsync(WireClient client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var count = await client.Socket.ReceiveAsync(buffer, deadline.Token);
            if (count == 0) return text.ToString();
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
