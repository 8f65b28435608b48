using System.Globalization;
using Hawser.Data.Backups;
using Npgsql;
using NpgsqlTypes;

namespace Hawser.Data.Postgres;

/// <summary>Writes the rows of a backup into the tables, all in one transaction.</summary>
internal static class PostgresRestore
{
    internal static Task<bool> RunAsync(
        PostgresServer server, IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows,
        CancellationToken cancellationToken) => server.TransactAsync(
        async (connection, ct) =>
        {
            var names = string.Join(", ", tables.Select(t => $"\"{t.Name}\""));
            using var truncate = new NpgsqlCommand($"TRUNCATE {names}", connection) { CommandTimeout = 0 };
            await truncate.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            // What triggers would note is in the backup.
            await SetTriggersAsync(connection, tables, "DISABLE", ct).ConfigureAwait(false);
            foreach (var table in tables) await CopyAsync(connection, table, rows(table), ct).ConfigureAwait(false);
            await SetTriggersAsync(connection, tables, "ENABLE", ct).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private static async Task SetTriggersAsync(
        NpgsqlConnection connection, IReadOnlyList<BackupTable> tables, string change, CancellationToken ct)
    {
        var all = string.Concat(tables.Select(t => $"ALTER TABLE \"{t.Name}\" {change} TRIGGER USER;"));
        using var command = new NpgsqlCommand(all, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }

    private static async Task CopyAsync(
        NpgsqlConnection connection, BackupTable table, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        var copy = $"COPY \"{table.Name}\" ({table.ColumnList}) FROM STDIN (FORMAT BINARY)";
        var types = table.Columns.Select(TypeOf).ToArray();
        var importer = await connection.BeginBinaryImportAsync(copy, ct).ConfigureAwait(false);
        await using (importer.ConfigureAwait(false))
        {
            foreach (var row in rows)
            {
                await importer.StartRowAsync(ct).ConfigureAwait(false);
                for (var i = 0; i < row.Length; i++)
                {
                    var value = Fit(row[i], table.Columns[i]);
                    if (value is null) await importer.WriteNullAsync(ct).ConfigureAwait(false);
                    else await importer.WriteAsync(value, types[i], ct).ConfigureAwait(false);
                }
            }

            await importer.CompleteAsync(ct).ConfigureAwait(false);
        }
    }

    private static object? Fit(object? value, BackupColumn column) => value switch
    {
        string text => PostgresText.Fit(text),
        long or double => Convert.ChangeType(value, column.Type, CultureInfo.InvariantCulture),
        _ => value,
    };

    private static NpgsqlDbType TypeOf(BackupColumn column) => column.Kind switch
    {
        BackupKind.Text => NpgsqlDbType.Text,
        BackupKind.Guid => NpgsqlDbType.Uuid,
        BackupKind.Bytes => NpgsqlDbType.Bytea,
        BackupKind.Time => NpgsqlDbType.TimestampTz,
        BackupKind.Flag => NpgsqlDbType.Boolean,
        BackupKind.Real => column.Type == typeof(float) ? NpgsqlDbType.Real : NpgsqlDbType.Double,
        _ when column.Type == typeof(short) => NpgsqlDbType.Smallint,
        _ when column.Type == typeof(int) => NpgsqlDbType.Integer,
        _ => NpgsqlDbType.Bigint,
    };
}
