using System.Net;
using System.Net.Sockets;
using System.Text;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Session reference §15 and §16; numbers are the cases of §24.</summary>
public sealed class TerminalAndTunnelTests
{
    [Fact]
    public async Task T74_a_shell_opens_answers_takes_a_size_and_ends_with_its_code()
    {
        await using var rig = new SessionRig();
        var session = await ShellsAsync(rig);
        var opened = await session.Terminals.OpenAsync(1, 24, 80);
        opened.Pid.ShouldBe(4711u);
        opened.ServiceId.ShouldStartWith("ts_");
        rig.LastShell!.Size.ShouldBe((24, 80));

        var text = string.Concat(Enumerable.Repeat("Grüße ☃ ", 300));
        await session.Terminals.TypeAsync(1, Encoding.UTF8.GetBytes(text));
        (await ReadAsync(session, 1, Encoding.UTF8.GetByteCount(text))).ShouldBe(text);
        session.Terminals.Resize(1, 50, 132);
        await Eventually.HoldsAsync(() => rig.LastShell.Size == (50, 132), "the size is there");
        await session.Terminals.TypeAsync(1, "exit"u8.ToArray());
        (await session.Terminals.ReadAsync(1)).ExitCode.ShouldBe(3);
        await Eventually.HoldsAsync(() => rig.LastShell.IsDisposed, "the shell is gone");
    }

    [Fact]
    public async Task T74_a_letter_that_comes_in_pieces_is_shown_whole()
    {
        await using var rig = new SessionRig();
        var session = await ShellsAsync(rig);
        await session.Terminals.OpenAsync(1, 24, 80);
        var snowman = "☃"u8.ToArray();
        await session.Terminals.TypeAsync(1, snowman.AsSpan(0, 1));
        await session.Terminals.TypeAsync(1, snowman.AsSpan(1, 1));
        await session.Terminals.TypeAsync(1, snowman.AsSpan(2));
        (await session.Terminals.ReadAsync(1)).Output.ToArray().ShouldBe(snowman);
    }

