namespace Hawser.Session.Files;

/// <summary>Makes paths of names that came over the wire, and refuses those that lead elsewhere (§14.3).</summary>
internal static class FilePaths
{
    private const int LongestName = 4096;

    /// <summary>The place of a file of a transfer.</summary>
    /// <param name="target">The path of the transfer: a folder, or the file itself when the name is empty.</param>
    /// <param name="name">The file's relative name.</param>
    /// <param name="single">Whether the transfer has this file only.</param>
    /// <exception cref="FileRefusal">The name is not safe.</exception>
    public static string Resolve(string target, string name, bool single)
    {
        CheckTarget(target);
        if (name.Length == 0)
        {
            return single ? target : throw new FileRefusal("empty file name in multi-file transfer");
        }

        CheckName(name);
        var at = target;
        foreach (var part in name.Split('/'))
        {
            RefuseLink(at == target ? null : at);
            at = Path.Combine(at, part);
        }

        return at;
    }

    /// <summary>Checks a path as a whole.</summary>
    /// <exception cref="FileRefusal">It can't be one.</exception>
    public static void CheckTarget(string path)
    {
        if (path.Length is 0 or > LongestName || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileRefusal("invalid path");
        }
    }

    /// <summary>Checks a relative name.</summary>
    /// <exception cref="FileRefusal">It leads elsewhere.</exception>
    public static void CheckName(string name)
    {
        if (name.Length > LongestName || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new FileRefusal("invalid file name");
        }

        if (name[0] is '/' or '\\' || (name.Length > 1 && name[1] == ':' && char.IsAsciiLetter(name[0])))
        {
            throw new FileRefusal("absolute path detected in file name");
        }

        foreach (var part in name.Split('/', '\\'))
        {
            if (part is "..") throw new FileRefusal("path traversal detected in file name");
            if (part is "" or ".") throw new FileRefusal("invalid file name");
        }
    }

    private static void RefuseLink(string? folder)
    {
        if (folder is not null && new DirectoryInfo(folder).LinkTarget is not null)
        {
            throw new FileRefusal("symlink path component is not allowed");
        }
    }
}
