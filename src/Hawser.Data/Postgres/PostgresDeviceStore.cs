using Hawser.Data.Devices;
using Npgsql;
using NpgsqlTypes;

namespace Hawser.Data.Postgres;

/// <summary>
/// The devices' rows on PostgreSQL: a batch is one statement over arrays, whatever its size, and rows are taken in the
/// order of their ids, so that nodes that write at the same time never wait for each other in a circle.
/// </summary>
internal sealed class PostgresDeviceStore : DeviceStore
{
    // What an administrator owns (note, listed) and what identifies the row (guid, created_at) stays.
    private const string Upsert =
        """
        INSERT INTO devices AS d
            (guid, id, uuid, public_key, last_address, created_at, note, listed, last_seen_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS new (guid, id, uuid, public_key, last_address, created_at, note, listed, last_seen_at)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, public_key = excluded.public_key,
            last_address = excluded.last_address, last_seen_at = coalesce(excluded.last_seen_at, d.last_seen_at)
        """;

    private const string Touch =
        """
        UPDATE devices AS d SET last_seen_at = n.at
        FROM (SELECT d.guid, n.at FROM unnest($1, $2) AS n (id, at) JOIN devices AS d ON d.id = n.id
            WHERE d.last_seen_at IS NULL OR d.last_seen_at < n.at ORDER BY d.id FOR UPDATE OF d) AS n
        WHERE d.guid = n.guid
        """;

    private readonly PostgresServer _server;
    private readonly TimeProvider _time;

    internal PostgresDeviceStore(PostgresServer server, TimeProvider time)
    {
        _server = server;
        _time = time;
    }

    /// <inheritdoc/>
    public override Task<int> LoadRowsAsync(
        DeviceRowVisitor visit, CancellationToken cancellationToken, Action<int>? loaded = null)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return Task.Run(RunAsync, cancellationToken);

