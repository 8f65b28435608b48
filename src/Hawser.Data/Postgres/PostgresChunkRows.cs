using Hawser.Data.Recordings;
using Npgsql;
using NpgsqlTypes;

namespace Hawser.Data.Postgres;

/// <summary>
/// The rows of chunks on PostgreSQL: a batch is one statement over arrays. Rows of recordings are locked in the order
/// of their guids, so that nodes, and numbers beside chunks, never wait for each other in a circle.
/// </summary>
internal sealed class PostgresChunkRows(PostgresServer server) : ChunkRows
{
    private const int Attempts = 5;

    // Nobody waits for the disk here: a number counts once its chunk's row is stored, and that commit, which does wait,
    // takes along what came before it. A number that a power cut takes back is given out again, and its file is in the
    // way of it, never replaced.
    private const string NoWait = "SELECT set_config('synchronous_commit', 'off', true)";

    private const string Take =
        """
        UPDATE recordings AS r SET next_index = r.next_index + n.count
        FROM (SELECT r.guid, n.count FROM unnest($1, $2) AS n (record_id, count)
            JOIN recordings AS r ON r.record_id = n.record_id ORDER BY r.guid FOR UPDATE OF r) AS n
        WHERE r.guid = n.guid
        RETURNING r.record_id, r.next_index - n.count
        """;

    // Whoever holds a row enters a chunk into it, which says the same.
    private const string Mark =
        """
        UPDATE recordings AS r SET active_at = $3
        FROM (SELECT r.guid FROM unnest($1, $2) AS n (record_id, owner)
            JOIN recordings AS r ON r.record_id = n.record_id AND r.owner = n.owner
            WHERE r.status IN (0, 4) FOR UPDATE OF r SKIP LOCKED) AS n
        WHERE r.guid = n.guid
        RETURNING r.record_id
        """;

    // The lock comes first: who ends the recording comes before all of this, or after it.
    private const string Add =
        """
        WITH open AS (
            SELECT guid FROM recordings WHERE guid = ANY($1) AND status IN (0, 4) ORDER BY guid FOR UPDATE
        ), added AS (
            INSERT INTO recording_chunks (recording_guid, index, seq, length, hash, stored_at)
            SELECT n.guid, n.index, n.seq, n.length, n.hash, $6 FROM unnest($1, $2, $3, $4, $5)
                WITH ORDINALITY AS n (guid, index, seq, length, hash, nr) JOIN open ON open.guid = n.guid ORDER BY n.nr
            ON CONFLICT DO NOTHING
            RETURNING recording_guid AS guid, index, length
        ), counted AS (
            UPDATE recordings AS r SET chunks = r.chunks + a.chunks, size = r.size + a.bytes,
                next_index = greatest(r.next_index, a.next), active_at = $6, updated_at = $6
            FROM (SELECT guid, count(*)::int AS chunks, sum(length)::bigint AS bytes, max(index) + 1 AS next
                FROM added GROUP BY guid) AS a
            WHERE r.guid = a.guid
        )
        SELECT open.guid, added.index FROM open LEFT JOIN added ON added.guid = open.guid
        """;

    private const string IsThere =
        """
        SELECT EXISTS (SELECT FROM recording_chunks WHERE recording_guid = $1 AND index = $2 AND length = $3
            AND seq IS NOT DISTINCT FROM $4)
        """;

    /// <inheritdoc/>
    public override async Task<int?[]> TakeNumbersAsync(
        IReadOnlyList<string> recordIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recordIds);
        var numbers = new int?[recordIds.Count];
        if (numbers.Length == 0) return numbers;
        var counts = recordIds.CountBy(id => id, StringComparer.Ordinal).ToList();
        var next = await RepeatedAsync(
            (connection, ct) => TakeAsync(connection, counts, ct), cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < numbers.Length; i++)
        {
            if (!next.TryGetValue(recordIds[i], out var number)) continue;
            numbers[i] = number;
            next[recordIds[i]] = number + 1;
        }

