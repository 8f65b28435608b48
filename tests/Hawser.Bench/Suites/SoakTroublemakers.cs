using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Bench.Servers;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Bench.Suites;

/// <summary>Peers that flood, lie, freeze, vanish and talk nonsense; each kind from an address of its own.</summary>
internal sealed class SoakTroublemakers(HawserServer server)
{
    private readonly ConcurrentDictionary<string, long> _done = new(StringComparer.Ordinal);

    public IEnumerable<KeyValuePair<string, long>> Done => _done.OrderBy(d => d.Key, StringComparer.Ordinal);

    private int[] StreamPorts =>
        [server.Rendezvous, server.Rendezvous - 1, server.Rendezvous + 2, server.Relay, server.Relay + 2, server.HttpPort];

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(
        KeepOnAsync("datagrams of a flood", FloodAsync, 5000, ct),
        KeepOnAsync("lies by UDP", LieByDatagramAsync, 200, ct),
        KeepOnAsync("lies by TCP", LieByStreamAsync, 100, ct),
        KeepOnAsync("new keys", NewKeysAsync, 1000, ct),
        KeepOnAsync("garbage streams", GarbageAsync, 50, ct),
        KeepOnAsync("frozen connections", FreezeAsync, 1000, ct),
        KeepOnAsync("vanished callers and legs", VanishAsync, 50, ct),
        KeepOnAsync("frozen relay legs", FrozenLegAsync, 1000, ct),
        KeepOnAsync("slow writers", SlowWriterAsync, 1000, ct));

