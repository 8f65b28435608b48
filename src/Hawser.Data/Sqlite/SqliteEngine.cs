using System.Runtime.CompilerServices;
using Hawser.Data.Backups;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Hawser.Data.Sqlite;

/// <summary>The database as a file in the data folder.</summary>
internal sealed partial class SqliteEngine : IStoreEngine
{
    private readonly SqliteFile _file;
    private readonly SqliteLane _writer;
    private readonly SqliteLane _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private object? _contexts;

    internal SqliteEngine(SqliteFile file, TimeProvider time, ILogger log)
    {
        _file = file;
        _writer = new SqliteLane(file, writes: true);
        _reader = new SqliteLane(file, writes: false);
        _time = time;
        _log = log;
        Devices = new SqliteDeviceStore(file, _writer, _reader, time);
        Chunks = new SqliteChunkRows(_writer);
    }

    /// <inheritdoc/>
    public DeviceStore Devices { get; }

    /// <inheritdoc/>
    public ChunkRows Chunks { get; }

    /// <inheritdoc/>
    public bool IsDegraded => _writer.HasFailed;

    /// <inheritdoc/>
    public string Place => _file.Path;

    /// <summary>The one lane that writes.</summary>
    internal SqliteLane Writer => _writer;

    /// <summary>The file.</summary>
    internal SqliteFile File => _file;

    /// <inheritdoc/>
    public Task<ImportReport?> OpenAsync(
        string? hbbs, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        Task.Run(
            () => hbbs is not null && !System.IO.File.Exists(_file.Path)
                ? Import(hbbs, progress, cancellationToken)
                : Open(),
            cancellationToken);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public HawserDb CreateDb()
    {
        // A field of type object and this method apart, because a type of EF Core in a field would load it at start.
        if (Volatile.Read(ref _contexts) is not PooledDbContextFactory<SqliteHawserDb> factory)
        {
            lock (_gate)
            {
                factory = (PooledDbContextFactory<SqliteHawserDb>)(_contexts ??= SqliteContexts.Pool(_file));
            }
        }

        return factory.CreateDbContext();
    }

    /// <inheritdoc/>
    public Task<List<object?[]>> ReadAsync(string sql, CancellationToken cancellationToken) =>
        _reader.RunAsync(reader => reader.Prepared(sql).Rows(), cancellationToken);

    /// <inheritdoc/>
    public IBackupSource OpenBackup() => _file.Guard(() => SchemaGate.IsCurrent(_file)
        ? new SqliteBackupSource(_file)
        : throw new StoreException(
            StoreFault.Missing, $"There is no database {_file.Path}; choose another folder ({_file.Option})."));

    /// <inheritdoc/>
    public bool HasRows(IReadOnlyList<BackupTable> tables)
    {
        if (!_file.Guard(() => SchemaGate.IsCurrent(_file))) return false;
        using var source = new SqliteBackupSource(_file);
        return tables.Any(t => source.Count(t) > 0);
    }

    /// <inheritdoc/>
    public Task RestoreAsync(
        IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows,
        CancellationToken cancellationToken) =>
        Task.Run(() => SqliteRestore.Run(_file, tables, rows), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_contexts is not null) ClearPool();
    }

    // Apart, because it loads what only contexts need.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearPool() => SqliteContexts.ClearPool(_file);

    private ImportReport? Open()
    {
        _file.Guard(() => SchemaGate.Open(_file, _log));
        return null;
    }

    private ImportReport Import(string hbbs, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        using var source = HbbsDatabase.Open(hbbs, _file.Option);
        var report = new ImportReport();
        var now = _time.GetUtcNow().UtcDateTime;
        _file.Guard(() => SchemaGate.Open(
            _file, _log, target => HbbsImport.Fill(target, source, now, report, progress, cancellationToken)));
        Log.Imported(_log, report.Added, HbbsImport.DatabaseName, report.Skipped);
        return report;
    }

    private static partial class Log
    {
        [LoggerMessage(3002, LogLevel.Information, "Imported {Devices} devices of {File}, skipped {Skipped} rows")]
        internal static partial void Imported(ILogger logger, int devices, string file, int skipped);
    }
}
