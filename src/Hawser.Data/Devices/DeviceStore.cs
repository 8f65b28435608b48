using System.Globalization;
using Hawser.Data.Sqlite;
using Microsoft.Data.Sqlite;

namespace Hawser.Data.Devices;

/// <summary>
/// The rows of the devices, for the rendezvous role: read once at start, written behind in batches. One per process and
/// thread-safe. Every failure is a <see cref="StoreException"/>.
/// </summary>
public sealed class DeviceStore
{
    private const string SelectAll =
        "SELECT id, uuid, public_key, last_address, created_at, note, listed, last_seen_at FROM devices";

    // What an administrator owns (note, listed) and what identifies the row (guid, created_at) stays.
    private const string Upsert =
        """
        INSERT INTO devices (guid, id, uuid, public_key, last_address, created_at, note, listed, last_seen_at)
        VALUES (@guid, @id, @uuid, @key, @address, @created, @note, @listed, @seen)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, public_key = excluded.public_key,
            last_address = excluded.last_address, last_seen_at = coalesce(excluded.last_seen_at, last_seen_at)
        """;

    private const string Touch =
        "UPDATE devices SET last_seen_at = @seen WHERE id = @id AND (last_seen_at IS NULL OR last_seen_at < @seen)";

    private const string DeleteById = "DELETE FROM devices WHERE id = @id";

    private readonly SqliteFile _file;
    private readonly SqliteLane _writer;
    private readonly SqliteLane _reader;
    private readonly TimeProvider _time;

    internal DeviceStore(SqliteFile file, SqliteLane writer, SqliteLane reader, TimeProvider time)
    {
        _reader = reader;
        _file = file;
        _writer = writer;
        _time = time;
    }

    /// <summary>Reads every device, in no particular order, on a thread of the pool.</summary>
    /// <param name="visit">Called for each, one at a time; must be quick.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How many there are.</returns>
    public Task<int> LoadAsync(Action<StoredDevice> visit, CancellationToken cancellationToken) =>
        Task.Run(() => _file.Guard(() => Load(visit, cancellationToken)), cancellationToken);

