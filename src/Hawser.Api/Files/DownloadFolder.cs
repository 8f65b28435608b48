using System.Text.RegularExpressions;

namespace Hawser.Api.Files;

/// <summary>The folder whose files anybody may download: installers and updates, put there by administrators.</summary>
internal sealed partial class DownloadFolder(ApiParts parts, ApiOptions options)
{
    private readonly string _root = Path.GetFullPath(
        options.Downloads.Length > 0 ? options.Downloads : Path.Combine(parts.DataFolder, "downloads"));

    /// <summary>A file by its path; null when there is none, or when it is nobody's business.</summary>
    public FileInfo? Find(string path)
    {
        if (path.Length > 500) return null;
        var names = path.Split('/');
        // No empty, hidden or climbing names, and none that a program is still writing.
        if (!names.All(n => Name().IsMatch(n))) return null;
        if (path.EndsWith(".part", StringComparison.OrdinalIgnoreCase)) return null;
        var file = new FileInfo(Path.GetFullPath(Path.Combine([_root, .. names])));
        return file.Exists && file.FullName.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? file : null;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.,+@ ()-]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Name();
}
