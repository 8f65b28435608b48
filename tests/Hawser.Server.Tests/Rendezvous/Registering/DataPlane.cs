using System.Collections.Concurrent;
using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Hawser.Server.Tests.Rendezvous.Registering;

/// <summary>
/// The data plane of the rendezvous role: registry, keys, budgets and, when started, a listener on real sockets.
/// Without a listener datagrams are handed in with any source address, and what is sent is kept.
/// </summary>
internal sealed class DataPlane : IAsyncDisposable
{
    public const string PeerDatagram = "320d0a093132333435363738391003";
    public const string KeyDatagram =
        "7a380a093132333435363738391209757569642d303030311a2029acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7";

    public const string Ok = "820100";
    public const string UuidMismatch = "8201020802";
    public const string TooFrequent = "8201020804";
    public const string InvalidFormat = "8201020805";
    public const string ServerError = "8201020807";
    public const string NotDeployed = "8201020808";
    public const string KeyWanted = "3a021001";
    public const string Registered = "3a00";

    private readonly ConcurrentQueue<(string Hex, PeerAddress To)> _sent = [];
    private readonly DatagramHandler _handler;

    public DataPlane(
        RendezvousOptions? options = null, DeviceWrites? store = null, TimeProvider? time = null, bool isLoaded = true,
        DeploymentRule? deployment = null)
    {
        Options = options ?? new RendezvousOptions();
        Time = time ?? TimeProvider.System;
        Store = new MemoryDevices();
        Metrics = new RendezvousMetrics(null);
        Budgets = new SourceBudgets(Options, Time, Metrics);
        Feed = new RecordingFeed();
        Registry = new PeerRegistry(Options, Budgets, Metrics, new InProcessPeerRouter("node"), Feed, Time);
        Changes = new AddressChanges(Time);
        Claims = new ClaimLog(Options, Budgets, Metrics, Feed, Time, NullLoggerFactory.Instance) { Store = deployment?.SaveClaimsAsync };
        Keys = new KeyRegistration(
            Options, Registry, Budgets, Changes, store ?? Store.Writes, Metrics, Feed, Time, NullLoggerFactory.Instance)
        {
            Deployment = deployment, Claims = Claims,
        };
        Configuration = new ClientConfiguration(Options);
        Parts = new DatagramParts(Registry, Keys, Budgets, Configuration, (m, from) => PunchHoleSents.Enqueue((m, from)));
        SendDatagram capture = (payload, to) =>
        {
            _sent.Enqueue((Convert.ToHexStringLower(payload), to));
            return true;
        };
        _handler = new DatagramHandler(Parts, Metrics.AddDatagramCounters(), capture, NullLogger.Instance);
        (Registry.Datagrams, Keys.Datagrams) = (capture, capture);
        Keys.Start();
        if (isLoaded) Registry.MarkLoaded();
    }

    public RendezvousOptions Options { get; }

    public TimeProvider Time { get; }

    public MemoryDevices Store { get; }

    public RendezvousMetrics Metrics { get; }

    public SourceBudgets Budgets { get; }

    public RecordingFeed Feed { get; }

    public PeerRegistry Registry { get; }

    public AddressChanges Changes { get; }

    public KeyRegistration Keys { get; }

    public ClaimLog Claims { get; }

    public ClientConfiguration Configuration { get; }

    public DatagramParts Parts { get; }

    public ConcurrentQueue<(PunchHoleSent Message, PeerAddress Source)> PunchHoleSents { get; } = [];

    public IReadOnlyCollection<(string Hex, PeerAddress To)> Sent => _sent;

    public UdpListener? Listener { get; private set; }

    public static PeerAddress At(string text) =>
        PeerAddress.TryParse(text, out var address) ? address : throw new ArgumentException(text);

    /// <summary>Listens on a free port from now on.</summary>
    public DataPlane Listen(bool isPortable, int threads = 2)
    {
        Options.Port = FreePorts.Block();
        Options.PortableUdp = isPortable;
        Options.UdpThreads = threads;
        Listener = new UdpListener(Options, null, Parts, Metrics, NullLoggerFactory.Instance);
        Listener.Start();
        return this;
    }

    /// <summary>Hands a datagram in as if it came from there.</summary>
    /// <returns>The answer in hex, empty for none.</returns>
    public string Handle(string hex, PeerAddress source) => Handle(Convert.FromHexString(hex), source);