    /// <summary>Stores devices in one transaction: new ones are added, known ids get the new uuid, key and address.</summary>
    /// <param name="changed">The devices.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>When they survive a killed process.</returns>
    public Task SaveAsync(IReadOnlyList<StoredDevice> changed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changed);
        return changed.Count == 0 ? Task.CompletedTask : _writer.RunAsync(writer => Save(writer, changed), cancellationToken);
    }

    /// <summary>Gives a device another id and retires the old one, in one step. Asking again after success succeeds again.</summary>
    /// <param name="oldId">The id it has.</param>
    /// <param name="newId">The id it wants.</param>
    /// <param name="uuid">What it says its uuid is.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>How it ended; anything but Renamed changed nothing.</returns>
    public Task<RenameOutcome> RenameAsync(string oldId, string newId, byte[] uuid, CancellationToken cancellationToken) =>
        _writer.RunAsync(writer => Rename(writer, oldId, newId, uuid), cancellationToken);

    /// <summary>Whether an id was given up by a device with another uuid, so that nobody else gets its connections.</summary>
    /// <param name="id">The id.</param>
    /// <param name="uuid">Who asks.</param>
    /// <param name="cancellationToken">Gives up while waiting for other readers.</param>
    /// <returns>True when it must not be given to this uuid.</returns>
    public Task<bool> IsRetiredAsync(string id, byte[] uuid, CancellationToken cancellationToken) =>
        _reader.RunAsync(reader => RetiredFor(reader, id) is { } owner && !owner.AsSpan().SequenceEqual(uuid), cancellationToken);

    /// <summary>Notes when devices were last seen; never moves a time back. Unknown ids are skipped.</summary>
    /// <param name="seen">Ids and UTC times.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>How many rows changed.</returns>
    public Task<int> TouchAsync(IReadOnlyList<KeyValuePair<string, DateTime>> seen, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return seen.Count == 0 ? Task.FromResult(0) : _writer.RunAsync(writer => TouchRows(writer, seen), cancellationToken);
    }

    /// <summary>Puts a device on the administrator's list, or takes it off.</summary>
    /// <param name="id">The device.</param>
    /// <param name="listed">Whether it may register in deployment mode.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>False when there is no such device.</returns>
    public Task<bool> SetListedAsync(string id, bool listed, CancellationToken cancellationToken) =>
        _writer.RunAsync(writer => Execute(writer, "UPDATE devices SET listed = @listed WHERE id = @id",
            [("@listed", listed ? 1 : 0), ("@id", id)]) > 0, cancellationToken);

    /// <summary>Forgets a device; its id is free for anyone.</summary>
    /// <param name="id">The device.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>False when there is no such device.</returns>
    public Task<bool> DeleteAsync(string id, CancellationToken cancellationToken) =>
        _writer.RunAsync(writer => Execute(writer, DeleteById, [("@id", id)]) > 0, cancellationToken);

    /// <summary>How many devices there are.</summary>
    /// <param name="cancellationToken">Gives up while waiting.</param>
    /// <returns>The number of rows.</returns>
    public Task<int> CountAsync(CancellationToken cancellationToken) => _reader.RunAsync(
        reader => Convert.ToInt32(reader.Command("SELECT count(*) FROM devices").ExecuteScalar(), CultureInfo.InvariantCulture),
        cancellationToken);

    private int Load(Action<StoredDevice> visit, CancellationToken cancellationToken)
    {
        using var connection = _file.Open();
        using var command = connection.CreateCommand();
        command.CommandText = SelectAll;
        using var reader = command.ExecuteReader();
        var count = 0;
        while (reader.Read())
        {
            if ((++count & 0xFFF) == 0) cancellationToken.ThrowIfCancellationRequested();
            visit(new StoredDevice(
                reader.GetString(0),
                reader.GetFieldValue<byte[]>(1),
                reader.GetFieldValue<byte[]>(2),
                AddressText.Read(reader.IsDBNull(3) ? null : reader.GetString(3)),
                TimeText.Read(reader.GetString(4)),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.GetInt64(6) != 0,
                reader.IsDBNull(7) ? null : TimeText.Read(reader.GetString(7))));
        }

        return count;
    }

    private int Save(SqliteLane writer, IReadOnlyList<StoredDevice> changed)
    {
        var upsert = writer.Command(
            Upsert, "@guid", "@id", "@uuid", "@key", "@address", "@created", "@note", "@listed", "@seen");
        var now = _time.GetUtcNow();
        foreach (var device in changed)
        {
            var p = upsert.Parameters;
            // Version 7 grows with time, so that new rows go to the end of the index.
            p[0].Value = Guid.CreateVersion7(now).ToByteArray(bigEndian: true);
            p[1].Value = device.Id;
            p[2].Value = device.Uuid;
            p[3].Value = device.PublicKey;
            p[4].Value = device.LastHost.IsUnspecified ? DBNull.Value : device.LastHost.Host.ToString();
            p[5].Value = TimeText.Write(device.CreatedAt);
            p[6].Value = (object?)device.Note ?? DBNull.Value;
            p[7].Value = device.Listed ? 1L : 0L;
            p[8].Value = device.LastSeen is { } seen ? TimeText.Write(seen) : DBNull.Value;
            upsert.ExecuteNonQuery();
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
        Execute(writer, DeleteById, [("@id", newId)]);
        Execute(writer, "DELETE FROM retired_ids WHERE id = @id", [("@id", newId)]);
        Execute(writer, "UPDATE devices SET id = @new WHERE id = @old", [("@new", newId), ("@old", oldId)]);
        Execute(writer, "INSERT OR REPLACE INTO retired_ids (id, uuid, device_guid, retired_at) VALUES (@id, @uuid, @guid, @at)",
            [("@id", oldId), ("@uuid", uuid), ("@guid", old.Guid), ("@at", TimeText.Write(_time.GetUtcNow().UtcDateTime))]);
        return RenameOutcome.Renamed;
    }

    private static int TouchRows(SqliteLane writer, IReadOnlyList<KeyValuePair<string, DateTime>> seen)
    {
        var touch = writer.Command(Touch, "@seen", "@id");
        var changed = 0;
        foreach (var (id, at) in seen)
        {
            touch.Parameters[0].Value = TimeText.Write(at);
            touch.Parameters[1].Value = id;
            changed += touch.ExecuteNonQuery();
        }

        return changed;
    }

    private static (byte[] Guid, byte[] Uuid)? Find(SqliteLane writer, string id)
    {
        var command = writer.Command("SELECT guid, uuid FROM devices WHERE id = @id", "@id");
        command.Parameters[0].Value = id;
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetFieldValue<byte[]>(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static byte[]? RetiredFor(SqliteLane writer, string id)
    {
        var command = writer.Command("SELECT uuid FROM retired_ids WHERE id = @id", "@id");
        command.Parameters[0].Value = id;
        return command.ExecuteScalar() as byte[];
    }

    private static int Execute(SqliteLane writer, string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = writer.Command(sql);
        command.Parameters.Clear();
        foreach (var (name, value) in parameters) command.Parameters.Add(new SqliteParameter(name, value));
        return command.ExecuteNonQuery();
    }
}
