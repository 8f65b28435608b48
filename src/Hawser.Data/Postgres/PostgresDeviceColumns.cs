using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>The columns of the row that a reader is at, in buffers that the next row takes over.</summary>
internal sealed class PostgresDeviceColumns(NpgsqlDataReader row) : DeviceColumns
{
    // Bytes, not texts: most rows are only hashed and copied.
    internal const string Select =
        """
        SELECT convert_to(id, 'UTF8'), uuid, public_key, convert_to(last_address, 'UTF8'), listed, created_at, note,
            last_seen_at
        FROM devices
        """;

    private readonly byte[][] _buffers = [new byte[256], new byte[256], new byte[64], new byte[64]];
    private readonly int[] _lengths = new int[4];

    internal override ReadOnlySpan<byte> Utf8Id => Bytes(0);

    internal override ReadOnlySpan<byte> Uuid => Bytes(1);

    internal override ReadOnlySpan<byte> PublicKey => Bytes(2);

    internal override PeerAddress LastHost => AddressText.Read(Bytes(3));

    internal override bool Listed => row.GetBoolean(4);

    internal override DateTime CreatedAt => row.GetDateTime(5);

    internal override string? Note => row.IsDBNull(6) ? null : row.GetString(6);

    internal override DateTime? LastSeen => row.IsDBNull(7) ? null : row.GetDateTime(7);

    /// <summary>Takes over the row that the reader went to.</summary>
    internal void Take()
    {
        for (var column = 0; column < _buffers.Length; column++)
        {
            _lengths[column] = 0;
            if (row.IsDBNull(column)) continue;
            var length = (int)row.GetBytes(column, 0, null, 0, 0);
            if (length > _buffers[column].Length) _buffers[column] = new byte[length];
            _lengths[column] = (int)row.GetBytes(column, 0, _buffers[column], 0, length);
        }
    }

    private ReadOnlySpan<byte> Bytes(int column) => _buffers[column].AsSpan(0, _lengths[column]);
}
