using Hawser.Data.Backups;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Hawser.Data.Postgres;

/// <summary>The database on a PostgreSQL server.</summary>
internal sealed partial class PostgresEngine : IStoreEngine
{
    /// <summary>How long a start waits for a server that is not up yet.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(3);

    private readonly PostgresServer _server;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lazy<PooledDbContextFactory<PostgresHawserDb>> _contexts;
    private readonly CancellationTokenSource _stopping = new();
    private Task _looking = Task.CompletedTask;

    internal PostgresEngine(PostgresServer server, TimeProvider time, ILogger log)
    {
        _server = server;
        _time = time;
        _log = log;
        _contexts = new(() => PostgresContexts.Pool(server));
        Devices = new PostgresDeviceStore(server, time);
        Chunks = new PostgresChunkRows(server);
    }

    /// <inheritdoc/>
    public DeviceStore Devices { get; }

    /// <inheritdoc/>
    public ChunkRows Chunks { get; }

    /// <inheritdoc/>
    public bool IsDegraded => _server.HasFailed;

    /// <inheritdoc/>
    public string Place => _server.Shown;

    /// <summary>The server.</summary>
    internal PostgresServer Server => _server;

    /// <inheritdoc/>
    public async Task<ImportReport?> OpenAsync(
        string? hbbs, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        ImportReport? report = null;
        var start = _time.GetTimestamp();
        var tries = 0;
        while (true)
        {
            try
            {
                await PostgresGate.OpenAsync(_server, _log, hbbs is null ? null : ImportAsync, cancellationToken)
                    .ConfigureAwait(false);
                break;
            }
            catch (StoreException e) when (e.Fault == StoreFault.Unreachable)
            {
                // Both are often started together, and the database server takes longer.
                var left = Patience - _time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) throw;
                if (tries++ % 5 == 0) Log.NotYet(_log, _server.Shown, (int)Math.Ceiling(left.TotalSeconds), Reason(e));
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }

        _looking = Task.Run(() => LookAsync(_stopping.Token), CancellationToken.None);
        return report;

        async Task ImportAsync(NpgsqlConnection connection)
        {
            using var source = HbbsDatabase.Open(hbbs, "--import-from");
            report = new ImportReport();
            var importer = new PostgresDeviceImporter(
                connection, overwrite: false, _time.GetUtcNow().UtcDateTime, report);
            await importer.CopyAsync(source, progress, cancellationToken).ConfigureAwait(false);
            Log.Imported(_log, report.Added, Path.GetFileName(hbbs), report.Skipped);
        }
    }

    /// <summary>Imports into a database that may be in use, in one transaction.</summary>
    internal async Task ImportAsync(
        HbbsDatabase source, bool overwrite, ImportReport report, IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        await PostgresGate.OpenAsync(_server, _log, null, cancellationToken).ConfigureAwait(false);
        var now = _time.GetUtcNow().UtcDateTime;
        await _server.TransactAsync(
            async (connection, ct) =>
            {
                var importer = new PostgresDeviceImporter(connection, overwrite, now, report);
                await importer.CopyAsync(source, progress, ct).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<List<object?[]>> ReadAsync(string sql, CancellationToken cancellationToken) => _server.RunAsync(
        (connection, ct) => ReadAsync(connection, sql, ct), cancellationToken);

    /// <inheritdoc/>
    public HawserDb CreateDb() => _contexts.Value.CreateDbContext();

    /// <inheritdoc/>
    public IBackupSource OpenBackup() => PostgresBackupSource.Open(_server);

    /// <inheritdoc/>
    public bool HasRows(IReadOnlyList<BackupTable> tables)
    {
        try
        {
            using var source = OpenBackup();
            return tables.Any(t => source.Count(t) > 0);
        }
        catch (StoreException e) when (e.Fault == StoreFault.Missing)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task RestoreAsync(
        IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows,
        CancellationToken cancellationToken)
    {
        await PostgresGate.OpenAsync(_server, _log, null, cancellationToken).ConfigureAwait(false);
        await PostgresRestore.RunAsync(_server, tables, rows, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static string Reason(StoreException e) => e.InnerException?.Message ?? e.Message;

    private static async Task<List<object?[]>> ReadAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand(sql, connection);
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var rows = new List<object?[]>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var row = new object?[reader.FieldCount];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = reader.GetValue(i) switch
                    {
                        DBNull => null,
                        bool truth => truth ? 1L : 0L,
                        int number => (long)number,
                        var other => other,
                    };
                }

                rows.Add(row);
            }

            return rows;
        }
    }

    // Health shall tell of a server that is gone, and of its return, also when nobody writes.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookPeriod, _time);
        var isDown = false;
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await _server.RunAsync(AskAsync, cancellationToken).ConfigureAwait(false);
                if (isDown) Log.IsBack(_log, _server.Shown);
                isDown = false;
            }
            catch (StoreException e)
            {
                if (!isDown) Log.IsGone(_log, e.Message);
                isDown = true;
            }
        }
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var command = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 5 };
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is 1;
    }

    private static partial class Log
    {
        [LoggerMessage(3023, LogLevel.Information, "Imported {Devices} devices of {File}, skipped {Skipped} rows")]
        internal static partial void Imported(ILogger logger, int devices, string file, int skipped);

        [LoggerMessage(3024, LogLevel.Warning,
            "The PostgreSQL server of {Address} is not there yet, trying for {Seconds} s more: {Reason}")]
        internal static partial void NotYet(ILogger logger, string address, int seconds, string reason);

        [LoggerMessage(3025, LogLevel.Error, "{Reason} What needs the database is refused until it is back.")]
        internal static partial void IsGone(ILogger logger, string reason);

        [LoggerMessage(3026, LogLevel.Information, "The database {Address} is back")]
        internal static partial void IsBack(ILogger logger, string address);
    }
}
