using System.IO.Compression;

namespace Hawser.Data.Backups;

/// <summary>The files of the data folder that belong into a backup: keys, lists, avatars, options.</summary>
internal static class BackupFiles
{
    internal const string Prefix = "files/";

    private const string Recordings = "recordings";

    // Those made over HTTP: a backup of backups would grow for ever.
    private const string Backups = "backups";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // What is made again, what is in the rows, and what belongs to the program that runs.
    private static readonly string[] Left =
        ["hawser.lock", ".writable", "db_v2.sqlite3", "db_v2.sqlite3-wal", "db_v2.sqlite3-shm"];

    /// <summary>Adds the files to an archive.</summary>
    /// <returns>How many.</returns>
    internal static int Add(ZipArchive archive, string folder, bool withRecordings, string except)
    {
        var files = 0;
        foreach (var file in Find(folder, withRecordings, except))
        {
            try
            {
                using var source = new FileStream(
                    file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
                // Recordings are compressed already.
                var level = IsRecording(folder, file) ? CompressionLevel.NoCompression : CompressionLevel.Fastest;
                using var target = archive.CreateEntry(Prefix + name, level).Open();
                source.CopyTo(target);
                files++;
            }
            catch (FileNotFoundException)
            {
                // A temporary file of the server that runs.
            }
        }

        return files;
    }

    /// <summary>Puts an archive's files into the data folder, readable for its owner only.</summary>
    /// <returns>How many.</returns>
    internal static int Extract(ZipArchive archive, string folder)
    {
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var files = 0;
        foreach (var entry in archive.Entries)
        {
            if (!entry.FullName.StartsWith(Prefix, StringComparison.Ordinal) || entry.Name.Length == 0) continue;
            var path = Path.GetFullPath(Path.Combine(folder, entry.FullName[Prefix.Length..]));
            if (!path.StartsWith(root, StringComparison.Ordinal) || IsLeft(folder, path))
            {
                throw new BackupException($"The backup names the file {entry.FullName}, which does not belong there.");
            }

            Sqlite.SchemaGate.CreateFolder(Path.GetDirectoryName(path)!);
            File.Delete(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using var source = entry.Open();
            using var target = new FileStream(path, options);
            source.CopyTo(target);
            files++;
        }

        return files;
    }

    private static IEnumerable<string> Find(string folder, bool withRecordings, string except)
    {
        if (!Directory.Exists(folder)) return [];
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint,
        };
        return Directory.EnumerateFiles(folder, "*", options)
            .Where(f => !IsLeft(folder, f) && (withRecordings || !IsRecording(folder, f)))
            .Where(f => !string.Equals(Path.GetFullPath(f), Path.GetFullPath(except), StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
    }

    private static bool IsLeft(string folder, string file)
    {
        var name = Path.GetRelativePath(folder, file);
        return Left.Contains(name, StringComparer.Ordinal)
            || name.StartsWith(HawserStore.FileName, StringComparison.Ordinal)
            || name.StartsWith(Backups + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || name.EndsWith(".sock", StringComparison.Ordinal)
            || name.EndsWith(".part", StringComparison.Ordinal);
    }

    private static bool IsRecording(string folder, string file) => Path.GetRelativePath(folder, file)
        .StartsWith(Recordings + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
