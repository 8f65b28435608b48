using Microsoft.Data.Sqlite;

namespace Hawser.Data.Sqlite;

/// <summary>One database file: how it is opened, and what its errors are called.</summary>
/// <param name="path">The file.</param>
/// <param name="option">The option that chose it, for error texts.</param>
internal sealed class SqliteFile(string path, string option)
{
    // A writer of this process never waits for another one of it, so a wait means a foreign program.
    private const int BusySeconds = 4;

    /// <summary>What every connection sets first. WAL with NORMAL survives a killed process; only a power cut may cost the last moments.</summary>
    internal const string Pragmas =
        "PRAGMA busy_timeout=4000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;";

    /// <summary>The file.</summary>
    internal string Path { get; } = path;

    /// <summary>The option that chose it.</summary>
    internal string Option { get; } = option;

    /// <summary>The connection string of the file.</summary>
    internal string ConnectionString(SqliteOpenMode mode, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = Path,
        Mode = mode,
        Pooling = pooling,
        DefaultTimeout = BusySeconds,
    }.ConnectionString;

    /// <summary>Opens a connection of our own.</summary>
    internal SqliteConnection Open(SqliteOpenMode mode = SqliteOpenMode.ReadWrite, string pragmas = Pragmas)
    {
        var connection = new SqliteConnection(ConnectionString(mode, pooling: false));
        try
        {
            connection.Open();
            Execute(connection, pragmas);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs something and gives its errors our sentence.</summary>
    internal T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (StoreException.IsStoreError(e))
        {
            throw StoreException.From(e, Path, Option);
        }
    }

    /// <summary>Closes what EF Core's contexts left open, so that the file can be moved or removed.</summary>
    internal void ClearPool()
    {
        using var connection = new SqliteConnection(ConnectionString(SqliteOpenMode.ReadWriteCreate, pooling: true));
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Executes a fixed text.</summary>
    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every caller passes a constant.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
