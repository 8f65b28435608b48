using System.IO.Compression;
using System.Text.Json;

namespace Hawser.Data.Backups;

/// <summary>
/// Everything that must survive a lost machine, in one zip file: the rows of every table as JSON lines, which fit every
/// engine, and the files of the data folder. Made while the server runs; restored while it does not.
/// </summary>
public static class BackupArchive
{
    private const int ProgressEvery = 5000;

    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>Writes a backup under another name and gives it its own when it is complete.</summary>
    /// <param name="store">The database; it need not be open.</param>
    /// <param name="file">The archive; replaced if it is there.</param>
    /// <param name="withRecordings">Whether the folder of recordings goes with it.</param>
    /// <param name="version">This program's version.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Gives up; no file is left.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="StoreException">The database can't be read.</exception>
    /// <exception cref="BackupException">The file can't be written.</exception>
    public static Task<BackupReport> WriteAsync(
        HawserStore store, string file, bool withRecordings, string version, DateTime now,
        IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(file);
        return Task.Run(Run, cancellationToken);

        BackupReport Run()
        {
            try
            {
                return Write(store, file, withRecordings, version, now, progress, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BackupException($"{file} can't be written: {e.Message}", e);
            }
        }
    }

    private static BackupReport Write(
        HawserStore store, string file, bool withRecordings, string version, DateTime now,
        IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        var draft = file + ".part";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            // Keys are in it.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            BackupReport report;
            using (var stream = new FileStream(draft, options))
            {
                using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                {
                    var (tables, rows) = WriteRows(archive, store, version, now, progress, cancellationToken);
                    progress?.Report(new BackupProgress("files", rows, rows));
                    var files = BackupFiles.Add(archive, store.DataFolder, withRecordings, file);
                    report = new BackupReport(tables, rows, files, now, EngineOf(store));
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(draft, file, overwrite: true);
            return report;
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    private static (int Tables, long Rows) WriteRows(
        ZipArchive archive, HawserStore store, string version, DateTime now, IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        var tables = Tables(store);
        using var source = store.Engine.OpenBackup();
        var manifest = new BackupManifest
        {
            Format = BackupManifest.CurrentFormat,
            Version = version,
            CreatedAt = now,
            Engine = EngineOf(store),
            Tables = tables.ToDictionary(
                t => t.Name, t => (IReadOnlyList<string>)[.. t.Columns.Select(c => c.Name)], StringComparer.Ordinal),
        };
        WriteJson(archive, BackupManifest.FileName, manifest, BackupJson.Default.BackupManifest);
        var total = tables.Sum(source.Count);
        var done = 0L;
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            var before = done;
            using var lines = archive.CreateEntry($"rows/{table.Name}.jsonl", CompressionLevel.Fastest).Open();
            using var json = new Utf8JsonWriter(lines, Compact);
            foreach (var row in source.Rows(table))
            {
                BackupRow.Write(json, table, row);
                json.Flush();
                lines.WriteByte((byte)'\n');
                json.Reset();
                if (++done % ProgressEvery != 0) continue;
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new BackupProgress(table.Name, done, total));
            }

            counts.Add(table.Name, done - before);
        }

        // Last, so that an archive that has it is complete.
        WriteJson(archive, BackupManifest.CountsName, counts, BackupJson.Default.IReadOnlyDictionaryStringInt64);
        return (tables.Count, done);
    }

    /// <summary>The tables of the model.</summary>
    internal static IReadOnlyList<BackupTable> Tables(HawserStore store)
    {
        using var db = store.CreateDb();
        return BackupTable.Of(db);
    }

    private static string EngineOf(HawserStore store) => store.Address.IsPostgres ? "postgres" : "sqlite";

    private static void WriteJson<T>(
        ZipArchive archive, string name, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        JsonSerializer.Serialize(entry, value, type);
    }
}
