using System.Buffers.Binary;

namespace Hawser.Agent.Linux.Fuse;

/// <summary>What the kernel asks of a file system; the numbers are the kernel's (linux/fuse.h, protocol 7).</summary>
internal enum FuseCall : uint
{
    Lookup = 1,
    Forget = 2,
    GetAttributes = 3,
    SetAttributes = 4,
    Open = 14,
    Read = 15,
    StatFs = 17,
    Release = 18,
    Flush = 25,
    Init = 26,
    OpenFolder = 27,
    ReadFolder = 28,
    ReleaseFolder = 29,
    Interrupt = 36,
    Destroy = 38,
    BatchForget = 42,
}

/// <summary>A question of the kernel: 40 bytes, and what belongs to the call.</summary>
internal readonly ref struct FuseQuestion(ReadOnlySpan<byte> bytes)
{
    public const int HeaderSize = 40;

    public FuseCall Call { get; } = (FuseCall)BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);

    public ulong Unique { get; } = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);

    public ulong Node { get; } = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);

    public ReadOnlySpan<byte> Body { get; } = bytes[HeaderSize..];

    public uint Number(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Body[at..]);

    public ulong Long(int at) => BinaryPrimitives.ReadUInt64LittleEndian(Body[at..]);
}

/// <summary>The answers' bytes.</summary>
/// <param name="owner">Whose the files are shown to be.</param>
internal sealed class FuseWire(uint owner)
{
    public const int NotThere = 2;
    public const int Interrupted = 4;
    public const int Broken = 5;
    public const int NotAFolder = 20;
    public const int AFolder = 21;
    public const int ReadOnly = 30;
    public const int NotKnown = 38;
    public const int AnswerHeader = 16;
    public const int LargestRead = 1024 * 1024;

    private const uint Major = 7;
    private const uint Minor = 31;
    private const uint OldestMinor = 23;
    private const uint ReadsTogether = 1;
    private const uint LooksTogether = 1 << 18;
    private const uint KnowsPages = 1 << 22;
    private const int PageSize = 4096;
    private const int MostBackground = 16;
    private const ulong Long = 3600;
    private const uint FolderMode = 0x41C0;
    private const uint FileMode = 0x8180;
    private const uint KeepsPages = 2;
    private const int Block = 512;

    /// <summary>The answer to the first question; null for a kernel that is too old.</summary>
    public static byte[]? Init(FuseQuestion question)
    {
        if (question.Number(0) != Major || question.Number(4) < OldestMinor) return null;
        var answer = new byte[64];
        var to = answer.AsSpan();
        Put(to, 0, Major);
        Put(to, 4, Math.Min(Minor, question.Number(4)));
        Put(to, 8, question.Number(8));
        Put(to, 12, question.Number(12) & (ReadsTogether | LooksTogether | KnowsPages));
        BinaryPrimitives.WriteUInt16LittleEndian(to[16..], MostBackground);
        BinaryPrimitives.WriteUInt16LittleEndian(to[18..], MostBackground * 3 / 4);
        Put(to, 20, PageSize);
        Put(to, 24, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(to[28..], LargestRead / PageSize);
        return answer;
    }

    public byte[] Entry(PasteNode node)
    {
        var answer = new byte[128];
        Put(answer, 0, node.Number);
        Put(answer, 16, Long);
        Put(answer, 24, Long);
        Attributes(answer.AsSpan(40), node);
        return answer;
    }

    public byte[] Attributes(PasteNode node)
    {
        var answer = new byte[104];
        Put(answer, 0, Long);
        Attributes(answer.AsSpan(16), node);
        return answer;
    }

    /// <summary>A file's bytes don't change while it is offered, so the kernel may keep them.</summary>
    public static byte[] Opened()
    {
        var answer = new byte[16];
        Put(answer, 8, KeepsPages);
        return answer;
    }

    public static byte[] Facts(PasteTree tree)
    {
        var answer = new byte[80];
        Put(answer, 0, (ulong)(tree.Bytes + Block - 1) / Block);
        Put(answer, 24, (ulong)tree.Count);
        Put(answer, 40, (uint)Block);
        Put(answer, 44, (uint)PasteTree.LongestName);
        Put(answer, 48, (uint)Block);
        return answer;
    }

    /// <summary>What is in a folder, from a place on, as much as there is room for.</summary>
    public static byte[] Listing(PasteNode folder, ulong from, int room)
    {
        using var answer = new MemoryStream();
        Span<byte> head = stackalloc byte[24];
        ReadOnlySpan<byte> padding = stackalloc byte[7];
        for (var i = (int)Math.Min(from, int.MaxValue - 2); i < folder.Children.Count + 2; i++)
        {
            var node = i == 0 ? folder : i == 1 ? folder.Parent ?? folder : folder.Children[i - 2];
            var name = System.Text.Encoding.UTF8.GetBytes(i == 0 ? "." : i == 1 ? ".." : node.Name);
            var size = (head.Length + name.Length + 7) / 8 * 8;
            if (answer.Length + size > room) break;
            Put(head, 0, node.Number);
            Put(head, 8, (ulong)i + 1);
            Put(head, 16, (uint)name.Length);
            Put(head, 20, (node.IsFolder ? FolderMode : FileMode) >> 12);
            answer.Write(head);
            answer.Write(name);
            answer.Write(padding[..(size - head.Length - name.Length)]);
        }

        return answer.ToArray();
    }

    // For its owner only, and writable in appearance: copies of it take that over.
    private void Attributes(Span<byte> to, PasteNode node)
    {
        Put(to, 0, node.Number);
        Put(to, 8, (ulong)node.Size);
        Put(to, 16, (ulong)(node.Size + Block - 1) / Block);
        for (var time = 24; time <= 40; time += 8) Put(to, time, node.Modified);
        Put(to, 60, node.IsFolder ? FolderMode : FileMode);
        Put(to, 64, 1u);
        Put(to, 68, owner);
        Put(to, 72, owner);
        Put(to, 80, (uint)PageSize);
    }

    private static void Put(Span<byte> to, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(to[at..], value);

    private static void Put(Span<byte> to, int at, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(to[at..], value);
}
