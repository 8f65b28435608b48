using Hawser.Data.Backups;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Data.Recordings;

namespace Hawser.Data;

/// <summary>What the store asks of SQLite and of PostgreSQL. Made without touching disk or network.</summary>
internal interface IStoreEngine : IAsyncDisposable
{
    /// <summary>The devices' rows.</summary>
    DeviceStore Devices { get; }

    /// <summary>The rows of chunks.</summary>
    ChunkRows Chunks { get; }

    /// <summary>Whether the database could not be used lately.</summary>
    bool IsDegraded { get; }

    /// <summary>Where the data are, for people: a file, or an address without its password.</summary>
    string Place { get; }

    /// <summary>Opens, makes or upgrades the database; a new one takes over hbbs' devices, or is not made.</summary>
    /// <param name="hbbs">hbbs' database; null: none.</param>
    /// <param name="progress">Told about the import.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was imported, or null.</returns>
    Task<ImportReport?> OpenAsync(
        string? hbbs, IProgress<ImportProgress>? progress, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a few rows by a statement without parameters that both engines know. Numbers and truth values are long,
    /// texts string.
    /// </summary>
    /// <param name="sql">The statement; one of few, it stays prepared.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<List<object?[]>> ReadAsync(string sql, CancellationToken cancellationToken);

    /// <summary>A context out of a pool.</summary>
    HawserDb CreateDb();

    /// <summary>Every row at this moment; the store need not be open, but its schema must be the newest.</summary>
    IBackupSource OpenBackup();

    /// <summary>Whether there is a database with rows in it.</summary>
    /// <param name="tables">The tables.</param>
    bool HasRows(IReadOnlyList<BackupTable> tables);

    /// <summary>Puts these rows, and no others, into the database; it is made when it is not there.</summary>
    /// <param name="tables">The tables, in the order in which they may be filled.</param>
    /// <param name="rows">The rows of each; the array is used again for the next row.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    Task RestoreAsync(
        IReadOnlyList<BackupTable> tables, Func<BackupTable, IEnumerable<object?[]>> rows,
        CancellationToken cancellationToken);
}
