using System.Net;
using Google.Protobuf;
using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Data;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.TestRig;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>A rendezvous role on real loopback sockets, with a real store in a temporary folder.</summary>
internal sealed class RendezvousRig : IAsyncDisposable
{
    public const string Id = "123456789";
    public const string Relay = "relay.example";

    private readonly DirectoryInfo _folder;
    private readonly HawserStore _store;

    private RendezvousRig(
        DirectoryInfo folder, HawserStore store, Action<RendezvousOptions>? configure, RigParts parts)
    {
        _folder = folder;
        _store = store;
        Time = parts.Time ?? TimeProvider.System;
        Heartbeat = new NodeHeartbeat(Time, static e => throw new InvalidOperationException("a sweeper failed", e));
        Roster = new InProcessRelayRoster(Time, Heartbeat);
        Options = new RendezvousOptions { Port = FreePorts.Block() + 1, UdpThreads = 1 };
        Options.RelayServers.Add(Relay);
        configure?.Invoke(Options);
        Role = new RendezvousRole(Options, new RendezvousParts(
            Key, parts.RequiredKey ?? Key.PublicText, store.Devices, new InProcessPeerRouter("n1"), Roster,
            new InProcessLiveFeed(), Heartbeat, Time, parts.Logs ?? NullLoggerFactory.Instance, null, null,
            parts.Authorize, parts.Tunnel));
    }

    public static ServerKey Key { get; } = ServerKey.FromSeed(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    /// <summary>B's device key of the reference.</summary>
    public static byte[] DeviceKey { get; } =
        Convert.FromHexString("29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7");

    public RendezvousOptions Options { get; }

    public RendezvousRole Role { get; }

    public InProcessRelayRoster Roster { get; }

    public NodeHeartbeat Heartbeat { get; }

    public TimeProvider Time { get; }

    public int Port => Options.Port;

    public static async Task<RendezvousRig> StartAsync(
        Action<RendezvousOptions>? configure = null, RigParts? parts = null, bool load = true)
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-");
        var store = await HawserStore.OpenAsync(folder.FullName, null, null, CancellationToken.None);
        var rig = new RendezvousRig(folder, store, configure, parts ?? new RigParts());
        try
        {
            rig.Role.Start();
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }

        if (load) await rig.Role.LoadAsync(CancellationToken.None);
        return rig;
    }

    /// <summary>Registers a peer by UDP, as T4 and T5.</summary>
    public async Task<WireDatagrams> RegisterAsync(string id = Id, string host = "127.0.0.2", string uuid = "uuid-0001")
    {
        var peer = new WireDatagrams(Port, host);
        await peer.SendAsync(RegisterPk(id, uuid));
        (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = id, Serial = 3 } });
        (await peer.ReceiveMessageAsync())!.RegisterPeerResponse.RequestPk.ShouldBeFalse();
        return peer;
    }

    public static RendezvousMessage RegisterPk(string id = Id, string uuid = "uuid-0001") => new()
    {
        RegisterPk = new RegisterPk
        {
            Id = id,
            Uuid = ByteString.CopyFromUtf8(uuid),
            Pk = ByteString.CopyFrom(DeviceKey),
        },
    };

    /// <summary>The PunchHoleRequest of §3.6.</summary>
    public static RendezvousMessage Ask(string id = Id, Action<PunchHoleRequest>? change = null)
    {
        var request = new PunchHoleRequest
        {
            Id = id,
            NatType = NatType.Asymmetric,
            LicenceKey = Key.PublicText,
            Version = "1.4.9",
        };
        change?.Invoke(request);
        return new RendezvousMessage { PunchHoleRequest = request };
    }

    /// <summary>A fresh connection to TCP P, from a host of one's own.</summary>
    public Task<WireClient> ConnectAsync(string host = "127.0.0.1") =>
        WireClient.ConnectAsync(Port, new IPEndPoint(IPAddress.Parse(host), 0));

    /// <summary>A connection to TCP P-1.</summary>
    public Task<WireClient> ConnectSideAsync() => WireClient.ConnectAsync(Port - 1);

    /// <summary>Moves a manual clock on and ticks, second by second.</summary>
    public void Pass(double seconds)
    {
        for (var i = 0.0; i < seconds; i++)
        {
            ((ManualTime)Time).Advance(TimeSpan.FromSeconds(1));
            Heartbeat.Tick();
        }
    }

    /// <summary>What the server signed, checked with its public key.</summary>
    public static void ShouldVouchFor(ByteString signed, string id = Id)
    {
        SignedIdPk.TryVerify(signed.Span, Key.Public, out var idPk).ShouldBeTrue();
        idPk!.Id.ShouldBe(id);
        idPk.Pk.ToByteArray().ShouldBe(DeviceKey);
    }

    public async ValueTask DisposeAsync()
    {
        await Role.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>What a test may replace.</summary>
internal sealed record RigParts(
    string? RequiredKey = null,
    Authorize? Authorize = null,
    HttpTunnel? Tunnel = null,
    TimeProvider? Time = null,
    ILoggerFactory? Logs = null);
