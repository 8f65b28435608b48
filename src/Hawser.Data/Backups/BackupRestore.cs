using System.IO.Compression;
using System.Text.Json;

namespace Hawser.Data.Backups;

/// <summary>Puts what <see cref="BackupArchive"/> wrote into a data folder and a database of either engine.</summary>
public static class BackupRestore
{
    private const int ProgressEvery = 5000;

    // So many kinds of rows make themselves at a start that an "empty" one is told by these.
    private static readonly string[] Telling = ["users", "devices", "address_books", "audit_connections"];

    /// <summary>Restores. The database is changed in one step or not at all; files come after it.</summary>
    /// <param name="store">The database, not open; its server must be stopped.</param>
    /// <param name="file">The archive.</param>
    /// <param name="force">Whether rows that are there may be thrown away.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was restored.</returns>
    /// <exception cref="BackupException">The file is no backup, or the target is not empty.</exception>
    /// <exception cref="StoreException">The database can't be written.</exception>
    public static Task<BackupReport> RunAsync(
        HawserStore store, string file, bool force, IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrEmpty(file);
        return Task.Run(() => RunAsync(), cancellationToken);

        async Task<BackupReport> RunAsync()
        {
            try
            {
                var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
                await using (stream.ConfigureAwait(false))
                {
                    using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
                    return await RestoreAsync(store, archive, force, progress, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is InvalidDataException or JsonException or FormatException)
            {
                throw new BackupException($"{file} is not a backup of Hawser, or it is damaged: {e.Message}", e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new BackupException($"{file} can't be restored: {e.Message}", e);
            }
        }
    }

    private static async Task<BackupReport> RestoreAsync(
        HawserStore store, ZipArchive archive, bool force, IProgress<BackupProgress>? progress,
        CancellationToken cancellationToken)
    {
        var manifest = Read(archive, BackupManifest.FileName, BackupJson.Default.BackupManifest);
        if (manifest.Format is < 1 or > BackupManifest.CurrentFormat)
        {
            throw new BackupException(
                $"The backup was made by Hawser {manifest.Version}, in a form that this version does not know.");
        }

        var counts = Read(archive, BackupManifest.CountsName, BackupJson.Default.IReadOnlyDictionaryStringInt64);
        var tables = BackupArchive.Tables(store);
        var unknown = manifest.Tables.Keys.Except(tables.Select(t => t.Name), StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new BackupException(
                $"The backup was made by a newer Hawser ({manifest.Version}): it has {string.Join(", ", unknown)}.");
        }

        if (!force && store.Engine.HasRows([.. tables.Where(t => Telling.Contains(t.Name, StringComparer.Ordinal))]))
        {
            throw new BackupException(
                $"The database {store.Place} is not empty. With --force everything in it is replaced by the backup.");
        }

        var total = counts.Values.Sum();
        var rows = new Lines(archive, manifest, counts, total, progress, cancellationToken);
        await store.Engine.RestoreAsync(tables, rows.Of, cancellationToken).ConfigureAwait(false);
        progress?.Report(new BackupProgress("files", total, total));
        var files = BackupFiles.Extract(archive, store.DataFolder);
        return new BackupReport(manifest.Tables.Count, rows.Done, files, manifest.CreatedAt, manifest.Engine);
    }

    private static T Read<T>(
        ZipArchive archive, string name, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"it has no {name}");
        using var stream = entry.Open();
        return JsonSerializer.Deserialize(stream, type) ?? throw new InvalidDataException($"{name} is empty");
    }

    /// <summary>The rows of each table, checked against what the archive says of itself.</summary>
    private sealed class Lines(
        ZipArchive archive, BackupManifest manifest, IReadOnlyDictionary<string, long> counts, long total,
        IProgress<BackupProgress>? progress, CancellationToken cancellationToken)
    {
        public long Done { get; private set; }

        public IEnumerable<object?[]> Of(BackupTable table)
        {
            // A table that the backup's version did not have stays empty.
            if (!manifest.Tables.TryGetValue(table.Name, out var there)) yield break;
            var places = table.Columns.Select(c => there.IndexOf(c.Name)).ToArray();
            var lost = there.Except(table.Columns.Select(c => c.Name), StringComparer.Ordinal).ToList();
            if (lost.Count > 0)
            {
                throw new BackupException(
                    $"The backup was made by another version of Hawser ({manifest.Version}): its table {table.Name} "
                    + $"has {string.Join(", ", lost)}.");
            }

            var name = $"rows/{table.Name}.jsonl";
            var entry = archive.GetEntry(name) ?? throw new InvalidDataException($"it has no {name}");
            using var reader = new StreamReader(entry.Open());
            var read = 0L;
            while (reader.ReadLine() is { } line)
            {
                yield return BackupRow.Read(line, table, places, manifest.CreatedAt);
                read++;
                if (++Done % ProgressEvery != 0) continue;
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new BackupProgress(table.Name, Done, total));
            }

            var said = counts.GetValueOrDefault(table.Name);
            if (read != said) throw new InvalidDataException($"rows of {name} are lost");
        }
    }

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
