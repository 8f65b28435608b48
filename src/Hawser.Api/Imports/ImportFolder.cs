using System.Globalization;
using System.Text.RegularExpressions;
using Hawser.Data.Import;

namespace Hawser.Api.Imports;

/// <summary>
/// Where files of other servers lie: <c>import</c> in the data folder, for its owner only. Whoever runs the server may
/// put folders there; what browsers send lies in it for a day at most. No other place of the machine can be named.
/// </summary>
internal sealed partial class ImportFolder
{
    /// <summary>The secret key of an hbbs.</summary>
    internal const string KeyName = "id_ed25519";

    /// <summary>What was read of a Pro server; no browser sends it.</summary>
    internal const string Reading = "pro_server.json";

    private const string Uploads = ".uploads";
    private const int MostUploads = 4;
    private const int MostFolders = 50;
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    // With what was written and not yet taken into the database.
    private static readonly Dictionary<string, long> Known = new(StringComparer.Ordinal)
    {
        [HbbsImport.DatabaseName] = 512L << 20,
        [HbbsImport.DatabaseName + "-wal"] = 512L << 20,
        [RustDeskApiImport.DatabaseName] = 512L << 20,
        [RustDeskApiImport.DatabaseName + "-wal"] = 512L << 20,
        [KeyName] = 1024,
    };

    private readonly TimeProvider _time;
    private int _ticks;

    public ImportFolder(ApiParts parts, TimeProvider time)
    {
        Root = Path.Combine(parts.DataFolder, "import");
        _time = time;
        parts.Heartbeat.Add(() =>
        {
            if (_ticks++ % 3600 == 0) Sweep(KeptFor);
        });
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>How large a file of a name may be; null: it is none of those that are wanted.</summary>
    public static long? MostOf(string name) => Known.TryGetValue(name, out var most) ? most : null;

    /// <summary>Folders with something in them; links lead elsewhere and are not followed.</summary>
    public IReadOnlyList<ImportPlace> Places()
    {
        Prepare(Root);
        var folders = new DirectoryInfo(Root).EnumerateDirectories().Where(IsPlain).Take(MostFolders)
            .OrderBy(d => d.Name, StringComparer.Ordinal).Prepend(new DirectoryInfo(Root));
        return [.. folders
            .Select(d => new ImportPlace(
                d.FullName == Path.GetFullPath(Root) ? "." : d.Name,
                [.. Known.Keys.Where(name => FileIn(d.FullName, name) is not null)]))
            .Where(p => p.Files.Count > 0)];
    }

    /// <summary>A file of a source; null: there is none.</summary>
    /// <param name="source">As <see cref="SourceOf"/> named it.</param>
    /// <param name="name">Which file.</param>
    public string? Find(string source, string name)
    {
        var folder = source.StartsWith("upload ", StringComparison.Ordinal)
            ? Path.Combine(Root, Uploads, source["upload ".Length..])
            : Path.Combine(Root, source["folder ".Length..]);
        // The list does not show what is a link; who names it anyway is not led elsewhere either.
        var place = new DirectoryInfo(folder);
        return place.Exists && IsPlain(place) ? FileIn(folder, name) : null;
    }

    /// <summary>Names a source; null: what was asked for is none.</summary>
    public static string? SourceOf(string? folder, string? upload)
    {
        if (Guid.TryParseExact(upload, "N", out var guid)) return "upload " + guid.ToString("N");
        if (!string.IsNullOrEmpty(upload) || folder is null) return null;
        return folder == "." ? "folder ." : NameForm().IsMatch(folder) ? "folder " + folder : null;
    }

    /// <summary>What tells whether the files of a source are still the same.</summary>
    public string StampOf(string source) => string.Join(' ', Known.Keys.Append(Reading)
        .Select(name => Find(source, name)).OfType<string>().Select(path => new FileInfo(path))
        .Select(f => string.Create(
            CultureInfo.InvariantCulture, $"{f.Name}:{f.Length}:{f.LastWriteTimeUtc.Ticks}")));

    /// <summary>A folder for an upload; those that are too many or too old go.</summary>
    public (string Upload, string Folder) Receive(string? upload)
    {
        var root = Path.Combine(Root, Uploads);
        if (Guid.TryParseExact(upload, "N", out var known) && Directory.Exists(Path.Combine(root, known.ToString("N"))))
        {
            return (known.ToString("N"), Path.Combine(root, known.ToString("N")));
        }

        Sweep(KeptFor);
        Prepare(Root);
        Prepare(root);
        foreach (var old in new DirectoryInfo(root).EnumerateDirectories()
            .OrderByDescending(d => d.CreationTimeUtc).Skip(MostUploads - 1).ToList()) Remove(old);
        var name = Guid.NewGuid().ToString("N");
        var folder = Path.Combine(root, name);
        Prepare(folder);
        return (name, folder);
    }

    /// <summary>Keeps what was read of another server, readable for this one only.</summary>
    public async Task KeepAsync(string source, ForeignServer server, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(Root, Uploads, source["upload ".Length..], Reading);
        await using var file = new FileStream(path, options);
        await server.WriteAsync(file, cancellationToken);
    }

    /// <summary>Removes what was sent; folders of the operator stay.</summary>
    public void Forget(string source)
    {
        if (!source.StartsWith("upload ", StringComparison.Ordinal)) return;
        Remove(new DirectoryInfo(Path.Combine(Root, Uploads, source["upload ".Length..])));
    }

    private void Sweep(TimeSpan age)
    {
        var root = new DirectoryInfo(Path.Combine(Root, Uploads));
        if (!root.Exists) return;
        var before = _time.GetUtcNow().UtcDateTime - age;
        foreach (var old in root.EnumerateDirectories().Where(d => d.CreationTimeUtc < before).ToList()) Remove(old);
    }

    private static void Remove(DirectoryInfo folder)
    {
        try
        {
            folder.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or the next time tries again.
        }
    }

    private static string? FileIn(string folder, string name)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        return file.Exists && IsPlain(file) ? file.FullName : null;
    }

    private static bool IsPlain(FileSystemInfo entry) => entry.LinkTarget is null && entry.Name != Uploads;

    private static void Prepare(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NameForm();
}
