using Hawser.Data.Devices;

namespace Hawser.Data.Sqlite;

/// <summary>
/// The devices' rows in a SQLite file: one lane writes, another looks up, loading has a connection of its own.
/// </summary>
internal sealed class SqliteDeviceStore : DeviceStore
{
    // What an administrator owns (note, listed) and what identifies the row (guid, created_at) stays.
    private const string Upsert =
        """
        INSERT INTO devices (guid, id, uuid, public_key, last_address, created_at, note, listed, last_seen_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, public_key = excluded.public_key,
            last_address = excluded.last_address, last_seen_at = coalesce(excluded.last_seen_at, last_seen_at)
        """;

    private const string Touch =
        "UPDATE devices SET last_seen_at = ?2 WHERE id = ?1 AND (last_seen_at IS NULL OR last_seen_at < ?2)";

    private const string DeleteById = "DELETE FROM devices WHERE id = ?1";

    private const string Retire =
        "INSERT OR REPLACE INTO retired_ids (id, uuid, device_guid, retired_at) VALUES (?1, ?2, ?3, ?4)";

    private readonly SqliteFile _file;
    private readonly SqliteLane _writer;
    private readonly SqliteLane _reader;
    private readonly TimeProvider _time;

    internal SqliteDeviceStore(SqliteFile file, SqliteLane writer, SqliteLane reader, TimeProvider time)
    {
        _reader = reader;
        _file = file;
        _writer = writer;
        _time = time;
    }

    /// <inheritdoc/>
    public override Task<int> LoadRowsAsync(
        DeviceRowVisitor visit, CancellationToken cancellationToken, Action<int>? loaded = null)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return Task.Run(Run, cancellationToken);

