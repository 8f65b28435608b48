namespace Hawser.TestRig;

/// <summary>Files of the source tree.</summary>
public static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file.</summary>
    /// <param name="path">Relative to the root.</param>
    /// <returns>The full path.</returns>
    public static string File(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !System.IO.File.Exists(Path.Combine(at.FullName, "Hawser.slnx"))) at = at.Parent;
        return at?.FullName ?? throw new DirectoryNotFoundException("the folder of Hawser.slnx");
    }
}
