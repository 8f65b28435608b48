using System.Text;
using Hawser.Data.Sqlite;
using Hawser.Protocol.Identity;

namespace Hawser.Data.Devices;

/// <summary>Receives the rows of <see cref="DeviceStore.LoadRowsAsync"/>.</summary>
/// <param name="row">A row; what is kept of it must be copied.</param>
public delegate void DeviceRowVisitor(DeviceRow row);

/// <summary>A device's row while it is being read: nothing is copied or parsed that nobody asks for.</summary>
public readonly ref struct DeviceRow
{
    internal const string Select =
        "SELECT id, uuid, public_key, last_address, listed, created_at, note, last_seen_at FROM devices";

    private readonly Statement _row;

    internal DeviceRow(Statement row) => _row = row;

    /// <summary>The id in UTF-8.</summary>
    public ReadOnlySpan<byte> Utf8Id => _row.Bytes(0);

    /// <summary>The uuid, exactly as the device sent it.</summary>
    public ReadOnlySpan<byte> Uuid => _row.Bytes(1);

    /// <summary>The 32-byte Ed25519 key.</summary>
    public ReadOnlySpan<byte> PublicKey => _row.Bytes(2);

    /// <summary>The address it registered from, port 0; unspecified when not known.</summary>
    public PeerAddress LastHost => AddressText.Read(_row.Bytes(3));

    /// <summary>An administrator has deployed it.</summary>
    public bool Listed => _row.Number(4) != 0;

    /// <summary>When it first registered, UTC.</summary>
    public DateTime CreatedAt => TimeText.Read(_row.Bytes(5));

    /// <summary>An administrator's note.</summary>
    public string? Note => _row.Text(6);

    /// <summary>When it was last seen, UTC; null when not known.</summary>
    public DateTime? LastSeen => _row.IsNull(7) ? null : TimeText.Read(_row.Bytes(7));

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
