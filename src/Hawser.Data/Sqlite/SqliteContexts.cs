using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Hawser.Data.Sqlite;

/// <summary>EF Core contexts on a file. The only place, beside the model and the migrations, that loads EF Core.</summary>
internal static class SqliteContexts
{
    /// <summary>A context whose connections have the same settings as the writer's.</summary>
    internal static SqliteHawserDb Create(SqliteFile file) => new(
        new DbContextOptionsBuilder<SqliteHawserDb>()
            .UseSqlite(file.ConnectionString(SqliteOpenMode.ReadWriteCreate, pooling: true))
            .AddInterceptors(ConnectionSettings.Instance)
            // Migrations are written by hand, so there is no snapshot to compare with; a test compares the databases.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options);

    private sealed class ConnectionSettings : DbConnectionInterceptor
    {
        internal static readonly ConnectionSettings Instance = new();

        /// <inheritdoc/>
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
            SqliteFile.Execute((SqliteConnection)connection, SqliteFile.Pragmas);

        /// <inheritdoc/>
        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
