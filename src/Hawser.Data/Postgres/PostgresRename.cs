using Hawser.Data.Devices;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>A change of id, inside one transaction. They happen one after the other, on whichever node.</summary>
internal static class PostgresRename
{
    // Any number, the same on every node.
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(4805121106)";

    private const string Retire =
        """
        INSERT INTO retired_ids (id, uuid, device_guid, retired_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, device_guid = excluded.device_guid,
            retired_at = excluded.retired_at
        """;

    internal static async Task<RenameOutcome> RunAsync(
        NpgsqlConnection connection, string oldId, string newId, byte[] uuid, DateTime now, CancellationToken ct)
    {
        (oldId, newId) = (PostgresText.Fit(oldId), PostgresText.Fit(newId));
        await RunAsync(connection, OneAtATime, ct).ConfigureAwait(false);
        if (await FindAsync(connection, oldId, ct).ConfigureAwait(false) is not { } old)
        {
            // The answer to an earlier request may have been lost: the same device asks again.
            var done = Same(await RetiredForAsync(connection, oldId, ct).ConfigureAwait(false), uuid)
                && await FindAsync(connection, newId, ct).ConfigureAwait(false) is { } renamed
                && Same(renamed.Uuid, uuid);
            return done ? RenameOutcome.Renamed : RenameOutcome.UnknownDevice;
        }

        if (!Same(old.Uuid, uuid)) return RenameOutcome.WrongUuid;
        if (string.Equals(oldId, newId, StringComparison.Ordinal)) return RenameOutcome.Renamed;
        if (await FindAsync(connection, newId, ct).ConfigureAwait(false) is { } holder && !Same(holder.Uuid, uuid))
        {
            return RenameOutcome.Taken;
        }

        var before = await RetiredForAsync(connection, newId, ct).ConfigureAwait(false);
        if (before is not null && !Same(before, uuid)) return RenameOutcome.Taken;

        // A row that this same device left under the new id earlier gives way to the one that is being renamed. One
        // that another node adds at this very moment under the new id does not.
        await RunAsync(connection, "DELETE FROM devices WHERE id = $1 AND uuid = $2", ct, newId, uuid)
            .ConfigureAwait(false);
        await RunAsync(connection, "DELETE FROM retired_ids WHERE id = $1", ct, newId).ConfigureAwait(false);
        try
        {
            await RunAsync(connection, "SAVEPOINT rename", ct).ConfigureAwait(false);
            await RunAsync(connection, "UPDATE devices SET id = $2 WHERE id = $1", ct, oldId, newId)
                .ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await RunAsync(connection, "ROLLBACK TO SAVEPOINT rename", ct).ConfigureAwait(false);
            return RenameOutcome.Taken;
        }

        await RunAsync(connection, Retire, ct, oldId, uuid, old.Guid, now).ConfigureAwait(false);
        return RenameOutcome.Renamed;
    }

    /// <summary>The uuid of the device that gave an id up; null when none did.</summary>
    internal static async Task<byte[]?> RetiredForAsync(
        NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand("SELECT uuid FROM retired_ids WHERE id = $1", connection)
        {
            Parameters = { new() { Value = PostgresText.Fit(id) } },
        };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as byte[];
    }

    private static async Task<(Guid Guid, byte[] Uuid)?> FindAsync(
        NpgsqlConnection connection, string id, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand("SELECT guid, uuid FROM devices WHERE id = $1 FOR UPDATE", connection)
        {
            Parameters = { new() { Value = id } },
        };
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) return null;
            return (reader.GetGuid(0), reader.GetFieldValue<byte[]>(1));
        }
    }

    private static bool Same(byte[]? a, byte[] b) => a is not null && a.AsSpan().SequenceEqual(b);

    private static async Task RunAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
