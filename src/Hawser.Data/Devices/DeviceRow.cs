using System.Text;
using Hawser.Protocol.Identity;

namespace Hawser.Data.Devices;

/// <summary>Receives the rows of <see cref="DeviceStore.LoadRowsAsync"/>.</summary>
/// <param name="row">A row; what is kept of it must be copied.</param>
public delegate void DeviceRowVisitor(DeviceRow row);

/// <summary>A device's row while it is being read: nothing is copied or parsed that nobody asks for.</summary>
public readonly ref struct DeviceRow
{
    private readonly DeviceColumns _row;

    internal DeviceRow(DeviceColumns row) => _row = row;

    /// <summary>The id in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8Id => _row.Utf8Id;

    /// <summary>The uuid, exactly as the device sent it.</summary>
    public ReadOnlySpan<byte> Uuid => _row.Uuid;

    /// <summary>The 32-byte Ed25519 key.</summary>
    public ReadOnlySpan<byte> PublicKey => _row.PublicKey;

    /// <summary>The address it registered from, port 0; unspecified when not known.</summary>
    public PeerAddress LastHost => _row.LastHost;

    /// <summary>An administrator has deployed it.</summary>
    public bool Listed => _row.Listed;

    /// <summary>When it first registered, UTC.</summary>
    public DateTime CreatedAt => _row.CreatedAt;

    /// <summary>An administrator's note.</summary>
    public string? Note => _row.Note;

    /// <summary>When it was last seen, UTC; null when not known.</summary>
    public DateTime? LastSeen => _row.LastSeen;

    /// <summary>Everything, copied.</summary>
    /// <returns>The device.</returns>
    public StoredDevice ToStoredDevice() => new(
        Encoding.UTF8.GetString(Utf8Id),
        Uuid.ToArray(),
        PublicKey.ToArray(),
        LastHost,
        CreatedAt,
        Note,
        Listed,
        LastSeen);
}

/// <summary>The columns of the row that an engine is at.</summary>
internal abstract class DeviceColumns
{
    internal abstract ReadOnlySpan<byte> Utf8Id { get; }

    internal abstract ReadOnlySpan<byte> Uuid { get; }

    internal abstract ReadOnlySpan<byte> PublicKey { get; }

    internal abstract PeerAddress LastHost { get; }

    internal abstract bool Listed { get; }

    internal abstract DateTime CreatedAt { get; }

    internal abstract string? Note { get; }

    internal abstract DateTime? LastSeen { get; }
}