    [Fact]
    public async Task T74_closing_kills()
    {
        await using var rig = new SessionRig();
        var session = await ShellsAsync(rig);
        await session.Terminals.OpenAsync(5, 24, 80);
        session.Terminals.Close(5);
        (await session.Terminals.ReadAsync(5)).ExitCode.ShouldBe(-1);
        rig.LastShell!.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public async Task T75_shells_survive_when_they_are_told_to_and_replay_their_last_words()
    {
        await using var rig = new SessionRig();
        var persistent = new OptionMessage { TerminalPersistent = OptionMessage.Types.BoolOption.Yes };
        var session = await ShellsAsync(rig, wishes: persistent);
        await session.Terminals.OpenAsync(1, 24, 80);
        var first = rig.LastShell!;
        await session.Terminals.OpenAsync(2, 24, 80);
        await session.Terminals.TypeAsync(1, "remember"u8.ToArray());
        (await ReadAsync(session, 1, 8)).ShouldBe("remember");
        var service = session.Terminals.ServiceId;
        await session.DisposeAsync();
        await rig.NotedAsync("closed");
        first.IsDisposed.ShouldBeFalse();

        var back = await ShellsAsync(rig, service, persistent);
        var opened = await back.Terminals.OpenAsync(1, 30, 90);
        opened.ReplayTerminalOutput.ShouldBeTrue();
        opened.PersistentSessions.ShouldBe([2]);
        opened.ServiceId.ShouldBe(service);
        (await ReadAsync(back, 1, 8)).ShouldBe("remember");
        first.Size.ShouldBe((30, 90));
        first.Resizes.ShouldBe(2);
    }

    [Fact]
    public async Task T75_somebody_else_gets_no_shell_of_another()
    {
        await using var rig = new SessionRig();
        var persistent = new OptionMessage { TerminalPersistent = OptionMessage.Types.BoolOption.Yes };
        var session = await ShellsAsync(rig, wishes: persistent);
        await session.Terminals.OpenAsync(1, 24, 80);
        var service = session.Terminals.ServiceId;
        await session.DisposeAsync();
        var other = await rig.LoginAsync(o => o with
        {
            MyId = "somebody else",
            Terminal = new Hawser.Protocol.Messages.Terminal { ServiceId = service },
        });
        (await other.Terminals.OpenAsync(1, 24, 80)).ServiceId.ShouldNotBe(service);
    }

    [Fact]
    public async Task T75_without_persistence_a_shell_ends_with_its_session()
    {
        await using var rig = new SessionRig();
        var session = await ShellsAsync(rig);
        await session.Terminals.OpenAsync(1, 24, 80);
        await session.DisposeAsync();
        await Eventually.HoldsAsync(() => rig.LastShell!.IsDisposed, "the shell is gone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T76_T77_a_tunnel_is_byte_exact_whoever_speaks_first(bool click)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener);
        await using var rig = new SessionRig(o => click
            ? o with { Ask = (_, _, _) => Task.FromResult(true), Secrets = o.Secrets } : o);
        if (click) rig.Set("approve-mode", "click");
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var session = await rig.ConnectAsync(o => o with { Tunnel = new PortForward { Host = "127.0.0.1", Port = port } });
        var step = await session.LoginAsync("secret");
        if (step.State == LoginState.WaitsForApproval) step = await session.AnswerAsync();
        step.State.ShouldBe(LoginState.In);
        await using var tunnel = await session.TunnelAsync();

        var data = new byte[5_000_000];
        new Random(3).NextBytes(data);
        var sending = SendAsync(tunnel, data);
        var got = new byte[9 + data.Length];
        await tunnel.ReadExactlyAsync(got);
        await sending;
        Encoding.ASCII.GetString(got, 0, 9).ShouldBe("greetings");
        got.AsSpan(9).SequenceEqual(data).ShouldBeTrue();
        await tunnel.DisposeAsync();
        await serving;
    }

    [Fact]
    public async Task T78_a_target_that_is_not_there_is_named()
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync(o => o with { Tunnel = new PortForward { Host = "127.0.0.1", Port = 1 } });
        (await session.LoginAsync("secret")).Text.ShouldBe(
            "Failed to access remote 127.0.0.1:1. Please make sure it is reachable/open.");
    }

    [Fact]
    public async Task T79_RDP_means_its_port()
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync(o => o with { Tunnel = new PortForward { Host = "RDP" } });
        var step = await session.LoginAsync("secret");
        // Nothing listens there on a machine that runs tests; and if it did, the login would tell.
        if (step.State != LoginState.In) step.Text.ShouldBe("Failed to access remote RDP. Please make sure it is reachable/open.");
    }

    private static async Task SendAsync(Stream tunnel, byte[] data)
    {
        for (var at = 0; at < data.Length; at += 50_000)
        {
            await tunnel.WriteAsync(data.AsMemory(at, Math.Min(50_000, data.Length - at)));
        }
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        await stream.WriteAsync("greetings"u8.ToArray());
        var buffer = new byte[30_000];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer)) > 0) await stream.WriteAsync(buffer.AsMemory(0, count));
        }
        catch (IOException)
        {
            // The tunnel was cut.
        }
    }

    private static async Task<string> ReadAsync(ControllerSession session, int id, int bytes)
    {
        var all = new List<byte>();
        while (all.Count < bytes) all.AddRange((await session.Terminals.ReadAsync(id)).Output.Span);
        return Encoding.UTF8.GetString([.. all]);
    }

    private static Task<ControllerSession> ShellsAsync(SessionRig rig, string service = "", OptionMessage? wishes = null) =>
        rig.LoginAsync(o => o with
        {
            Terminal = new Hawser.Protocol.Messages.Terminal { ServiceId = service },
            Wishes = wishes,
        });
}
