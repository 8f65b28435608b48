namespace Hawser.Recording.SocketIo;

/// <summary>The bytes of one attachment, in the blocks they came into; valid as long as their event is.</summary>
/// <param name="blocks">The blocks, in order.</param>
/// <param name="length">All bytes.</param>
internal sealed class SocketIoAttachment(IReadOnlyList<ReadOnlyMemory<byte>> blocks, long length)
{
    /// <summary>How many bytes.</summary>
    public long Length { get; } = length;

    /// <summary>The bytes in order, as one gathered write takes them; none for an empty attachment.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Blocks { get; } = blocks;

    /// <summary>A copy in one piece.</summary>
    /// <returns>The bytes.</returns>
    public byte[] ToArray()
    {
        var copy = GC.AllocateUninitializedArray<byte>(checked((int)Length));
        var at = 0;
        foreach (var block in Blocks)
        {
            block.Span.CopyTo(copy.AsSpan(at));
            at += block.Length;
        }

        return copy;
    }
}
