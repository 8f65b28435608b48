using System.Data;
using Hawser.Data.Backups;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>Reads a database within one repeatable-read transaction, as pg_dump does.</summary>
internal sealed class PostgresBackupSource : IBackupSource
{
    private readonly PostgresServer _server;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private PostgresBackupSource(PostgresServer server, NpgsqlConnection connection)
    {
        _server = server;
        _connection = connection;
        _transaction = connection.BeginTransaction(IsolationLevel.RepeatableRead);
    }

    internal static PostgresBackupSource Open(PostgresServer server)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = server.Source.OpenConnection();
            Check(server, connection);
            return new PostgresBackupSource(server, connection);
        }
        catch (Exception e) when (StoreException.IsStoreError(e) || e is StoreException)
        {
            connection?.Dispose();
            throw PostgresFaults.From(e, server);
        }
    }

    /// <inheritdoc/>
    public long Count(BackupTable table) => Guard(() =>
    {
        using var command = new NpgsqlCommand($"SELECT count(*) FROM \"{table.Name}\"", _connection, _transaction);
        return (long)command.ExecuteScalar()!;
    });

    /// <inheritdoc/>
    public IEnumerable<object?[]> Rows(BackupTable table)
    {
        using var command = new NpgsqlCommand(
            $"SELECT {table.ColumnList} FROM \"{table.Name}\"", _connection, _transaction) { CommandTimeout = 0 };
        using var rows = Guard(command.ExecuteReader);
        var row = new object?[table.Columns.Count];
        Func<bool> next = rows.Read;
        while (Guard(next))
        {
            for (var i = 0; i < row.Length; i++) row[i] = Value(rows, i);
            yield return row;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }

    private static void Check(PostgresServer server, NpgsqlConnection connection)
    {
        using var exists = new NpgsqlCommand(
            "SELECT to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL", connection);
        if (exists.ExecuteScalar() is not true)
        {
            throw new StoreException(
                StoreFault.Missing, $"The database {server.Shown} has none of our tables yet; check --database.");
        }

        using var newest = new NpgsqlCommand(
            "SELECT max(\"MigrationId\") FROM \"__EFMigrationsHistory\"", connection);
        var have = newest.ExecuteScalar() as string ?? "";
        if (have == PostgresGate.Newest) return;
        if (string.CompareOrdinal(have, PostgresGate.Newest) > 0) throw PostgresFaults.TooNew(server, have);
        throw new StoreException(
            StoreFault.NotADatabase,
            $"The database {server.Shown} has the schema {have}, and this version needs {PostgresGate.Newest}; start "
            + "the server of this version once.");
    }

    // The oldest time there is comes without its kind.
    private static object? Value(System.Data.Common.DbDataReader row, int column) => row.IsDBNull(column)
        ? null
        : row.GetValue(column) is var value && value is DateTime time
            ? DateTime.SpecifyKind(time, DateTimeKind.Utc)
            : value;

    private T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (StoreException.IsStoreError(e))
        {
            throw PostgresFaults.From(e, _server);
        }
    }
}
