using Hawser.Data;
using Hawser.Data.Import;
using Hawser.Server.Keys;

namespace Hawser.Server.Hosting;

/// <summary>
/// Takes over what an hbbs left in another folder: its key and lists before the key is read, its database before ours
/// is
/// opened. A database in the data folder itself is taken over by the store when it makes its own.
/// </summary>
internal static class FirstStart
{
    private static readonly string[] Lists = ["blocklist.txt", "blacklist.txt"];

    /// <summary>Copies key files and lists from the folder of <c>--import-from</c>; never over existing ones.</summary>
    public static void CopyFiles(HawserOptions options, ILogger log)
    {
        if (SourceFolder(options) is not { } source || !Directory.Exists(source)) return;
        if (!File.Exists(Path.Combine(options.Data, KeyFiles.SecretName)) && KeyFiles.Read(source) is { } key)
        {
            KeyFiles.Write(options.Data, key);
            NodeLogLines.Copied(log, KeyFiles.SecretName, source);
        }

        foreach (var list in Lists)
        {
            var target = Path.Combine(options.Data, list);
            if (!File.Exists(Path.Combine(source, list)) || File.Exists(target)) continue;
            File.Copy(Path.Combine(source, list), target);
            NodeLogLines.Copied(log, list, source);
        }
    }

    /// <summary>Imports the database of <c>--import-from</c> when there is none of ours yet.</summary>
    public static async Task ImportAsync(
        HawserOptions options, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(options.Data, HawserStore.FileName))) return;
        if (Database(options) is null) return;
        var source = Path.GetFullPath(options.ImportFrom);
        var report = await HbbsImport.RunAsync(source, options.Data, overwrite: false, null, time, cancellationToken);
        NodeLogLines.Imported(log, report.Added, source, report.Skipped);
    }

    /// <summary>The database of <c>--import-from</c>; null when there is none, or it is in the data folder.</summary>
    public static string? Database(HawserOptions options)
    {
        if (SourceFolder(options) is null) return null;
        var source = Path.GetFullPath(options.ImportFrom);
        // DB_URL names where hbbs keeps its database; before its first start there is none, and that is no error.
        var database = Directory.Exists(source) ? Path.Combine(source, HbbsImport.DatabaseName) : source;
        return File.Exists(database) ? database : null;
    }

    /// <summary>The folder to import from; null when it is the data folder itself, or none.</summary>
    private static string? SourceFolder(HawserOptions options)
    {
        if (options.ImportFrom.Length == 0) return null;
        var path = Path.GetFullPath(options.ImportFrom);
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path);
        var own = string.Equals(folder, Path.GetFullPath(options.Data), StringComparison.Ordinal);
        return own && Path.GetFileName(path) is HbbsImport.DatabaseName or "" ? null : folder;
    }
}
