using Hawser.Data.Devices;
using Hawser.Protocol.Identity;

namespace Hawser.Data.Sqlite;

/// <summary>The columns of the row that a statement is at; spans hold until the next step.</summary>
internal sealed class SqliteDeviceColumns(Statement row) : DeviceColumns
{
    internal const string Select =
        "SELECT id, uuid, public_key, last_address, listed, created_at, note, last_seen_at FROM devices";

    internal override ReadOnlySpan<byte> Utf8Id => row.Bytes(0);

    internal override ReadOnlySpan<byte> Uuid => row.Bytes(1);

    internal override ReadOnlySpan<byte> PublicKey => row.Bytes(2);

    internal override PeerAddress LastHost => AddressText.Read(row.Bytes(3));

    internal override bool Listed => row.Number(4) != 0;

    internal override DateTime CreatedAt => TimeText.Read(row.Bytes(5));

    internal override string? Note => row.Text(6);

    internal override DateTime? LastSeen => row.IsNull(7) ? null : TimeText.Read(row.Bytes(7));
}
