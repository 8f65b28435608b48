using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Hawser.Data.Sqlite;

/// <summary>
/// EF Core contexts on a file. The only place, beside the model and the migrations, that loads EF Core.
/// </summary>
internal static class SqliteContexts
{
    /// <summary>A context whose connections have the same settings as the writer's.</summary>
    internal static SqliteHawserDb Create(SqliteFile file) => new(Options(file));

    /// <summary>Contexts that are used again and again: making one costs as much as a small query.</summary>
    internal static PooledDbContextFactory<SqliteHawserDb> Pool(SqliteFile file) => new(Options(file));

    /// <summary>Closes what disposed contexts left open, so that the file can be moved or removed.</summary>
    internal static void ClearPool(SqliteFile file)
    {
        using var connection = new SqliteConnection(ConnectionString(file));
        SqliteConnection.ClearPool(connection);
    }

    private static DbContextOptions<SqliteHawserDb> Options(SqliteFile file) =>
        new DbContextOptionsBuilder<SqliteHawserDb>()
            .UseSqlite(ConnectionString(file))
            .AddInterceptors(ConnectionSettings.Instance)
            // Migrations are written by hand, so there is no snapshot to compare with; a test compares the databases.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;

    private static string ConnectionString(SqliteFile file) =>
        new SqliteConnectionStringBuilder { DataSource = file.Path, DefaultTimeout = 4 }.ConnectionString;

    private sealed class ConnectionSettings : DbConnectionInterceptor
    {
        internal static readonly ConnectionSettings Instance = new();

        /// <inheritdoc/>
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = SqliteFile.Pragmas;
            command.ExecuteNonQuery();
        }

        /// <inheritdoc/>
        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
