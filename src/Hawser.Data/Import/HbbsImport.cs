using Hawser.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Data.Import;

/// <summary>
/// Takes over what an hbbs left behind: its devices, its key, the lists of its relay. The source is never written, and
/// the old server may be running.
/// </summary>
public static class HbbsImport
{
    /// <summary>The name of hbbs' database.</summary>
    public const string DatabaseName = "db_v2.sqlite3";

    private const int Constraint = 19;

    // The new file is private until it is complete, and the id index is filled in random order.
    private const string FillPragmas = "PRAGMA cache_size=-131072";

    /// <summary>
    /// Whether a first start in this folder takes over an hbbs' devices: its database is there, ours is not.
    /// </summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <returns>True when opening the store will import.</returns>
    public static bool IsDue(string dataFolder) =>
        File.Exists(Path.Combine(dataFolder, DatabaseName))
            && !File.Exists(Path.Combine(dataFolder, HawserStore.FileName));

    /// <summary>Whether a folder has something of an hbbs.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>True when there is a database or a key file.</returns>
    public static bool IsIn(string folder) =>
        File.Exists(Path.Combine(folder, DatabaseName)) || HbbsFiles.Any(folder);

    /// <summary>
    /// Imports a folder of hbbs into a data folder. May be repeated; devices that are there stay as they are.
    /// </summary>
    /// <param name="from">The old folder, or the database file itself.</param>
    /// <param name="dataFolder">The data folder; made if it is missing.</param>
    /// <param name="overwrite">Devices that are there take the source's values (their guid and deployment
    /// stay).</param>
    /// <param name="progress">Told every 10,000 rows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it; a database that did not exist before does not exist after.</param>
    /// <param name="database">Which database; null: the file in the folder.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="StoreException">Source or target can't be used; the message is for the terminal.</exception>
    public static Task<ImportReport> RunAsync(
        string from,
        string dataFolder,
        bool overwrite,
        IProgress<ImportProgress>? progress,
        TimeProvider time,
        CancellationToken cancellationToken,
        StoreAddress? database = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentNullException.ThrowIfNull(time);
        return Task.Run(
            () => RunAsync(from, dataFolder, overwrite, progress, time, database, cancellationToken),
            cancellationToken);
    }

    /// <summary>Fills a new database, inside the transaction that makes it.</summary>
    internal static void Fill(
        Database target,
        HbbsDatabase source,
        DateTime now,
        ImportReport report,
        IProgress<ImportProgress>? progress,
        CancellationToken cancellationToken)
    {
        target.Execute(FillPragmas);
        // Ids come in random order, so their index is made at the end, in one sort.
        var (tables, index) = SchemaGate.SplitSchema();
        target.Execute(tables);
        using (var importer = new DeviceImporter(target, overwrite: false, now, report))
        {
            Copy(importer, source, progress, static () => { }, cancellationToken);
        }

        try
        {
            target.Execute(index);
        }
        catch (SqliteError e) when (e.Code == Constraint)
        {
            // hbbs' own index makes ids unique, but a fork's table may not have it.
            DropDoubles(target, report);
            target.Execute(index);
        }
    }

    private static void DropDoubles(Database target, ImportReport report)
    {
        using var drop =
            target.Prepare("DELETE FROM devices WHERE rowid NOT IN (SELECT min(rowid) FROM devices GROUP BY id)");
        var doubles = drop.Run();
        report.Added -= doubles;
        report.Kept += doubles;
        report.Warn($"{doubles} rows have an id that an earlier row has; the first one of each was taken.");
    }

    private static async Task<ImportReport> RunAsync(
        string from,
        string dataFolder,
        bool overwrite,
        IProgress<ImportProgress>? progress,
        TimeProvider time,
        StoreAddress? address,
        CancellationToken ct)
    {
        var folder = File.Exists(from) ? Path.GetDirectoryName(Path.GetFullPath(from))! : Path.GetFullPath(from);
        var database = File.Exists(from) ? from : Path.Combine(folder, DatabaseName);
        var hasDatabase = File.Exists(database);
        if (!hasDatabase && !HbbsFiles.Any(folder))
        {
            throw new StoreException(StoreFault.Unusable,
                $"There is neither {DatabaseName} nor id_ed25519 in {folder}; "
                + "name the folder in which hbbs ran (--from).");
        }

        var report = new ImportReport();
        new SqliteFile(folder, "--from").Guard(() => HbbsFiles.Check(folder, "--from"));
        if (hasDatabase)
        {
            using var source = HbbsDatabase.Open(database, "--from");
            if (address is { IsPostgres: true })
            {
                var store = HawserStore.For(dataFolder, time, database: address);
                await using (store.ConfigureAwait(false))
                {
                    await ((Postgres.PostgresEngine)store.Engine)
                        .ImportAsync(source, overwrite, report, progress, ct).ConfigureAwait(false);
                }
            }
            else
            {
                ImportDevices(source, dataFolder, overwrite, report, progress, time, ct);
            }
        }
        else
        {
            report.Warn($"There is no {DatabaseName} in {folder}; no devices were imported.");
        }

        new SqliteFile(dataFolder, "--data").Guard(() => CopyFiles(folder, dataFolder, report));
        return report;
    }

    private static void CopyFiles(string folder, string dataFolder, ImportReport report)
    {
        SchemaGate.CreateFolder(dataFolder);
        if (!string.Equals(folder, Path.GetFullPath(dataFolder), StringComparison.Ordinal))
        {
            HbbsFiles.Copy(folder, dataFolder, report);
        }
    }

    private static void ImportDevices(
        HbbsDatabase source,
        string dataFolder,
        bool overwrite,
        ImportReport report,
        IProgress<ImportProgress>? progress,
        TimeProvider time,
        CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var file = new SqliteFile(Path.Combine(Path.GetFullPath(dataFolder), HawserStore.FileName), "--data");
        file.Guard(() =>
        {
            if (!File.Exists(file.Path))
            {
                SchemaGate.CreateFolder(dataFolder);
                SchemaGate.Create(file, target => Fill(target, source, now, report, progress, ct));
                return;
            }

            // A server may be using it: short transactions, so that its registrations go on in between.
            SchemaGate.Open(file, NullLogger.Instance);
            using var target = file.Open();
            using var importer = new DeviceImporter(target, overwrite, now, report);
            target.Execute("BEGIN IMMEDIATE");
            Copy(importer, source, progress, () => target.Execute("COMMIT; BEGIN IMMEDIATE"), ct);
            target.Execute("COMMIT");
        });
    }

    private static void Copy(
        DeviceImporter importer,
        HbbsDatabase source,
        IProgress<ImportProgress>? progress,
        Action betweenBatches,
        CancellationToken ct)
    {
        var total = source.Count();
        var done = 0;
        progress?.Report(new ImportProgress(0, total));
        foreach (var peer in source.Rows())
        {
            importer.Import(peer);
            if (++done % DeviceImporter.BatchSize != 0) continue;
            ct.ThrowIfCancellationRequested();
            betweenBatches();
            progress?.Report(new ImportProgress(done, total));
        }

        progress?.Report(new ImportProgress(done, total));
    }
}