    public string Handle(ReadOnlySpan<byte> datagram, PeerAddress source)
    {
        Span<byte> reply = stackalloc byte[DatagramHandler.MaxReply];
        var length = _handler.Handle(datagram, source, _handler.Now, reply);
        return Convert.ToHexStringLower(reply[..length]);
    }

    public async Task<RegisterPkResponse.Types.Result?> RegisterAsync(
        string id, string source, string uuid = "uuid-0001", byte key = 1, bool overUdp = true)
    {
        var message = Key(id, uuid, key);
        if (!overUdp) return await Keys.RegisterAsync(message, At(source), CancellationToken.None);
        var seen = _sent.Count;
        Keys.TryEnqueue(message, At(source)).ShouldBeTrue();
        await Eventually.HoldsAsync(() => _sent.Count > seen, "an answer to RegisterPk");
        return RendezvousMessage.Parser.ParseFrom(Convert.FromHexString(_sent.Last().Hex)).RegisterPkResponse.Result;
    }

    public static RegisterPk Key(string id, string uuid = "uuid-0001", byte key = 1) => new()
    {
        Id = id,
        Uuid = Google.Protobuf.ByteString.CopyFromUtf8(uuid),
        Pk = Google.Protobuf.ByteString.CopyFrom([.. Enumerable.Repeat(key, 32)]),
    };

    public static string PeerHex(string id, int serial = 3) => Convert.ToHexStringLower(
        Google.Protobuf.MessageExtensions.ToByteArray(
            new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = id, Serial = serial } }));

    public static StoredDevice Device(string id, string host = "203.0.113.7", string uuid = "uuid-0001", byte key = 1) => new(
        id, System.Text.Encoding.UTF8.GetBytes(uuid), [.. Enumerable.Repeat(key, 32)], At(host), DateTime.UnixEpoch, null, true);

    public async ValueTask DisposeAsync()
    {
        // A test that failed must not hang as well.
        Store.Gate?.TrySetResult();
        Listener?.Dispose();
        await Keys.StopAsync();
        await Claims.DisposeAsync();
        Metrics.Dispose();
    }
}

/// <summary>A store in memory that can be told to fail or to wait.</summary>
internal sealed class MemoryDevices
{
    private readonly Lock _gate = new();
    private bool _held;

    public Dictionary<string, StoredDevice> Rows { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Retired { get; } = new(StringComparer.Ordinal);

    public bool IsBroken { get; set; }

    public int Saves { get; private set; }

    /// <summary>While there is one, saving waits for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Whether a save stands before the gate: the worker has taken a batch and takes no other.</summary>
    public bool IsHeld => Volatile.Read(ref _held);

    public DeviceWrites Writes => new(SaveAsync, RenameAsync, IsRetiredAsync);

    private async Task SaveAsync(IReadOnlyList<StoredDevice> devices, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            Volatile.Write(ref _held, true);
            await gate.Task;
            Volatile.Write(ref _held, false);
        }

        if (IsBroken) throw new InvalidOperationException("the disk is full");
        lock (_gate)
        {
            Saves++;
            foreach (var device in devices) Rows[device.Id] = device;
        }
    }

    private Task<RenameOutcome> RenameAsync(string oldId, string newId, byte[] uuid, CancellationToken cancellationToken)
    {
        if (IsBroken) throw new InvalidOperationException("the disk is full");
        if (!Rows.Remove(oldId, out var row)) return Task.FromResult(RenameOutcome.UnknownDevice);
        Rows[newId] = row with { Id = newId };
        Retired[oldId] = System.Text.Encoding.UTF8.GetString(uuid);
        return Task.FromResult(RenameOutcome.Renamed);
    }

    private Task<bool> IsRetiredAsync(string id, byte[] uuid, CancellationToken cancellationToken) =>
        IsBroken
            ? throw new InvalidOperationException("the disk is full")
            : Task.FromResult(Retired.TryGetValue(id, out var owner) && owner != System.Text.Encoding.UTF8.GetString(uuid));
}

/// <summary>Keeps every live event.</summary>
internal sealed class RecordingFeed : ILiveFeed
{
    public ConcurrentQueue<LiveEvent> Events { get; } = [];

    public void Publish(LiveEvent liveEvent) => Events.Enqueue(liveEvent);

    public IAsyncEnumerable<LiveEvent> SubscribeAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>Puts whole devices into a registry, as the store would.</summary>
internal static class LoadedDevices
{
    public static void Load(this PeerRegistry registry, StoredDevice device) => registry.Load(
        System.Text.Encoding.UTF8.GetBytes(device.Id), device.Uuid, device.PublicKey, device.LastHost);
}
