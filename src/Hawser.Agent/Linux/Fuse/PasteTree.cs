using System.Text;
using Hawser.Protocol.Messages;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>A file or folder of a paste; its number is its place in the tree, counted from 1 for the root.</summary>
internal sealed class PasteNode(ulong number, string name, int file, long size, ulong modified)
{
    public ulong Number => number;

    public string Name => name;

    /// <summary>Its index at the controller; below 0 for a folder.</summary>
    public int File => file;

    public bool IsFolder => file < 0;

    public long Size => size;

    /// <summary>Seconds since 1970.</summary>
    public ulong Modified => modified;

    public List<PasteNode> Children { get; } = [];

    public Dictionary<string, PasteNode> ByName { get; } = new(StringComparer.Ordinal);

    public PasteNode? Parent { get; init; }
}

/// <summary>
/// The list of a controller's copied files as a tree of folders. The list was checked for names that lead elsewhere;
/// here it is made harmless to look at, and fit for a file system.
/// </summary>
internal sealed class PasteTree
{
    public const int Deepest = 64;
    public const int LongestName = 255;
    public const int MostNodes = 40_000;
    private readonly List<PasteNode> _nodes = [];

    private PasteTree() => _nodes.Add(new PasteNode(1, "", -1, 0, 0));

    public PasteNode Root => _nodes[0];

    public int Count => _nodes.Count;

    public long Bytes { get; private set; }

    /// <summary>Files and folders that have no place here: too deep, too long a name, or one that is taken.</summary>
    public int LeftOut { get; private set; }

    public static PasteTree Of(IReadOnlyList<FileEntry> entries)
    {
        var tree = new PasteTree();
        for (var i = 0; i < entries.Count; i++)
        {
            if (!tree.TryAdd(entries[i], i)) tree.LeftOut++;
        }

        return tree;
    }

    public PasteNode? Find(ulong number) =>
        number > 0 && number <= (ulong)_nodes.Count ? _nodes[(int)number - 1] : null;

    /// <summary>A name without what would play tricks on a terminal, or on whoever reads it.</summary>
    public static string Clean(string name) => string.Concat(name.EnumerateRunes().Select(r =>
        Rune.IsControl(r) || r.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F
            ? "_" : r.ToString()));

    private bool TryAdd(FileEntry entry, int index)
    {
        var parts = entry.Name.Split('/');
        if (parts.Length > Deepest) return false;
        var at = Root;
        for (var i = 0; i < parts.Length; i++)
        {
            var name = Clean(parts[i]);
            if (Encoding.UTF8.GetByteCount(name) > LongestName || name is "" or "." or "..") return false;
            var last = i == parts.Length - 1;
            if (at.ByName.TryGetValue(name, out var there))
            {
                // A folder may be named more than once; nothing takes a file's place.
                if (!there.IsFolder || (last && entry.EntryType != FileType.Dir)) return false;
                at = there;
                continue;
            }

            if (_nodes.Count >= MostNodes) return false;
            at = Add(at, name, last ? entry : null, index);
        }

        return true;
    }

    // A folder that the list leaves out is made all the same.
    private PasteNode Add(PasteNode parent, string name, FileEntry? entry, int index)
    {
        var isFile = entry is { EntryType: FileType.File };
        var size = isFile ? (long)entry!.Size : 0;
        var node = new PasteNode(
            (ulong)_nodes.Count + 1, name, isFile ? index : -1, size, entry?.ModifiedTime ?? 0) { Parent = parent };
        _nodes.Add(node);
        parent.Children.Add(node);
        parent.ByName[name] = node;
        Bytes += size;
        return node;
    }
}