    private async Task KeepOnAsync(string kind, Func<CancellationToken, Task<int>> act, int pause, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var count = await act(ct);
                _done.AddOrUpdate(kind, count, (_, n) => n + count);
                await Task.Delay(pause, ct);
            }
            catch (SocketException)
            {
                // Being thrown out is what they expect.
                _done.AddOrUpdate(kind + ", thrown out", 1, static (_, n) => n + 1);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                _done.AddOrUpdate(kind + ", not let in", 1, static (_, n) => n + 1);
            }
        }
    }

    // A second of 20,000 registrations and nonsense, every five seconds.
    private async Task<int> FloodAsync(CancellationToken ct)
    {
        using var socket = Udp(64);
        var nonsense = new byte[200];
        var sent = 0;
        for (var turn = 0; turn < 100; turn++)
        {
            for (var i = 0; i < 200; i++, sent++)
            {
                if (i % 4 == 0)
                {
                    Random.Shared.NextBytes(nonsense);
                    socket.Send(nonsense.AsSpan(0, Random.Shared.Next(200)));
                    continue;
                }

                var id = $"{Random.Shared.Next(100_000_000, 999_999_999)}";
                socket.Send(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = id, Serial = 3 } }.ToByteArray());
            }

            await Task.Delay(10, ct);
        }

        return sent;
    }

    private Task<int> LieByDatagramAsync(CancellationToken ct)
    {
        using var socket = Udp(65);
        var id = $"soak-{Random.Shared.Next(1000):D6}";
        var key = ByteString.CopyFrom(RandomBytes(32));
        RendezvousMessage[] lies =
        [
            new() { RegisterPk = new RegisterPk { Id = id, Uuid = ByteString.CopyFromUtf8("not me"), Pk = key } },
            new() { PunchHoleSent = new PunchHoleSent { SocketAddr = Ticket(), Id = id, Version = "1.4.9" } },
            new() { PunchHoleRequest = new PunchHoleRequest { Id = id, LicenceKey = server.Key } },
        ];
        // Neither RegisterPeer with an honest id nor ConfigureUpdate: from loopback, and only from there, both are
        // what an administrator of the same machine may do.
        foreach (var lie in lies) socket.Send(lie.ToByteArray());
        return Task.FromResult(lies.Length);
    }

    private async Task<int> LieByStreamAsync(CancellationToken ct)
    {
        var id = $"soak-{Random.Shared.Next(1000):D6}";
        RendezvousMessage[] lies =
        [
            new() { PunchHoleSent = new PunchHoleSent { SocketAddr = Ticket(), Id = id, Version = "1.4.9" } },
            new() { RelayResponse = new RelayResponse { SocketAddr = Ticket(), Uuid = "x", Id = id, Version = "1.4.9" } },
            new() { LocalAddr = new LocalAddr { SocketAddr = Ticket(), LocalAddr_ = Ticket(), Id = id, Version = "1.4.9" } },
            new() { PunchHoleRequest = new PunchHoleRequest { Id = id, LicenceKey = "wrong" } },
        ];
        using var socket = await TcpAsync(66, server.Rendezvous, ct);
        await socket.SendAsync(FrameWriter.Frame(lies[Random.Shared.Next(lies.Length)]), ct);
        await DrainAsync(socket, 200, ct);
        return 1;
    }

    private async Task<int> NewKeysAsync(CancellationToken ct)
    {
        using var socket = Udp(67);
        for (var i = 0; i < 50; i++)
        {
            var register = new RegisterPk
            {
                Id = $"{Random.Shared.Next(200_000_000, 999_999_999)}",
                Uuid = ByteString.CopyFrom(RandomBytes(36)),
                Pk = ByteString.CopyFrom(RandomBytes(32)),
            };
            socket.Send(new RendezvousMessage { RegisterPk = register }.ToByteArray());
        }

        await Task.Delay(10, ct);
        return 50;
    }

    private async Task<int> GarbageAsync(CancellationToken ct)
    {
        byte[][] kinds =
        [
            [0xff, 0xff, 0xff, 0xff, .. RandomBytes(100)],                                      // a frame of 1 GiB
            RandomBytes(Random.Shared.Next(1, 3000)),
            FrameWriter.Frame(Enumerable.Repeat((byte)0x0b, 30_000).ToArray()),                 // nested groups
            [.. "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"u8],
            new byte[4096],
        ];
        var ports = StreamPorts;
        using var socket = await TcpAsync(68, ports[Random.Shared.Next(ports.Length)], ct);
        await socket.SendAsync(kinds[Random.Shared.Next(kinds.Length)], ct);
        await DrainAsync(socket, 100, ct);
        return 1;
    }

    private async Task<int> FreezeAsync(CancellationToken ct)
    {
        var held = new List<Socket>();
        try
        {
            foreach (var port in StreamPorts)
            {
                for (var i = 0; i < 20; i++) held.Add(await TcpAsync(69, port, ct));
            }

            foreach (var socket in held.Where((_, i) => i % 2 == 0)) await socket.SendAsync(new byte[] { 0x42 }, ct);
            await Task.Delay(20_000, ct);
            return held.Count;
        }
        finally
        {
            foreach (var socket in held) socket.Dispose();
        }
    }

    private async Task<int> VanishAsync(CancellationToken ct)
    {
        var id = $"soak-{Random.Shared.Next(1000):D6}";
        var call = new PunchHoleRequest { Id = id, LicenceKey = server.Key, NatType = NatType.Asymmetric, Version = "1.4.9" };
        using (var caller = await TcpAsync(70, server.Rendezvous, ct))
        {
            caller.LingerState = new LingerOption(true, 0);
            await caller.SendAsync(FrameWriter.Frame(new RendezvousMessage { PunchHoleRequest = call }), ct);
        }

        var uuid = Guid.NewGuid().ToString();
        using (var first = await JoinAsync(70, uuid, ct))
        using (var second = await JoinAsync(70, uuid, ct))
        {
            first.LingerState = new LingerOption(true, 0);
            await first.SendAsync(RandomBytes(5000), ct);
        }

        using var alone = await JoinAsync(70, Guid.NewGuid().ToString(), ct);
        return 3;
    }

    // One leg sends as fast as it can, the other never reads.
    private async Task<int> FrozenLegAsync(CancellationToken ct)
    {
        var uuid = Guid.NewGuid().ToString();
        using var frozen = await JoinAsync(71, uuid, ct);
        using var sender = await JoinAsync(71, uuid, ct);
        var data = RandomBytes(1 << 20);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(10_000);
        try
        {
            for (var i = 0; i < 64; i++) await sender.SendAsync(data, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The relay stopped reading, as it should.
        }

        return 1;
    }

    private async Task<int> SlowWriterAsync(CancellationToken ct)
    {
        var frame = FrameWriter.Frame(new RendezvousMessage { TestNatRequest = new TestNatRequest { Serial = 3 } });
        using var socket = await TcpAsync(72, server.Rendezvous, ct);
        foreach (var one in frame)
        {
            await socket.SendAsync(new[] { one }, ct);
            await Task.Delay(500, ct);
        }

        await DrainAsync(socket, 200, ct);
        return 1;
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }

    private static ByteString Ticket() =>
        ByteString.CopyFrom(MangledAddress.Encode(PeerAddress.FromIPv4(0x7F000001, (ushort)Random.Shared.Next(1024, 65535))));

    private Socket Udp(int host)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)host]), 0));
        socket.Connect(new IPEndPoint(IPAddress.Loopback, server.Rendezvous));
        return socket;
    }

    private static async Task<Socket> TcpAsync(int host, int port, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(5000);
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)host]), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Socket> JoinAsync(int host, string uuid, CancellationToken ct)
    {
        var socket = await TcpAsync(host, server.Relay, ct);
        var join = new RequestRelay { Uuid = uuid, LicenceKey = server.Key };
        await socket.SendAsync(FrameWriter.Frame(new RendezvousMessage { RequestRelay = join }), ct);
        return socket;
    }

    private static async Task DrainAsync(Socket socket, int milliseconds, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(milliseconds);
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, limit.Token) > 0) { }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // enough
        }
    }
}
