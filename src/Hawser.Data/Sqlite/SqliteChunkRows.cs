using Hawser.Data.Recordings;

namespace Hawser.Data.Sqlite;

/// <summary>The rows of chunks in a SQLite file: a batch is one transaction of the lane that writes.</summary>
internal sealed class SqliteChunkRows(SqliteLane writer) : ChunkRows
{
    private const string Take =
        "UPDATE recordings SET next_index = next_index + 1 WHERE record_id = ?1 RETURNING next_index - 1";

    private const string Mark =
        "UPDATE recordings SET active_at = ?3 WHERE record_id = ?1 AND owner = ?2 AND status IN (0, 4)";

    private const string Open = "SELECT 1 FROM recordings WHERE guid = ?1 AND status IN (0, 4)";

    private const string Insert =
        """
        INSERT INTO recording_chunks (recording_guid, "index", seq, length, hash, stored_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
        """;

    private const string IsThere =
        "SELECT 1 FROM recording_chunks WHERE recording_guid = ?1 AND \"index\" = ?2 AND length = ?3 AND seq IS ?4";

    private const string Count =
        """
        UPDATE recordings SET chunks = chunks + ?2, size = size + ?3, next_index = max(next_index, ?4), active_at = ?5,
            updated_at = ?5
        WHERE guid = ?1
        """;

    /// <inheritdoc/>
    public override Task<int?[]> TakeNumbersAsync(
        IReadOnlyList<string> recordIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(recordIds);
        return recordIds.Count == 0 ? Task.FromResult<int?[]>([])
            : writer.RunAsync(lane => recordIds.Select(id => TakeOne(lane, id)).ToArray(), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<IReadOnlyCollection<string>> MarkAsync(
        IReadOnlyList<(string RecordId, string Owner)> arriving, DateTime at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arriving);
        var text = TimeText.Write(at);
        return arriving.Count == 0 ? Task.FromResult<IReadOnlyCollection<string>>([])
            : writer.RunAsync<IReadOnlyCollection<string>>(
                lane => [.. arriving.Where(a => MarkOne(lane, a, text)).Select(a => a.RecordId)], cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<ChunkOutcome[]> AddAsync(
        IReadOnlyList<RecordingChunk> chunks, DateTime now, bool flush, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return chunks.Count == 0 ? Task.FromResult<ChunkOutcome[]>([])
            : writer.RunAsync(lane => Add(lane, chunks, TimeText.Write(now)), cancellationToken, flush);
    }

    private static bool MarkOne(SqliteLane lane, (string RecordId, string Owner) arriving, string at) =>
        lane.Prepared(Mark).Bind(1, arriving.RecordId).Bind(2, arriving.Owner).Bind(3, at).Run() > 0;

    private static int? TakeOne(SqliteLane lane, string recordId)
    {
        var take = lane.Prepared(Take).Bind(1, recordId);
        try
        {
            if (!take.Step()) return null;
            var number = (int)take.Number(0);
            while (take.Step())
            {
                // The change is done when the statement is.
            }

            return number;
        }
        finally
        {
            take.Reset();
        }
    }

    private static ChunkOutcome[] Add(SqliteLane lane, IReadOnlyList<RecordingChunk> chunks, string now)
    {
        var outcomes = new ChunkOutcome[chunks.Count];
        var sums = new Dictionary<Guid, Sum?>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            var chunk = chunks[i];
            var guid = chunk.RecordingGuid.ToByteArray(bigEndian: true);
            if (!sums.TryGetValue(chunk.RecordingGuid, out var sum))
            {
                sum = sums[chunk.RecordingGuid] = Has(lane.Prepared(Open).Bind(1, guid)) ? new Sum() : null;
            }

            if (sum is null) outcomes[i] = ChunkOutcome.Closed;
            else outcomes[i] = AddOne(lane, guid, chunk, now, sum);
        }

        foreach (var (guid, sum) in sums)
        {
            if (sum is not { Chunks: > 0 }) continue;
            lane.Prepared(Count).Bind(1, guid.ToByteArray(bigEndian: true)).Bind(2, sum.Chunks).Bind(3, sum.Bytes)
                .Bind(4, sum.Next).Bind(5, now).Run();
        }

        return outcomes;
    }

    private static ChunkOutcome AddOne(SqliteLane lane, byte[] guid, RecordingChunk chunk, string now, Sum sum)
    {
        var insert = lane.Prepared(Insert).Bind(1, guid).Bind(2, chunk.Index).Bind(4, chunk.Length).Bind(6, now);
        Seq(insert, 3, chunk.Seq);
        if (chunk.Hash is { } hash) insert.Bind(5, hash);
        else insert.Bind(5, (string?)null);
        if (insert.Run() > 0)
        {
            sum.Chunks++;
            sum.Bytes += chunk.Length;
            sum.Next = Math.Max(sum.Next, chunk.Index + 1);
            return ChunkOutcome.Stored;
        }

        var find = lane.Prepared(IsThere).Bind(1, guid).Bind(2, chunk.Index).Bind(3, chunk.Length);
        Seq(find, 4, chunk.Seq);
        return Has(find) ? ChunkOutcome.Stored : ChunkOutcome.Taken;
    }

    private static void Seq(Statement statement, int parameter, long? seq)
    {
        if (seq is { } number) statement.Bind(parameter, number);
        else statement.Bind(parameter, (string?)null);
    }

    private static bool Has(Statement find)
    {
        try
        {
            return find.Step();
        }
        finally
        {
            find.Reset();
        }
    }

    private sealed class Sum
    {
        public int Chunks { get; set; }

        public long Bytes { get; set; }

        public int Next { get; set; }
    }
}
