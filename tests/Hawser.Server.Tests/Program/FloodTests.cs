using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Server.Tests.Metrics;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary>Thousands of connections opened and left, some in the middle of a word: the others don't notice.</summary>
public sealed class FloodTests : IDisposable
{
    private const string Id = "123456789";
    private const int PerAddress = 200;
    private const int PerPort = 250;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Block(10);
    private readonly List<Socket> _left = [];

    public void Dispose()
    {
        foreach (var socket in _left) socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Connections_that_are_opened_and_left_disturb_nobody_and_are_counted()
    {
        await using var server = HawserProcess.Start(_folder.Path, "serve", "--data", "d", "--bind", "127.0.0.1",
            "--http-port", Text(_port), "--rendezvous-port", Text(_port + 2), "--relay-port", Text(_port + 5),
            "--relay-drain-seconds", "0", "--relay-connections-per-address", Text(PerAddress),
            "--rendezvous-connections-per-address", Text(PerAddress), "--relay-join-seconds", "5");
        await server.ReadyAsync();
        using var peer = await RegisterAsync();
        using var stop = new CancellationTokenSource();
        var asking = KeepAskingAsync(peer, stop.Token);
        foreach (var port in new[] { _port + 2, _port + 1, _port + 5 })
        {
            for (var host = 11; host < 15; host++) await LeaveAsync(port, IPAddress.Parse($"127.0.0.{host}"));
        }

        await IntroduceAsync();
        await PairAsync();
        await stop.CancelAsync();
        (await asking).ShouldBeGreaterThan(3, "asked all the while, and every question was answered");

        bool Shows(Scrape s) => s["hawser_relay_joins_total{outcome=\"too_slow\"}"] >= 600;
        var seen = await Scrape.UntilAsync(new Uri($"http://127.0.0.1:{_port}"), Shows);
        // P and P-1 share the places of an address; each fifth connection on a port is garbage and ends by itself.
        seen["hawser_rendezvous_connections_closed_total{reason=\"too_many_from_address\"}"].ShouldBeGreaterThan(400);
        seen["hawser_rendezvous_connections_closed_total{reason=\"violation\"}"].ShouldBeGreaterThan(0);
        seen["hawser_relay_joins_total{outcome=\"too_long\"}"].ShouldBeGreaterThan(0);
        seen["hawser_relay_joins_total{outcome=\"too_slow\"}"].ShouldBeGreaterThanOrEqualTo(600);
        server.HasExited.ShouldBeFalse();
        server.Errors.Split('\n').Length.ShouldBeLessThan(100, "no line for each");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Fifty at a time, as a machine with a loop would.
    private async Task LeaveAsync(int port, IPAddress from)
    {
        for (var begun = 0; begun < PerPort; begun += 50)
        {
            var sockets = Enumerable.Range(0, 50)
                .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
            _left.AddRange(sockets);
            await Task.WhenAll(sockets.Select((socket, i) => LeaveOneAsync(socket, port, from, i)));
        }
    }

    private static async Task LeaveOneAsync(Socket socket, int port, IPAddress from, int number)
    {
        socket.Bind(new IPEndPoint(from, 0));
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            if (number % 5 == 1) await socket.SendAsync(new byte[] { 0x50, 1, 2 });
            if (number % 5 == 2) await socket.SendAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 9 });
        }
        catch (SocketException)
        {
            // Refused: what the server is free to do with these.
        }
    }

    private async Task<int> KeepAskingAsync(WireDatagrams peer, CancellationToken stop)
    {
        var answered = 0;
        while (!stop.IsCancellationRequested)
        {
            await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = Id } });
            while (true)
            {
                var message = (await peer.ReceiveMessageAsync()).ShouldNotBeNull($"after {answered} answers");
                if (message.PunchHole is { } push) await AnswerAsync(push);
                if (message.RegisterPeerResponse is null) continue;
                message.RegisterPeerResponse.RequestPk.ShouldBeFalse();
                break;
            }

            answered++;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        return answered;
    }

    private async Task AnswerAsync(PunchHole push)
    {
        using var answer = await WireClient.ConnectAsync(_port + 2, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await answer.SendAsync(
            new RendezvousMessage { PunchHoleSent = new PunchHoleSent { SocketAddr = push.SocketAddr, Id = Id } });
        (await answer.ReceiveAnswerAsync()).ShouldBeNull("the server is done with it");
    }

    private async Task IntroduceAsync()
    {
        using var caller = await WireClient.ConnectAsync(_port + 2);
        await caller.SendAsync(new RendezvousMessage { PunchHoleRequest = new PunchHoleRequest { Id = Id, LicenceKey = Key() } });
        (await caller.ReceiveAnswerAsync()).ShouldNotBeNull().PunchHoleResponse.Pk.IsEmpty.ShouldBeFalse();
    }

    private async Task PairAsync()
    {
        using var first = await WireClient.ConnectAsync(_port + 5);
        using var second = await WireClient.ConnectAsync(_port + 5);
        var join = new RendezvousMessage { RequestRelay = new RequestRelay { Uuid = "ticket-1", LicenceKey = Key() } };
        await first.SendAsync(join);
        await second.SendAsync(join);
        await first.SendHexAsync("0102");
        (await second.ReceiveAsync()).ShouldBe([1, 2]);
    }

    private string Key() => File.ReadAllText(_folder.File("d/id_ed25519.pub"));

    private async Task<WireDatagrams> RegisterAsync()
    {
        var peer = new WireDatagrams(_port + 2, "127.0.0.2");
        var key = ByteString.CopyFrom(Enumerable.Repeat((byte)7, 32).ToArray());
        await peer.SendAsync(new RendezvousMessage
            { RegisterPk = new RegisterPk { Id = Id, Uuid = ByteString.CopyFromUtf8("uuid-0001"), Pk = key } });
        (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        return peer;
    }
}