        return numbers;
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyCollection<string>> MarkAsync(
        IReadOnlyList<(string RecordId, string Owner)> arriving, DateTime at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arriving);
        return arriving.Count == 0 ? [] : await RepeatedAsync(
            (connection, ct) => MarkAsync(connection, arriving, at, ct), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task<ChunkOutcome[]> AddAsync(
        IReadOnlyList<RecordingChunk> chunks, DateTime now, bool flush, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return chunks.Count == 0 ? [] : await RepeatedAsync(
            (connection, ct) => AddAsync(connection, chunks, now, flush, ct), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Dictionary<string, int>> TakeAsync(
        NpgsqlConnection connection, List<KeyValuePair<string, int>> counts, CancellationToken cancellationToken)
    {
        // One round trip, one transaction.
        using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NoWait));
        var take = new NpgsqlBatchCommand(Take);
        take.Parameters.Add(ArrayOf(NpgsqlDbType.Text, counts, c => PostgresText.Fit(c.Key)));
        take.Parameters.Add(ArrayOf(NpgsqlDbType.Integer, counts, c => c.Value));
        batch.BatchCommands.Add(take);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            var next = new Dictionary<string, int>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                next[reader.GetString(0)] = reader.GetInt32(1);
            }

            return next;
        }
    }

    private static async Task<IReadOnlyCollection<string>> MarkAsync(
        NpgsqlConnection connection, IReadOnlyList<(string RecordId, string Owner)> arriving, DateTime at,
        CancellationToken cancellationToken)
    {
        using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NoWait));
        var mark = new NpgsqlBatchCommand(Mark);
        mark.Parameters.Add(ArrayOf(NpgsqlDbType.Text, arriving, a => PostgresText.Fit(a.RecordId)));
        mark.Parameters.Add(ArrayOf(NpgsqlDbType.Text, arriving, a => PostgresText.Fit(a.Owner)));
        mark.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at });
        batch.BatchCommands.Add(mark);
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            var marked = new List<string>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) marked.Add(reader.GetString(0));
            return marked;
        }
    }

    private static async Task<ChunkOutcome[]> AddAsync(
        NpgsqlConnection connection, IReadOnlyList<RecordingChunk> chunks, DateTime now, bool flush,
        CancellationToken cancellationToken)
    {
        var open = new HashSet<Guid>();
        var added = new HashSet<(Guid, int)>();
        // One round trip, one transaction.
        using var batch = new NpgsqlBatch(connection);
        if (!flush) batch.BatchCommands.Add(new NpgsqlBatchCommand(NoWait));
        var command = new NpgsqlBatchCommand(Add);
        batch.BatchCommands.Add(command);
        command.Parameters.Add(ArrayOf(NpgsqlDbType.Uuid, chunks, c => c.RecordingGuid));
        command.Parameters.Add(ArrayOf(NpgsqlDbType.Integer, chunks, c => c.Index));
        command.Parameters.Add(ArrayOf(NpgsqlDbType.Bigint, chunks, c => c.Seq));
        command.Parameters.Add(ArrayOf(NpgsqlDbType.Bigint, chunks, c => c.Length));
        command.Parameters.Add(ArrayOf(NpgsqlDbType.Bytea, chunks, c => c.Hash));
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now });
        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (!flush) await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var guid = reader.GetGuid(0);
                open.Add(guid);
                if (!await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false))
                {
                    added.Add((guid, reader.GetInt32(1)));
                }
            }
        }

        var outcomes = new ChunkOutcome[chunks.Count];
        for (var i = 0; i < outcomes.Length; i++)
        {
            var chunk = chunks[i];
            if (!open.Contains(chunk.RecordingGuid)) outcomes[i] = ChunkOutcome.Closed;
            // Removed: should it be there twice, the second one was not added.
            else if (added.Remove((chunk.RecordingGuid, chunk.Index))) outcomes[i] = ChunkOutcome.Stored;
            else outcomes[i] = await WhoAsync(connection, chunk, cancellationToken).ConfigureAwait(false);
        }

        return outcomes;
    }

    // This very row may be there already: the answer to the statement was lost on its way, and it was sent again.
    private static async Task<ChunkOutcome> WhoAsync(
        NpgsqlConnection connection, RecordingChunk chunk, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(IsThere, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = chunk.RecordingGuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = chunk.Index });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = chunk.Length });
        command.Parameters.Add(
            new NpgsqlParameter<long?> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = chunk.Seq });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true
            ? ChunkOutcome.Stored : ChunkOutcome.Taken;
    }

    private static NpgsqlParameter ArrayOf<TRow, TValue>(
        NpgsqlDbType type, IReadOnlyList<TRow> rows, Func<TRow, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++) values[i] = value(rows[i]);
        return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values };
    }

    /// <summary>Again, when the database ended it for the sake of another transaction.</summary>
    private async Task<T> RepeatedAsync<T>(
        Func<NpgsqlConnection, CancellationToken, Task<T>> action, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await server.RunAsync(action, cancellationToken).ConfigureAwait(false);
            }
            catch (StoreException e) when (attempt < Attempts
                && e.InnerException is PostgresException { SqlState: "40P01" or "40001" })
            {
                // Deadlock, serialization failure.
            }
        }
    }
}
