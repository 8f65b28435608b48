using Hawser.Data.Devices;
using Hawser.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Hawser.Data.Import;

/// <summary>Puts rows of hbbs into the table of devices. Running it again changes nothing.</summary>
internal sealed class DeviceImporter
{
    /// <summary>Rows between two reports, and rows of one transaction where the database is in use.</summary>
    internal const int BatchSize = 10_000;

    // Any conflict: the id is here, or the device is here under the id that it took meanwhile.
    private const string Add =
        """
        INSERT INTO devices (guid, id, uuid, public_key, last_address, created_at, last_seen_at, note, listed)
        VALUES (@guid, @id, @uuid, @key, @address, @created, @seen, @note, 0)
        ON CONFLICT DO NOTHING
        """;

    // The row keeps its guid, and what an administrator decided here.
    private const string Replace =
        """
        UPDATE devices SET uuid = @uuid, public_key = @key, last_address = @address, created_at = @created,
            last_seen_at = coalesce(@seen, last_seen_at), note = coalesce(@note, note)
        WHERE id = @id
        """;

    private readonly SqliteCommand _add;
    private readonly SqliteCommand? _replace;
    private readonly ImportReport _report;
    private readonly DateTime _now;

    internal DeviceImporter(SqliteConnection connection, bool overwrite, DateTime now, ImportReport report)
    {
        _add = Prepare(connection, Add);
        _replace = overwrite ? Prepare(connection, Replace) : null;
        _now = now;
        _report = report;
    }

    /// <summary>Imports one row, or says why not.</summary>
    internal void Import(in HbbsPeer peer)
    {
        _report.Read++;
        if (Objection(peer) is { } objection)
        {
            _report.Skipped++;
            _report.Warn($"The peer '{Printable(peer.Id)}' was skipped: {objection}.");
            return;
        }

        if (_replace is not null && Execute(_replace, peer)) _report.Overwritten++;
        else if (Execute(_add, peer)) _report.Added++;
        else _report.Kept++;
    }

    private bool Execute(SqliteCommand command, in HbbsPeer peer)
    {
        var p = command.Parameters;
        p[0].Value = peer.Guid is { Length: 16 } guid ? guid : Guid.CreateVersion7(new DateTimeOffset(_now)).ToByteArray(bigEndian: true);
        p[1].Value = peer.Id;
        p[2].Value = peer.Uuid;
        p[3].Value = peer.PublicKey;
        p[4].Value = peer.LastHost.IsUnspecified ? DBNull.Value : peer.LastHost.ToString();
        p[5].Value = CreatedAt(peer);
        p[6].Value = TimeText.TryRead(peer.LastOnline, out var seen) ? TimeText.Write(seen) : DBNull.Value;
        p[7].Value = (object?)peer.Note ?? DBNull.Value;
        return command.ExecuteNonQuery() > 0;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in (ReadOnlySpan<string>)["@guid", "@id", "@uuid", "@key", "@address", "@created", "@seen", "@note"])
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    private string CreatedAt(in HbbsPeer peer)
    {
        if (TimeText.TryRead(peer.CreatedAt, out var created)) return TimeText.Write(created);
        _report.Warn($"The peer '{Printable(peer.Id)}' has no readable created_at; the time of the import takes its place.");
        return TimeText.Write(_now);
    }

    private static string? Objection(in HbbsPeer peer)
    {
        if (peer.Id.Length == 0) return "it has no id";
        if (peer.Id.Length > Protocol.Identity.PeerId.MaxLength) return "its id is too long";
        if (peer.Uuid.Length == 0) return "its uuid is empty";
        return peer.PublicKey.Length == Device.KeyLength ? null : $"its key has {peer.PublicKey.Length} bytes instead of {Device.KeyLength}";
    }

    // An id is whatever a stranger once sent: it must not steer a terminal.
    private static string Printable(string id) =>
        string.Concat(id.Take(64).Select(c => char.IsControl(c) ? '?' : c));
}