        int Run()
        {
            var count = _file.Guard(() => Load(visit, cancellationToken));
            loaded?.Invoke(count);
            return count;
        }
    }

    /// <inheritdoc/>
    public override Task SaveAsync(IReadOnlyList<StoredDevice> changed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return changed.Count == 0
            ? Task.CompletedTask
            : _writer.RunAsync(writer => Save(writer, changed), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<RenameOutcome> RenameAsync(
        string oldId, string newId, byte[] uuid, CancellationToken cancellationToken) =>
        _writer.RunAsync(writer => Rename(writer, oldId, newId, uuid), cancellationToken);

    /// <inheritdoc/>
    public override Task<bool> IsRetiredAsync(string id, byte[] uuid, CancellationToken cancellationToken) =>
        _reader.RunAsync(
            reader => RetiredFor(reader, id) is { } owner && !owner.AsSpan().SequenceEqual(uuid), cancellationToken);

    /// <inheritdoc/>
    public override Task<int> TouchAsync(
        IReadOnlyList<KeyValuePair<string, DateTime>> seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen.Count == 0
            ? Task.FromResult(0)
            : _writer.RunAsync(writer => TouchRows(writer, seen), cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<bool> SetListedAsync(string id, bool listed, CancellationToken cancellationToken) =>
        _writer.RunAsync(
            writer => writer.Prepared("UPDATE devices SET listed = ?2 WHERE id = ?1")
                .Bind(1, id).Bind(2, listed ? 1 : 0).Run() > 0,
            cancellationToken);

    /// <inheritdoc/>
    public override Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) =>
        _writer.RunAsync(writer => writer.Prepared(DeleteById).Bind(1, id).Run() > 0, cancellationToken);

    /// <inheritdoc/>
    public override Task<int> CountAsync(CancellationToken cancellationToken) => _reader.RunAsync(
        reader =>
        {
            var count = reader.Prepared("SELECT count(*) FROM devices");
            try
            {
                return count.Step() ? (int)count.Number(0) : 0;
            }
            finally
            {
                count.Reset();
            }
        },
        cancellationToken);

    private int Load(DeviceRowVisitor visit, CancellationToken cancellationToken)
    {
        using var database = _file.Open();
        using var rows = database.Prepare(SqliteDeviceColumns.Select);
        var columns = new SqliteDeviceColumns(rows);
        var count = 0;
        while (rows.Step())
        {
            if ((++count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            visit(new DeviceRow(columns));
        }

        return count;
    }

    private int Save(SqliteLane writer, IReadOnlyList<StoredDevice> changed)
    {
        var upsert = writer.Prepared(Upsert);
        var now = _time.GetUtcNow();
        Span<byte> guid = stackalloc byte[16];
        foreach (var device in changed)
        {
            ArgumentNullException.ThrowIfNull(device.Uuid, nameof(changed));
            ArgumentNullException.ThrowIfNull(device.PublicKey, nameof(changed));
            // Version 7 grows with time, so that new rows go to the end of the index.
            Guid.CreateVersion7(now).TryWriteBytes(guid, bigEndian: true, out _);
            upsert
                .Bind(1, guid)
                .Bind(2, device.Id)
                .Bind(3, device.Uuid)
                .Bind(4, device.PublicKey)
                .Bind(5, AddressText.Write(device.LastHost))
                .Bind(6, TimeText.Write(device.CreatedAt))
                .Bind(7, device.Note)
                .Bind(8, device.Listed ? 1 : 0)
                .Bind(9, device.LastSeen is { } seen ? TimeText.Write(seen) : null)
                .Run();
        }

        return changed.Count;
    }

    private RenameOutcome Rename(SqliteLane writer, string oldId, string newId, byte[] uuid)
    {
        if (Find(writer, oldId) is not { } old)
        {
            // The answer to an earlier request may have been lost: the same device asks again.
            var done = RetiredFor(writer, oldId) is { } owner && owner.AsSpan().SequenceEqual(uuid)
                && Find(writer, newId) is { } renamed && renamed.Uuid.AsSpan().SequenceEqual(uuid);
            return done ? RenameOutcome.Renamed : RenameOutcome.UnknownDevice;
        }

        if (!old.Uuid.AsSpan().SequenceEqual(uuid)) return RenameOutcome.WrongUuid;
        if (string.Equals(oldId, newId, StringComparison.Ordinal)) return RenameOutcome.Renamed;
        if (Find(writer, newId) is { } holder && !holder.Uuid.AsSpan().SequenceEqual(uuid)) return RenameOutcome.Taken;
        if (RetiredFor(writer, newId) is { } before && !before.AsSpan().SequenceEqual(uuid)) return RenameOutcome.Taken;

        // A row that this same device left under the new id earlier gives way to the one that is being renamed.
        writer.Prepared(DeleteById).Bind(1, newId).Run();
        writer.Prepared("DELETE FROM retired_ids WHERE id = ?1").Bind(1, newId).Run();
        writer.Prepared("UPDATE devices SET id = ?2 WHERE id = ?1").Bind(1, oldId).Bind(2, newId).Run();
        var now = TimeText.Write(_time.GetUtcNow().UtcDateTime);
        writer.Prepared(Retire).Bind(1, oldId).Bind(2, uuid).Bind(3, old.Guid).Bind(4, now).Run();
        return RenameOutcome.Renamed;
    }

    private static int TouchRows(SqliteLane writer, IReadOnlyList<KeyValuePair<string, DateTime>> seen)
    {
        var touch = writer.Prepared(Touch);
        var changed = 0;
        foreach (var (id, at) in seen) changed += touch.Bind(1, id).Bind(2, TimeText.Write(at)).Run();
        return changed;
    }

    private static (byte[] Guid, byte[] Uuid)? Find(SqliteLane lane, string id)
    {
        var find = lane.Prepared("SELECT guid, uuid FROM devices WHERE id = ?1").Bind(1, id);
        try
        {
            return find.Step() ? (find.Bytes(0).ToArray(), find.Bytes(1).ToArray()) : null;
        }
        finally
        {
            find.Reset();
        }
    }

    private static byte[]? RetiredFor(SqliteLane lane, string id)
    {
        var find = lane.Prepared("SELECT uuid FROM retired_ids WHERE id = ?1").Bind(1, id);
        try
        {
            return find.Step() ? find.Bytes(0).ToArray() : null;
        }
        finally
        {
            find.Reset();
        }
    }
}