        async Task<int> RunAsync()
        {
            // Not through RunAsync of the server: what was visited once must not be visited again.
            try
            {
                var count = await ReadAsync(visit, cancellationToken).ConfigureAwait(false);
                loaded?.Invoke(count);
                return count;
            }
            catch (Exception e) when (StoreException.IsStoreError(e))
            {
                throw PostgresFaults.From(e, _server);
            }
        }
    }

    /// <inheritdoc/>
    public override Task SaveAsync(IReadOnlyList<StoredDevice> changed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changed);
        if (changed.Count == 0) return Task.CompletedTask;
        foreach (var device in changed)
        {
            ArgumentNullException.ThrowIfNull(device.Uuid, nameof(changed));
            ArgumentNullException.ThrowIfNull(device.PublicKey, nameof(changed));
        }

        var rows = Merge(changed);
        var now = _time.GetUtcNow();
        // Version 7 grows with time, so that new rows go to the end of the index.
        var guids = rows.ConvertAll(_ => Guid.CreateVersion7(now));
        return _server.RunAsync((connection, ct) => UpsertAsync(connection, rows, guids, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<RenameOutcome> RenameAsync(
        string oldId, string newId, byte[] uuid, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return _server.TransactAsync(
            (connection, ct) => PostgresRename.RunAsync(connection, oldId, newId, uuid, now, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<bool> IsRetiredAsync(string id, byte[] uuid, CancellationToken cancellationToken) =>
        _server.RunAsync(
            async (connection, ct) => await PostgresRename.RetiredForAsync(connection, id, ct).ConfigureAwait(false)
                is { } owner && !owner.AsSpan().SequenceEqual(uuid),
            cancellationToken);

    /// <inheritdoc/>
    public override Task<int> TouchAsync(
        IReadOnlyList<KeyValuePair<string, DateTime>> seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        if (seen.Count == 0) return Task.FromResult(0);
        // The newest of an id, should it be there twice: a row is changed once.
        var newest = seen.GroupBy(s => s.Key, StringComparer.Ordinal)
            .Select(g => new KeyValuePair<string, DateTime>(g.Key, g.Max(s => s.Value))).ToList();
        return _server.RunAsync(
            async (connection, ct) =>
            {
                using var command = new NpgsqlCommand(Touch, connection);
                Add(command, NpgsqlDbType.Text, newest.ConvertAll(s => PostgresText.Fit(s.Key)));
                Add(command, NpgsqlDbType.TimestampTz, newest.ConvertAll(s => s.Value));
                return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<bool> SetListedAsync(string id, bool listed, CancellationToken cancellationToken) =>
        ChangeAsync("UPDATE devices SET listed = $2 WHERE id = $1", cancellationToken, PostgresText.Fit(id), listed);

    /// <inheritdoc/>
    public override Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) =>
        ChangeAsync("DELETE FROM devices WHERE id = $1", cancellationToken, PostgresText.Fit(id));

    /// <inheritdoc/>
    public override Task<int> CountAsync(CancellationToken cancellationToken) => _server.RunAsync(
        async (connection, ct) =>
        {
            using var command = new NpgsqlCommand("SELECT count(*) FROM devices", connection);
            return (int)(long)(await command.ExecuteScalarAsync(ct).ConfigureAwait(false))!;
        },
        cancellationToken);

    /// <summary>Adds an array as a parameter.</summary>
    internal static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, List<T> values) =>
        command.Parameters.Add(
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() });

    private async Task<int> ReadAsync(DeviceRowVisitor visit, CancellationToken cancellationToken)
    {
        var connection = await _server.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            using var command = new NpgsqlCommand(PostgresDeviceColumns.Select, connection) { CommandTimeout = 0 };
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var columns = new PostgresDeviceColumns(rows);
                var count = 0;
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    count++;
                    columns.Take();
                    visit(new DeviceRow(columns));
                }

                return count;
            }
        }
    }

    // One row an id, as saving them one after the other would leave it; sorted.
    private static List<StoredDevice> Merge(IReadOnlyList<StoredDevice> changed)
    {
        var rows = new SortedDictionary<string, StoredDevice>(StringComparer.Ordinal);
        foreach (var device in changed)
        {
            rows[device.Id] = !rows.TryGetValue(device.Id, out var earlier) ? device : earlier with
            {
                Uuid = device.Uuid,
                PublicKey = device.PublicKey,
                LastHost = device.LastHost,
                LastSeen = device.LastSeen ?? earlier.LastSeen,
            };
        }

        return [.. rows.Values];
    }

    private static async Task<int> UpsertAsync(
        NpgsqlConnection connection, List<StoredDevice> rows, List<Guid> guids, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(Upsert, connection);
        Add(command, NpgsqlDbType.Uuid, guids);
        Add(command, NpgsqlDbType.Text, rows.ConvertAll(d => PostgresText.Fit(d.Id)));
        Add(command, NpgsqlDbType.Bytea, rows.ConvertAll(d => d.Uuid));
        Add(command, NpgsqlDbType.Bytea, rows.ConvertAll(d => d.PublicKey));
        Add(command, NpgsqlDbType.Text, rows.ConvertAll(d => AddressText.Write(d.LastHost)));
        Add(command, NpgsqlDbType.TimestampTz, rows.ConvertAll(d => Utc(d.CreatedAt)));
        Add(command, NpgsqlDbType.Text, rows.ConvertAll(d => PostgresText.FitOrNull(d.Note)));
        Add(command, NpgsqlDbType.Boolean, rows.ConvertAll(d => d.Listed));
        Add(command, NpgsqlDbType.TimestampTz, rows.ConvertAll(d => d.LastSeen is { } t ? Utc(t) : (DateTime?)null));
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private Task<bool> ChangeAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        _server.RunAsync(
            async (connection, ct) =>
            {
                using var command = new NpgsqlCommand(sql, connection);
                foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
                return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false) > 0;
            },
            cancellationToken);
}
