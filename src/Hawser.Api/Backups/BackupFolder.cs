using System.Globalization;
using System.Text.RegularExpressions;

namespace Hawser.Api.Backups;

/// <summary>Where backups that are made over HTTP lie: <c>backups</c> in the data folder, for its owner only.</summary>
internal sealed partial class BackupFolder(ApiParts parts)
{
    private const string Daily = "-daily";

    private string Folder => Path.Combine(parts.DataFolder, "backups");

    /// <summary>A name for a new one.</summary>
    public static string NameFor(DateTime now, bool recordings, bool isDaily = false) => string.Create(
        CultureInfo.InvariantCulture,
        $"hawser-{now:yyyyMMdd-HHmmss}{(recordings ? "-recordings" : "")}{(isDaily ? Daily : "")}.zip");

    /// <summary>Whether one was made by schedule, which is what deletes it again.</summary>
    public static bool IsDaily(string name) => name.EndsWith(Daily + ".zip", StringComparison.Ordinal);

    /// <summary>Makes the folder.</summary>
    public void Prepare()
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Folder);
        else
        {
            Directory.CreateDirectory(
                Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Where one lies.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>One that is there; null: there is none of this name.</summary>
    public FileInfo? Find(string name)
    {
        if (!NameForm().IsMatch(name)) return null;
        var file = new FileInfo(PathOf(name));
        return file.Exists ? file : null;
    }

    /// <summary>Those that are there, the last first.</summary>
    public List<FileInfo> List() => !Directory.Exists(Folder) ? []
        : [.. new DirectoryInfo(Folder).EnumerateFiles("hawser-*.zip").Where(f => NameForm().IsMatch(f.Name))
            .OrderByDescending(f => f.Name, StringComparer.Ordinal)];

    [GeneratedRegex(
        @"\Ahawser-[0-9]{8}-[0-9]{6}(-recordings)?(-daily)?\.zip\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NameForm();
}
