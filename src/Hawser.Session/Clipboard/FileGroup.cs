using System.Buffers.Binary;
using System.Text;
using Hawser.Protocol.Messages;
using Hawser.Session.Files;

namespace Hawser.Session.Clipboard;

/// <summary>The list of copied files as it crosses the wire: a count, and 592 bytes for each (§12.3).</summary>
internal static class FileGroup
{
    /// <summary>Bytes of one entry.</summary>
    public const int EntrySize = 592;

    /// <summary>The most that one copy may hold.</summary>
    public const int MostFiles = 20_000;

    private const uint AttributesAreValid = 0x04;
    private const uint ModeIsValid = 0x08;
    private const uint TimeIsValid = 0x20;
    private const uint SizeIsValid = 0x40;
    private const uint ShowsProgress = 0x4000;
    private const uint IsFolder = 0x10;
    private const uint IsPlain = 0x80;
    private const int AttributesAt = 36;
    private const int ModeAt = 52;
    private const int TimeAt = 56;
    private const int SizeAt = 64;
    private const int NameAt = 72;
    private const int LongestName = 259;

    // Seconds between 1601 and 1970; times count in tenths of microseconds.
    private const long Epoch = 11_644_473_600;
    private const long PerSecond = 10_000_000;

    /// <summary>Whether a relative name fits an entry.</summary>
    public static bool Fits(string name) => name.Length is > 0 and <= LongestName;

    /// <summary>Writes a list.</summary>
    public static byte[] Write(IReadOnlyList<FileEntry> files)
    {
        var bytes = new byte[4 + (files.Count * EntrySize)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)files.Count);
        for (var i = 0; i < files.Count; i++) Write(bytes.AsSpan(4 + (i * EntrySize), EntrySize), files[i]);
        return bytes;
    }

    /// <summary>Reads a list; its names have '/' between their parts, and lead nowhere else.</summary>
    /// <exception cref="FileRefusal">It is none, or a name is not safe.</exception>
    public static List<FileEntry> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4) throw new FileRefusal("no list of files");
        var count = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (count > MostFiles) throw new FileRefusal($"more than {MostFiles} files were copied");
        if (bytes.Length != 4 + (count * EntrySize)) throw new FileRefusal("no list of files");
        var files = new List<FileEntry>((int)count);
        for (var i = 0; i < count; i++) files.Add(Read1(bytes.Slice(4 + (i * EntrySize), EntrySize)));
        return files;
    }

    private static void Write(Span<byte> entry, FileEntry file)
    {
        var folder = file.EntryType == FileType.Dir;
        BinaryPrimitives.WriteUInt32LittleEndian(
            entry, AttributesAreValid | ModeIsValid | TimeIsValid | SizeIsValid | ShowsProgress);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[AttributesAt..], folder ? IsFolder : IsPlain);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[ModeAt..], folder ? 0x1EDu : 0x1A4u);
        var time = ((long)Math.Min(file.ModifiedTime, uint.MaxValue) + Epoch) * PerSecond;
        BinaryPrimitives.WriteInt64LittleEndian(entry[TimeAt..], time);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[SizeAt..], (uint)(file.Size >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[(SizeAt + 4)..], (uint)file.Size);
        Encoding.Unicode.GetBytes(file.Name, entry[NameAt..]);
    }

    private static FileEntry Read1(ReadOnlySpan<byte> entry)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        var attributes = BinaryPrimitives.ReadUInt32LittleEndian(entry[AttributesAt..]);
        var folder = (flags & AttributesAreValid) != 0 && (attributes & IsFolder) != 0;
        var time = (BinaryPrimitives.ReadInt64LittleEndian(entry[TimeAt..]) / PerSecond) - Epoch;
        var name = Encoding.Unicode.GetString(entry[NameAt..]);
        var end = name.IndexOf('\0', StringComparison.Ordinal);
        name = (end < 0 ? name : name[..end]).Replace('\\', '/');
        if (name.Length == 0) throw new FileRefusal("invalid file name");
        FilePaths.CheckName(name);
        var high = BinaryPrimitives.ReadUInt32LittleEndian(entry[SizeAt..]);
        var low = BinaryPrimitives.ReadUInt32LittleEndian(entry[(SizeAt + 4)..]);
        return new FileEntry
        {
            Name = name,
            EntryType = folder ? FileType.Dir : FileType.File,
            Size = folder ? 0 : ((ulong)high << 32) | low,
            ModifiedTime = (flags & TimeIsValid) != 0 && time > 0 ? (ulong)time : 0,
        };
    }
}
