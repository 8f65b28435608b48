using System.Globalization;
using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary>What a killed process and a first start beside an old server leave behind.</summary>
public sealed class SurvivalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Block(10);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_acknowledged_survives_a_kill()
    {
        var key = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        await using (var server = await StartAsync())
        {
            using var peer = new WireDatagrams(_port + 2);
            for (var i = 0; i < 20; i++)
            {
                await peer.SendAsync(Register(i, key));
                var answer = await peer.ReceiveMessageAsync();
                answer!.RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
            }

            server.Signal(9);
            await server.ExitAsync();
        }

        await using var again = await StartAsync();
        using var back = new WireDatagrams(_port + 2);
        for (var i = 0; i < 20; i++)
        {
            await back.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = Id(i) } });
            (await back.ReceiveMessageAsync())!.RegisterPeerResponse.RequestPk.ShouldBeFalse("T70: known and online at once");
        }
    }

    [Fact]
    public async Task Open_http_requests_and_sockets_do_not_hold_up_a_stop()
    {
        await using var server = await StartAsync();
        using var idle = new System.Net.Sockets.TcpClient();
        await idle.ConnectAsync(IPAddress.Loopback, _port);
        using var waiting = await WireClient.ConnectAsync(_port + 2);
        var begun = TimeProvider.System.GetTimestamp();
        server.Signal(15);
        (await server.ExitAsync()).ShouldBe(0);
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(25), "a web server left alone waits 30");
        File.Exists(_folder.File("d/ctl.sock")).ShouldBeFalse("the socket goes with the server");
    }

    [Fact]
    public async Task Keys_and_lists_of_an_old_folder_are_taken_over_at_the_first_start()
    {
        Directory.CreateDirectory(_folder.File("old"));
        var old = Protocol.Identity.ServerKey.Generate();
        _folder.Write("old/id_ed25519", old.ToSecretText());
        _folder.Write("old/blocklist.txt", "203.0.113.7\n");
        await using var server = await StartAsync("--import-from", "old");
        server.Output.ShouldContain(old.PublicText);
        File.ReadAllText(_folder.File("d/blocklist.txt")).ShouldBe("203.0.113.7\n");
    }

    private static string Id(int number) => (123456700 + number).ToString(CultureInfo.InvariantCulture);

    private static RendezvousMessage Register(int number, byte[] key) => new()
    {
        RegisterPk = new RegisterPk
        {
            Id = Id(number),
            Uuid = ByteString.CopyFromUtf8("uuid-" + Id(number)),
            Pk = ByteString.CopyFrom(key),
        },
    };

    private async Task<HawserProcess> StartAsync(params string[] more)
    {
        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "serve", "--data", "d", "--bind", "127.0.0.1", "--http-port", Text(_port), "--rendezvous-port", Text(_port + 2),
            "--relay-port", Text(_port + 5), "--relay-drain-seconds", "0", .. more,
        ];
        var server = HawserProcess.Start(_folder.Path, arguments);
        await server.ReadyAsync();
        return server;
    }
}
