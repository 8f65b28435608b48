using System.Runtime.CompilerServices;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Data.Postgres;
using Hawser.Data.Recordings;
using Hawser.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Data;

/// <summary>
/// The database of one node: <c>hawser.db</c> in the data folder, or a database on a PostgreSQL server. Made without
/// touching disk or network, so that roles can be composed and started before it is opened.
/// </summary>
public sealed class HawserStore : IAsyncDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "hawser.db";

    private readonly IStoreEngine _engine;

    private HawserStore(
        string dataFolder, TimeProvider? time, ILoggerFactory? logs, string option, StoreAddress? address)
    {
        DataFolder = Path.GetFullPath(dataFolder);
        Address = address ?? StoreAddress.Sqlite;
        var log = (logs ?? NullLoggerFactory.Instance).CreateLogger<HawserStore>();
        time ??= TimeProvider.System;
        _engine = Address.IsPostgres
            ? Postgres(Address, time, log)
            : new SqliteEngine(new SqliteFile(Path.Combine(DataFolder, FileName), option), time, log);
    }

    /// <summary>The data folder.</summary>
    public string DataFolder { get; }

    /// <summary>Which database.</summary>
    public StoreAddress Address { get; }

    /// <summary>The devices' rows; usable once the store is open.</summary>
    public DeviceStore Devices => _engine.Devices;

    /// <summary>The rows of chunks of recordings; usable once the store is open.</summary>
    public ChunkRows Chunks => _engine.Chunks;

    /// <summary>
    /// Whether the database could not be used lately (disk full, locked by another program, server gone); the next
    /// success clears it.
    /// </summary>
    public bool IsDegraded => _engine.IsDegraded;

    /// <summary>Where the data are, for people: a file, or an address without its password.</summary>
    public string Place => _engine.Place;

    internal IStoreEngine Engine => _engine;

    /// <summary>Names the store of a data folder; nothing is read or written yet.</summary>
    /// <param name="dataFolder">The folder.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="option">The option that chose the folder, for error texts.</param>
    /// <param name="database">Which database; null: the file in the folder.</param>
    /// <returns>The store, not open.</returns>
    public static HawserStore For(
        string dataFolder, TimeProvider? time = null, ILoggerFactory? logs = null, string option = "--data",
        StoreAddress? database = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        return new HawserStore(dataFolder, time, logs, option, database);
    }

    /// <summary>Names and opens the store of a data folder.</summary>
    /// <param name="dataFolder">The folder; made if it is missing.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="database">Which database; null: the file in the folder.</param>
    /// <returns>The open store.</returns>
    /// <exception cref="StoreException">It can't be opened; the message is for the terminal.</exception>
    public static async Task<HawserStore> OpenAsync(
        string dataFolder, TimeProvider? time, ILoggerFactory? logs, CancellationToken cancellationToken,
        StoreAddress? database = null)
    {
        var store = For(dataFolder, time, logs, database: database);
        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Opens the database; makes it, or brings its schema up to date, when needed. When it is made and hbbs' database
    /// is known, the devices of that are imported, completely or not at all.
    /// </summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="progress">Told about an import every 10,000 rows.</param>
    /// <param name="hbbs">hbbs' database; null: the one in the data folder, if there is one.</param>
    /// <returns>What was imported, or null; <see cref="Devices"/> can be used.</returns>
    /// <exception cref="StoreException">It can't be opened; the message is for the terminal.</exception>
    public Task<ImportReport?> OpenAsync(
        CancellationToken cancellationToken, IProgress<ImportProgress>? progress = null, string? hbbs = null)
    {
        var own = Path.Combine(DataFolder, HbbsImport.DatabaseName);
        return _engine.OpenAsync(hbbs ?? (File.Exists(own) ? own : null), progress, cancellationToken);
    }

    /// <summary>
    /// A context for queries and edits, out of a pool: cheap, except for the first one, which starts EF Core (about
    /// 0.3 s).
    /// </summary>
    /// <returns>A context that the caller disposes.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public HawserDb CreateDb() => _engine.CreateDb();

    /// <summary>Makes the disk look full, for tests.</summary>
    internal Task LimitPagesAsync(int pages) => ((SqliteEngine)_engine).Writer.RunAsync(
        lane => lane.Prepared($"PRAGMA max_page_count={pages}").Run(), CancellationToken.None);

    // Apart, because it loads a driver that a file does not need.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PostgresEngine Postgres(StoreAddress address, TimeProvider time, ILogger log) =>
        new(new PostgresServer(address.ConnectionString!, address.Shown), time, log);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
