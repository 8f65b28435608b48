using System.Xml.Linq;

namespace Hawser.Architecture.Tests;

/// <summary>The source tree as the rules see it: project files and C# files, generated ones left out.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Projects(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories).Order();

    public static IEnumerable<string> CodeFiles(params string[] folders) => folders
        .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*.cs", SearchOption.AllDirectories))
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
        .Order();

    public static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    public static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(project).Descendants(kind).Select(e => (string?)e.Attribute("Include")).OfType<string>();

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Hawser.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the folder of Hawser.slnx");
    }
}
