using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>EF Core contexts on a server, out of one pool, on the same connections as the raw statements.</summary>
internal static class PostgresContexts
{
    /// <summary>Contexts that are used again and again.</summary>
    internal static PooledDbContextFactory<PostgresHawserDb> Pool(PostgresServer server) =>
        new(Options(server.Source, new Watch(server)));

    /// <summary>One context, for migrations and for the model's own script.</summary>
    internal static PostgresHawserDb Create(NpgsqlDataSource source) => new(Options(source));

    private static DbContextOptions<PostgresHawserDb> Options(NpgsqlDataSource source, params IInterceptor[] more) =>
        new DbContextOptionsBuilder<PostgresHawserDb>()
            .UseNpgsql(source)
            .AddInterceptors([Repair.Instance, .. more])
            // Migrations are written by hand, so there is no snapshot to compare with; a test compares the databases.
            .ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;

    /// <summary>Tells the server's state what queries and edits meet.</summary>
    private sealed class Watch(PostgresServer server) : DbConnectionInterceptor
    {
        /// <inheritdoc/>
        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (server.HasFailed) server.Note(failed: false);
        }

        /// <inheritdoc/>
        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }

        /// <inheritdoc/>
        public override void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData)
        {
            if (StoreException.IsPassingError(eventData.Exception)) server.Note(failed: true);
        }

        /// <inheritdoc/>
        public override Task ConnectionFailedAsync(
            DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
        {
            ConnectionFailed(connection, eventData);
            return Task.CompletedTask;
        }
    }

    /// <summary>PostgreSQL's texts can't hold what strangers may send: NUL and halves of surrogates.</summary>
    private sealed class Repair : DbCommandInterceptor
    {
        internal static readonly Repair Instance = new();

        /// <inheritdoc/>
        public override InterceptionResult<DbDataReader> ReaderExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
        {
            RepairParameters(command);
            return result;
        }

        /// <inheritdoc/>
        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            RepairParameters(command);
            return new(result);
        }

        /// <inheritdoc/>
        public override InterceptionResult<int> NonQueryExecuting(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
        {
            RepairParameters(command);
            return result;
        }

        /// <inheritdoc/>
        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result,
            CancellationToken cancellationToken = default)
        {
            RepairParameters(command);
            return new(result);
        }

        private static void RepairParameters(DbCommand command)
        {
            foreach (DbParameter parameter in command.Parameters)
            {
                parameter.Value = parameter.Value switch
                {
                    string text => PostgresText.Fit(text),
                    IReadOnlyCollection<string?> texts => PostgresText.Fit(texts),
                    var other => other,
                };
            }
        }
    }
}
