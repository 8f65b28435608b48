using Hawser.Protocol.Messages;
using Hawser.Session.Files.Linux;

namespace Hawser.Session.Files;

/// <summary>Lists folders for the other end (§14.1). Links are shown, and never followed.</summary>
internal static class FileListing
{
    /// <summary>The most entries of one answer: more would not fit a frame.</summary>
    public const int MostFiles = 200_000;

    private const int Deepest = 64;

    private static readonly EnumerationOptions Everything = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = true,
        RecurseSubdirectories = false,
    };

    /// <summary>One folder; null when it can't be read.</summary>
    public static FileDirectory? Read(string path, bool hidden)
    {
        try
        {
            FilePaths.CheckTarget(path);
            var answer = new FileDirectory { Path = path };
            foreach (var info in new DirectoryInfo(path).EnumerateFileSystemInfos("*", Everything))
            {
                if (Describe(info, info.Name, hidden) is { } entry) answer.Entries.Add(entry);
                if (answer.Entries.Count >= MostFiles) break;
            }

            return answer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.SecurityException)
        {
            return null;
        }
    }

    /// <summary>All regular files below a path; the path itself with an empty name when it is one.</summary>
    /// <exception cref="FileRefusal">It is neither, or there are too many.</exception>
    public static List<FileEntry> Recursive(string path, bool hidden, int most)
    {
        FilePaths.CheckTarget(path);
        if (UnixFiles.IsRegular(path)) return [Describe(new FileInfo(path), "", hidden: true)!];
        if (!Directory.Exists(path)) throw new FileRefusal("no such file or folder, or not a regular one");
        var found = new List<FileEntry>();
        Walk(new DirectoryInfo(path), "", hidden, 0, entry =>
        {
            if (entry.EntryType == FileType.File) found.Add(entry);
            if (found.Count > most)
            {
                throw new FileRefusal($"file transfer rejected: too many files (more than {most})");
            }
        });
        return found;
    }

    /// <summary>Everything below a folder, hidden or not, each folder before what is in it.</summary>
    /// <exception cref="FileRefusal">The folders are too deep.</exception>
    public static void Tree(string path, Action<FileEntry> found) =>
        Walk(new DirectoryInfo(path), "", hidden: true, 0, found);

    /// <summary>All folders below a path that hold nothing.</summary>
    public static IEnumerable<FileDirectory> Empty(string path, bool hidden)
    {
        FilePaths.CheckTarget(path);
        var pending = new Stack<(string Path, int Depth)>([(path, 0)]);
        var found = 0;
        while (pending.TryPop(out var at) && found < MostFiles)
        {
            var children = new DirectoryInfo(at.Path).EnumerateFileSystemInfos("*", Everything).ToArray();
            if (children.Length == 0 && at.Depth > 0)
            {
                found++;
                yield return new FileDirectory { Path = at.Path };
            }

            if (at.Depth >= Deepest) continue;
            foreach (var child in children.OfType<DirectoryInfo>())
            {
                if (child.LinkTarget is null && (hidden || child.Name[0] != '.'))
                {
                    pending.Push((child.FullName, at.Depth + 1));
                }
            }
        }
    }

    private static void Walk(DirectoryInfo folder, string prefix, bool hidden, int depth, Action<FileEntry> found)
    {
        if (depth > Deepest) throw new FileRefusal("file transfer rejected: folders too deep");
        var all = folder.EnumerateFileSystemInfos("*", Everything);
        foreach (var info in all.OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            if (Describe(info, prefix + info.Name, hidden) is not { } entry) continue;
            found(entry);
            if (entry.EntryType == FileType.Dir)
            {
                Walk((DirectoryInfo)info, prefix + info.Name + "/", hidden, depth + 1, found);
            }
        }
    }

    private static FileEntry? Describe(FileSystemInfo info, string name, bool hidden)
    {
        var isHidden = info.Name.StartsWith('.');
        if (isHidden && !hidden) return null;
        var entry = new FileEntry { Name = name, IsHidden = isHidden, ModifiedTime = Seconds(info.LastWriteTimeUtc) };
        if (info.LinkTarget is not null)
        {
            entry.EntryType = info.Attributes.HasFlag(FileAttributes.Directory) ? FileType.DirLink : FileType.FileLink;
        }
        else if (info is DirectoryInfo)
        {
            entry.EntryType = FileType.Dir;
        }
        else if (UnixFiles.IsRegular(info.FullName))
        {
            entry.EntryType = FileType.File;
            entry.Size = (ulong)((FileInfo)info).Length;
        }
        else
        {
            return null;
        }

        return entry;
    }

    internal static ulong Seconds(DateTime time) =>
        (ulong)Math.Max(0, new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeSeconds());
}
