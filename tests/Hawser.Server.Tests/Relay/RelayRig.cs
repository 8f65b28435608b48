using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Hawser.Cluster;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;
using Hawser.Relay;
using Hawser.TestRig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Server.Tests.Relay;

/// <summary>
/// A relay role on free ports, with its WebSocket port served by Kestrel, and a heart that tests beat.
/// </summary>
internal sealed class RelayRig : IAsyncDisposable
{
    public const string Key = RelayVectors.Key;
    private readonly WebApplication? _web;
    private readonly string _folder;

    private RelayRig(
        RelayOptions options, TimeProvider time, string key, WebApplication? web, string folder, ILoggerFactory? logs)
    {
        _web = web;
        _folder = folder;
        Port = options.Port;
        Heartbeat = new NodeHeartbeat(time, e => throw new InvalidOperationException("sweep", e));
        Role = new RelayRole(options, new RelayParts(key, Roster, Heartbeat, time,
            logs ?? NullLoggerFactory.Instance, null, null, folder));
    }

    public RelayRole Role { get; }

    public int Port { get; }

    public NodeHeartbeat Heartbeat { get; }

    public TicketBook Roster { get; } = new();

    public static async Task<RelayRig> StartAsync(Action<RelayOptions>? configure = null, TimeProvider? time = null,
        string key = "", bool webSockets = false, ILoggerFactory? logs = null, string? blocklist = null,
        Action<RelayContext>? prepare = null)
    {
        var options = new RelayOptions { Port = FreePorts.Block(3), Loops = 2 };
        (options.SingleBandwidth, options.TotalBandwidth) = (0, 0);
        configure?.Invoke(options);
        var folder = Directory.CreateTempSubdirectory("hawser-relay-").FullName;
        if (blocklist is not null) await File.WriteAllTextAsync(Path.Combine(folder, "blocklist.txt"), blocklist);
        var web = webSockets ? BuildWeb(options.Port + 2) : null;
        var rig = new RelayRig(options, time ?? TimeProvider.System, key, web, folder, logs);
        prepare?.Invoke(rig.Role.Context);
        try
        {
            rig.Role.Start();
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }

        if (web is not null)
        {
            web.UseWebSockets();
            web.Run(rig.Role.HandleWebSocketAsync);
            await web.StartAsync();
        }

        return rig;
    }

    public static byte[] JoinPayload(string ticket, string key = "") =>
        Google.Protobuf.MessageExtensions.ToByteArray(new RendezvousMessage
        {
            RequestRelay = new RequestRelay { Uuid = ticket, LicenceKey = key, Id = "123456789" },
        });

    public static byte[] JoinFrame(string ticket, string key = "") => FrameWriter.Frame(JoinPayload(ticket, key));

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, Port);
        return socket;
    }

    public async Task<TcpPeer> JoinTcpAsync(string ticket, string key = "", byte[]? early = null, bool framed = false)
    {
        var peer = new TcpPeer(await ConnectAsync(), framed);
        byte[] bytes = [.. JoinFrame(ticket, key), .. early ?? []];
        await peer.SendRawAsync(bytes);
        return peer;
    }

    public async Task<WebSocketPeer> JoinWebSocketAsync(string ticket, string key = "", string path = "/",
        Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Port + 2}{path}"), CancellationToken.None);
        await socket.SendAsync(JoinPayload(ticket, key), WebSocketMessageType.Binary, true, CancellationToken.None);
        return new WebSocketPeer(socket);
    }

    public Task WaitingAsync(int count) => Eventually.HoldsAsync(
        () => Role.Context.Lobby.Entries.OfType<RelayLeg>().Count() == count, $"{count} legs wait", 30);

    // The number is taken before the place, so that a cap can't be overrun: both must show it.
    public Task PairsAsync(int count) => Eventually.HoldsAsync(
        () => Role.Context.Lobby.Pairs == count && Role.Context.Lobby.Entries.OfType<RelayPair>().Count() == count,
        $"{count} pairs", 30);

    public async ValueTask DisposeAsync()
    {
        await Role.DisposeAsync();
        if (_web is not null) await _web.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static WebApplication BuildWeb(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, port));
        return builder.Build();
    }
}

/// <summary>A roster that knows the tickets a test wrote into it.</summary>
internal sealed class TicketBook : IRelayRoster
{
    public HashSet<string> Tickets { get; } = [];

    public void Configure(IEnumerable<string> addresses) { }

    public void Override(IEnumerable<string> added, IEnumerable<string> disabled) { }

    public void Announce(RelayStatus status) { }

    public void Check(string address, bool answers) { }

    public string Choose(RelayRequest request) => "";

    public RelayChoice Explain(RelayRequest request) => new("", RelayReason.None, []);

    public IReadOnlyList<RelayStatus> List() => [];

    public void Expect(string ticket) => Tickets.Add(ticket);

    public bool IsExpected(string ticket) => Tickets.Contains(ticket);
}
