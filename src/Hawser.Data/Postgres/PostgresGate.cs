using Hawser.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>
/// Sees to it that a server has our database with the newest schema. A current one is recognised, and a new one written
/// from the golden text, without starting EF Core; nodes that start at the same time wait for each other here.
/// </summary>
internal static partial class PostgresGate
{
    /// <summary>The id of the newest migration in <c>Migrations/Postgres</c>.</summary>
    internal const string Newest = "202611210001_initial";

    private const string OneAtATime = "SELECT pg_advisory_xact_lock(4805121107)";

    private const string HasHistory = "SELECT to_regclass('\"__EFMigrationsHistory\"') IS NOT NULL";

    private const string HasTables =
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = current_schema())";

    // As EF Core would note it.
    private const string History =
        $"""
        CREATE TABLE "__EFMigrationsHistory" (
            "MigrationId" character varying(150) NOT NULL,
            "ProductVersion" character varying(32) NOT NULL,
            CONSTRAINT "PK___EFMigrationsHistory" PRIMARY KEY ("MigrationId"));
        INSERT INTO "__EFMigrationsHistory" VALUES ('{Newest}', '10.0.14');
        """;

    /// <summary>The golden schema, as a fresh database gets it.</summary>
    internal static string Schema() => SchemaGate.Text("schema.postgres.sql");

    /// <summary>Opens, makes or upgrades.</summary>
    /// <param name="server">The server.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="fill">Fills a new database in the transaction that makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal static async Task OpenAsync(
        PostgresServer server, ILogger log, Func<NpgsqlConnection, Task>? fill, CancellationToken cancellationToken)
    {
        if (await HasToBeMadeAsync(server, cancellationToken).ConfigureAwait(false))
        {
            await MakeDatabaseAsync(server, log, cancellationToken).ConfigureAwait(false);
        }

        var have = await server.TransactAsync(
            (connection, ct) => OpenAsync(server, connection, log, fill, ct), cancellationToken).ConfigureAwait(false);
        if (have != Newest) await UpgradeFromAsync(server, log, have, cancellationToken).ConfigureAwait(false);
        // Apart from the schema: the model knows no triggers.
        await server.TransactAsync(StampAsync, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<object?> StampAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ScalarAsync(connection, OneAtATime, cancellationToken).ConfigureAwait(false);
        var triggers = SchemaGate.Text("triggers.postgres.sql");
        return await ScalarAsync(connection, triggers, cancellationToken).ConfigureAwait(false);
    }

    private static async Task UpgradeFromAsync(
        PostgresServer server, ILogger log, string have, CancellationToken cancellationToken)
    {
        if (string.CompareOrdinal(have, Newest) > 0) throw PostgresFaults.TooNew(server, have);
        await UpgradeAsync(server, cancellationToken).ConfigureAwait(false);
        Log.Upgraded(log, server.Shown, Newest);
    }

    // Returns the schema that is there now.
    private static async Task<string> OpenAsync(
        PostgresServer server, NpgsqlConnection connection, ILogger log, Func<NpgsqlConnection, Task>? fill,
        CancellationToken cancellationToken)
    {
        await ScalarAsync(connection, OneAtATime, cancellationToken).ConfigureAwait(false);
        if (await ScalarAsync(connection, HasHistory, cancellationToken).ConfigureAwait(false) is true)
        {
            const string NewestThere = "SELECT max(\"MigrationId\") FROM \"__EFMigrationsHistory\"";
            var newest = await ScalarAsync(connection, NewestThere, cancellationToken).ConfigureAwait(false);
            return newest as string ?? "";
        }

        if (await ScalarAsync(connection, HasTables, cancellationToken).ConfigureAwait(false) is true)
        {
            throw PostgresFaults.Foreign(server);
        }

        await ScalarAsync(connection, Schema() + History, cancellationToken).ConfigureAwait(false);
        if (fill is not null) await fill(connection).ConfigureAwait(false);
        Log.Created(log, server.Shown);
        return Newest;
    }

    private static async Task<bool> HasToBeMadeAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        try
        {
            return await server.RunAsync((_, _) => Task.FromResult(false), cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.Fault == StoreFault.Missing)
        {
            return true;
        }
    }

    private static async Task MakeDatabaseAsync(
        PostgresServer server, ILogger log, CancellationToken cancellationToken)
    {
        var settings = server.Settings();
        var name = settings.Database!;
        settings.Database = "postgres";
        settings.Pooling = false;
        try
        {
            using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var quoted = name.Replace("\"", "\"\"", StringComparison.Ordinal);
            await ScalarAsync(
                connection, $"CREATE DATABASE \"{quoted}\" ENCODING 'UTF8' TEMPLATE template0", cancellationToken)
                .ConfigureAwait(false);
            Log.MadeDatabase(log, name, server.Shown);
        }
        catch (PostgresException e) when (e.SqlState is "42P04" or "23505")
        {
            // Another node was faster.
        }
        catch (Exception e) when (StoreException.IsStoreError(e))
        {
            throw PostgresFaults.Missing(server, e);
        }
    }

    private static async Task UpgradeAsync(PostgresServer server, CancellationToken cancellationToken)
    {
        var db = PostgresContexts.Create(server.Source);
        await using (db.ConfigureAwait(false))
        {
            try
            {
                // EF Core takes a lock of its own, so only one node migrates.
                await db.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (StoreException.IsStoreError(e))
            {
                throw PostgresFaults.From(e, server);
            }
        }
    }

    private static async Task<object?> ScalarAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Information, "Made the tables of the database {Address}")]
        internal static partial void Created(ILogger logger, string address);

        [LoggerMessage(3021, LogLevel.Information, "Brought the database {Address} up to schema {Schema}")]
        internal static partial void Upgraded(ILogger logger, string address, string schema);

        [LoggerMessage(3022, LogLevel.Information, "Made the database {Name} on the server of {Address}")]
        internal static partial void MadeDatabase(ILogger logger, string name, string address);
    }
}
