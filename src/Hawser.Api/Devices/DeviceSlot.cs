using Hawser.Data.Devices;

namespace Hawser.Api.Devices;

/// <summary>What is kept in memory of one device; one element of a flat array.</summary>
internal struct DeviceSlot
{
    /// <summary>The id, hashed.</summary>
    public DeviceHash Name;

    /// <summary>The uuid's base64 text, hashed.</summary>
    public DeviceHash Uuid;

    /// <summary>The device's row.</summary>
    public Guid Guid;

    public string Id;

    /// <summary>The next slot of the same bucket, or of the free list; -1: none.</summary>
    public int Next;

    /// <summary>The strategies' epoch that it was read at.</summary>
    public int Epoch;

    /// <summary>Times of the table's clock, in milliseconds; 0: never.</summary>
    public long FirstBeat;
    public long LastBeat;
    public long ReadAt;

    /// <summary>When its budget of requests will be full again.</summary>
    public long FreeAt;

    /// <summary>What the device says it was told last.</summary>
    public long ModifiedAt;

    /// <summary>What it shall have been told last; meaningless without <see cref="Strategy"/>.</summary>
    public long Stamp;

    /// <summary>The strategy object of the reply, shared by all devices under it; null: nothing ever.</summary>
    public byte[]? Strategy;

    /// <summary>Of the sysinfo that is stored, as far as this process knows; 0: not known.</summary>
    public ulong Sysinfo;

    /// <summary>The client's version, as a number (reference §0).</summary>
    public int Version;

    public bool IsStale;
    public bool HasDetails;

    /// <summary>How often it was asked for its sysinfo because there was none.</summary>
    public byte Asked;

    /// <summary>What most devices don't have.</summary>
    public DeviceExtra? Extra;
}

/// <summary>Open connections, and what the device is to be told; used under its shard's lock.</summary>
internal sealed class DeviceExtra
{
    /// <summary>The connections of the last heartbeat.</summary>
    public int[] Conns = [];

    /// <summary>Connections that an audit row says are open, and how many heartbeats in a row lacked them.</summary>
    public List<WatchedConnection> Watched { get; } = [];

    /// <summary>What it is to be told.</summary>
    public List<KnownCommand> Commands { get; } = [];

    public bool IsEmpty => Conns.Length == 0 && Watched.Count == 0 && Commands.Count == 0;
}

/// <summary>A connection that should be in the heartbeats.</summary>
internal record struct WatchedConnection(int ConnId, int Missed);

/// <summary>A pending command in memory.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Kind">What.</param>
/// <param name="ConnId">For a disconnect, which connection.</param>
/// <param name="ExpiresAt">Void from then, UTC.</param>
internal sealed record KnownCommand(Guid Row, PendingCommandKind Kind, int ConnId, DateTime ExpiresAt)
{
    /// <summary>How often it was told.</summary>
    public int Told { get; set; }
}

/// <summary>What the database says of a device.</summary>
internal sealed record DeviceReading(
    Guid Guid, string Id, DeviceHash Uuid, bool HasDetails, IReadOnlyList<KnownCommand> Commands,
    IReadOnlyList<int> OpenAudits, long Stamp, byte[]? Strategy, int Epoch);
