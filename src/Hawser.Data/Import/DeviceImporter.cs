using Hawser.Data.Sqlite;

namespace Hawser.Data.Import;

/// <summary>Puts rows of hbbs into the table of devices. Running it again changes nothing.</summary>
internal sealed class DeviceImporter : IDisposable
{
    /// <summary>Rows between two reports, and rows of one transaction where the database is in use.</summary>
    internal const int BatchSize = 10_000;

    // Any conflict: the id is here, or the device is here under the id that it took meanwhile.
    private const string Add =
        """
        INSERT INTO devices (guid, id, uuid, public_key, last_address, created_at, last_seen_at, note, listed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)
        ON CONFLICT DO NOTHING
        """;

    // The row keeps its guid, and what an administrator decided here.
    private const string Replace =
        """
        UPDATE devices SET uuid = ?3, public_key = ?4, last_address = ?5, created_at = ?6,
            last_seen_at = coalesce(?7, last_seen_at), note = coalesce(?8, note)
        WHERE id = ?2
        """;

    private readonly Statement _add;
    private readonly Statement? _replace;
    private readonly ImportReport _report;
    private readonly DateTime _now;

    internal DeviceImporter(Database database, bool overwrite, DateTime now, ImportReport report)
    {
        _add = database.Prepare(Add);
        _replace = overwrite ? database.Prepare(Replace) : null;
        _now = now;
        _report = report;
    }

    /// <summary>Imports one row, or says why not.</summary>
    internal void Import(in HbbsPeer peer)
    {
        if (!HbbsPeerRules.Accepts(peer, _report)) return;
        if (_replace is not null && Execute(_replace, peer)) _report.Overwritten++;
        else if (Execute(_add, peer)) _report.Added++;
        else _report.Kept++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _add.Dispose();
        _replace?.Dispose();
    }

    private bool Execute(Statement statement, in HbbsPeer peer)
    {
        return statement
            .Bind(1, HbbsPeerRules.GuidOf(peer, _now))
            .Bind(2, peer.Id)
            .Bind(3, peer.Uuid)
            .Bind(4, peer.PublicKey)
            .Bind(5, AddressText.Write(peer.LastHost))
            .Bind(6, TimeText.Write(HbbsPeerRules.CreatedAt(peer, _now, _report)))
            .Bind(7, HbbsPeerRules.LastSeen(peer) is { } seen ? TimeText.Write(seen) : null)
            .Bind(8, peer.Note)
            .Run() > 0;
    }
}
