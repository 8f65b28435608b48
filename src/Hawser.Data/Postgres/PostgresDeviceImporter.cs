using Hawser.Data.Import;
using Npgsql;
using NpgsqlTypes;

namespace Hawser.Data.Postgres;

/// <summary>Puts rows of hbbs into the table of devices, a batch a statement. Running it again changes
/// nothing.</summary>
internal sealed class PostgresDeviceImporter
{
    private const string Rows =
        "unnest($1, $2, $3, $4, $5, $6, $7, $8) AS new (guid, id, uuid, public_key, last_address, created_at, "
        + "last_seen_at, note)";

    // Any conflict: the id is here, or the device is here under the id that it took meanwhile.
    private const string Add =
        $"""
        INSERT INTO devices (guid, id, uuid, public_key, last_address, created_at, last_seen_at, note, listed)
        SELECT new.*, false FROM {Rows} ON CONFLICT DO NOTHING
        """;

    // The row keeps its guid, and what an administrator decided here.
    private const string Replace =
        $"""
        UPDATE devices AS d SET uuid = new.uuid, public_key = new.public_key, last_address = new.last_address,
            created_at = new.created_at, last_seen_at = coalesce(new.last_seen_at, d.last_seen_at),
            note = coalesce(new.note, d.note)
        FROM {Rows} WHERE d.id = new.id
        """;

    private readonly NpgsqlConnection _connection;
    private readonly bool _overwrite;
    private readonly DateTime _now;
    private readonly ImportReport _report;
    private readonly Dictionary<string, HbbsPeer> _batch = new(StringComparer.Ordinal);

    internal PostgresDeviceImporter(NpgsqlConnection connection, bool overwrite, DateTime now, ImportReport report)
    {
        _connection = connection;
        _overwrite = overwrite;
        _now = now;
        _report = report;
    }

    /// <summary>Imports every row of a source.</summary>
    internal async Task CopyAsync(
        HbbsDatabase source, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var total = source.Count();
        var done = 0;
        progress?.Report(new ImportProgress(0, total));
        foreach (var peer in source.Rows())
        {
            done++;
            if (!HbbsPeerRules.Accepts(peer, _report)) continue;
            // Of two rows with one id the first one is taken, or with overwriting the last one.
            if (_overwrite) _batch[peer.Id] = peer;
            else if (!_batch.TryAdd(peer.Id, peer)) _report.Kept++;
            if (_batch.Count < DeviceImporter.BatchSize) continue;
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            progress?.Report(new ImportProgress(done, total));
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
        progress?.Report(new ImportProgress(done, total));
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0) return;
        var rows = _batch.Values.ToList();
        var replaced = _overwrite ? await RunAsync(Replace, rows, cancellationToken).ConfigureAwait(false) : 0;
        var added = await RunAsync(Add, rows, cancellationToken).ConfigureAwait(false);
        _report.Overwritten += replaced;
        _report.Added += added;
        _report.Kept += rows.Count - replaced - added;
        _batch.Clear();
    }

    private async Task<int> RunAsync(string sql, List<HbbsPeer> rows, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        void Bind<T>(NpgsqlDbType type, Converter<HbbsPeer, T> value) =>
            PostgresDeviceStore.Add(command, type, rows.ConvertAll(value));
        Bind(NpgsqlDbType.Uuid, p => new Guid(HbbsPeerRules.GuidOf(p, _now), bigEndian: true));
        Bind(NpgsqlDbType.Text, p => PostgresText.Fit(p.Id));
        Bind(NpgsqlDbType.Bytea, p => p.Uuid);
        Bind(NpgsqlDbType.Bytea, p => p.PublicKey);
        Bind(NpgsqlDbType.Text, p => AddressText.Write(p.LastHost));
        Bind(NpgsqlDbType.TimestampTz, p => HbbsPeerRules.CreatedAt(p, _now, _report));
        Bind(NpgsqlDbType.TimestampTz, p => HbbsPeerRules.LastSeen(p));
        Bind(NpgsqlDbType.Text, p => PostgresText.FitOrNull(p.Note));
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
