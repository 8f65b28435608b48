using System.Buffers;
using Hawser.Recording.SocketIo;

namespace Hawser.Recording.Sockets;

/// <summary>An attachment's blocks as one sequence, without copying them.</summary>
internal static class ChunkSequence
{
    public static ReadOnlySequence<byte> ToSequence(this SocketIoAttachment attachment)
    {
        Segment? first = null, last = null;
        foreach (var block in attachment.Blocks)
        {
            if (block.IsEmpty) continue;
            last = new Segment(block, last);
            first ??= last;
        }

        return first is null ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
