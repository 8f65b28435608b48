using Hawser.Data.Devices;
using Hawser.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Data;

/// <summary>
/// The database of one node, <c>hawser.db</c> in the data folder. Made without touching the disk, so that roles can be
/// composed and started before it is opened.
/// </summary>
public sealed class HawserStore : IAsyncDisposable
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "hawser.db";

    private readonly SqliteFile _file;
    private readonly SqliteWriter _writer;
    private readonly ILogger _log;

    private HawserStore(string dataFolder, TimeProvider? time, ILoggerFactory? logs, string option)
    {
        DataFolder = Path.GetFullPath(dataFolder);
        _file = new SqliteFile(Path.Combine(DataFolder, FileName), option);
        _writer = new SqliteWriter(_file);
        _log = (logs ?? NullLoggerFactory.Instance).CreateLogger<HawserStore>();
        Devices = new DeviceStore(_file, _writer, time ?? TimeProvider.System);
    }

    /// <summary>The folder.</summary>
    public string DataFolder { get; }

    /// <summary>The devices' rows; usable once the store is open.</summary>
    public DeviceStore Devices { get; }

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

    /// <summary>Opens the file; makes it, or brings its schema up to date, when needed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When <see cref="Devices"/> can be used.</returns>
    /// <exception cref="StoreException">It can't be opened; the message is for the terminal.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) =>
        Task.Run(() => _file.Guard(() => SchemaGate.Open(_file, _log)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();
}
