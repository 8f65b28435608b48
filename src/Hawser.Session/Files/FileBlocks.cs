using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Microsoft.Win32.SafeHandles;

namespace Hawser.Session.Files;

/// <summary>Sends a file in blocks (§14.2): a few are under way at a time, so memory stays bounded.</summary>
internal static class FileBlocks
{
    /// <summary>Plain bytes of a block.</summary>
    public const int Size = 128 * 1024;

    private const int UnderWay = 4;
    private static readonly string[] Packed = ["xz", "gz", "zip", "7z", "rar", "bz2", "tgz", "png", "jpg"];

    /// <summary>Whether a file of this name is worth packing.</summary>
    public static bool MayShrink(string name) =>
        !Packed.Contains(Path.GetExtension(name).TrimStart('.'), StringComparer.Ordinal);

    /// <summary>Sends a file from a byte on, and the empty block behind it.</summary>
    public static async Task SendAsync(
        SendLanes lanes, FileTransferBlock head, SafeFileHandle file, long offset, bool shrink, Action<long>? progress,
        CancellationToken cancellation)
    {
        var buffers = new byte[UnderWay][];
        var sending = new Task?[UnderWay];
        try
        {
            for (var i = 0; ; i = (i + 1) % UnderWay)
            {
                if (sending[i] is { } before) await before;
                var buffer = buffers[i] ??= new byte[Size];
                var count = await ReadAsync(file, buffer, offset, cancellation);
                if (count == 0) break;
                offset += count;
                // Data that did not shrink at its start is not tried again: it costs more than it saves.
                var plain = buffer.AsMemory(0, count);
                byte[] packed = [];
                shrink = shrink && Zstd.TryShrink(plain.Span, out packed);
                var block = new FileTransferBlock
                {
                    Id = head.Id,
                    FileNum = head.FileNum,
                    Compressed = shrink,
                    Data = UnsafeByteOperations.UnsafeWrap(shrink ? packed : plain),
                };
                sending[i] = lanes.SendAsync(SendLane.Video, Wrap(block), cancellation);
                progress?.Invoke(offset);
            }
        }
        finally
        {
            // Not before the buffers are free again, whatever happened.
            foreach (var task in sending)
            {
                if (task is not null) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        foreach (var task in sending)
        {
            if (task is not null) await task;
        }

        await lanes.SendAsync(SendLane.Video, Wrap(head), cancellation);
    }

    private static Message Wrap(FileTransferBlock block) => new() { FileResponse = new FileResponse { Block = block } };

    private static async ValueTask<int> ReadAsync(
        SafeFileHandle file, byte[] buffer, long offset, CancellationToken cancellation)
    {
        var count = 0;
        while (count < buffer.Length)
        {
            var got = await RandomAccess.ReadAsync(file, buffer.AsMemory(count), offset + count, cancellation);
            if (got == 0) break;
            count += got;
        }

        return count;
    }
}
