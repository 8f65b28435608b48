using System.Runtime.CompilerServices;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Data;

/// <summary>
/// The database of one node, <c>hawser.db</c> in the data folder. Made without touching the disk, so that roles can be
/// composed and started before it is opened.
/// </summary>
public sealed partial class HawserStore : IAsyncDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "hawser.db";

    private readonly SqliteFile _file;
    private readonly SqliteLane _writer;
    private readonly SqliteLane _reader;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _editing;

    private HawserStore(string dataFolder, TimeProvider? time, ILoggerFactory? logs, string option)
    {
        DataFolder = Path.GetFullPath(dataFolder);
        _file = new SqliteFile(Path.Combine(DataFolder, FileName), option);
        _writer = new SqliteLane(_file, writes: true);
        _reader = new SqliteLane(_file, writes: false);
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<HawserStore>();
        _time = time ?? TimeProvider.System;
        Devices = new DeviceStore(_file, _writer, _reader, _time);
    }

    /// <summary>The folder.</summary>
    public string DataFolder { get; }

    /// <summary>The devices' rows; usable once the store is open.</summary>
    public DeviceStore Devices { get; }

    /// <summary>
    /// Whether the last attempt to write failed (disk full, locked by another program); the next success clears it.
    /// </summary>
    public bool IsDegraded => _writer.HasFailed;

    /// <summary>Names the store of a data folder; nothing is read or written yet.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="option">The option that chose the folder, for error texts.</param>
    /// <returns>The store, not open.</returns>
    public static HawserStore For(
        string dataFolder, TimeProvider? time = null, ILoggerFactory? logs = null, string option = "--data")
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        return new HawserStore(dataFolder, time, logs, option);
    }

    /// <summary>Names and opens the store of a data folder.</summary>
    /// <param name="dataFolder">The folder; made if it is missing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="StoreException">It can't be opened; the message is for the terminal.</exception>
    public static async Task<HawserStore> OpenAsync(
        string dataFolder, TimeProvider? time, ILoggerFactory? logs, CancellationToken cancellationToken)
    {
        var store = For(dataFolder, time, logs);
        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return store;
    }

    /// <summary>
    /// Opens the file; makes it, or brings its schema up to date, when needed. When it is made in a folder that holds
    /// hbbs' database, the devices of that are imported, completely or not at all.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="progress">Told about an import every 10,000 rows.</param>
    /// <returns>What was imported, or null; <see cref="Devices"/> can be used.</returns>
    /// <exception cref="StoreException">It can't be opened; the message is for the terminal.</exception>
    public Task<ImportReport?> OpenAsync(
        CancellationToken cancellationToken, IProgress<ImportProgress>? progress = null) =>
        Task.Run(() => HbbsImport.IsDue(DataFolder) ? Import(progress, cancellationToken) : Open(), cancellationToken);

    /// <summary>A context for queries and edits; starts EF Core at its first use (about 0.3 s).</summary>
    /// <returns>A context that the caller disposes.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public HawserDb CreateDb()
    {
        _editing = true;
        return SqliteContexts.Create(_file);
    }

    /// <summary>Makes the disk look full, for tests.</summary>
    internal Task LimitPagesAsync(int pages) => _writer.RunAsync(
        lane => lane.Prepared($"PRAGMA max_page_count={pages}").Run(), CancellationToken.None);

    // Apart, because it loads what only contexts need.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ClearPool() => SqliteContexts.ClearPool(_file);

    private ImportReport? Open()
    {
        _file.Guard(() => SchemaGate.Open(_file, _log));
        return null;
    }

    private ImportReport Import(IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        using var source = HbbsDatabase.Open(Path.Combine(DataFolder, HbbsImport.DatabaseName), _file.Option);
        var report = new ImportReport();
        var now = _time.GetUtcNow().UtcDateTime;
        _file.Guard(() => SchemaGate.Open(
            _file, _log, target => HbbsImport.Fill(target, source, now, report, progress, cancellationToken)));
        Log.Imported(_log, report.Added, HbbsImport.DatabaseName, report.Skipped);
        return report;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync().ConfigureAwait(false);
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_editing) ClearPool();
    }

    private static partial class Log
    {
        [LoggerMessage(3002, LogLevel.Information, "Imported {Devices} devices of {File}, skipped {Skipped} rows")]
        internal static partial void Imported(ILogger logger, int devices, string file, int skipped);
    }
}
