using System.Buffers;

namespace Hawser.Recording.Media;

/// <summary>Walks over a file on this machine, leaving payload unread.</summary>
internal static class MediaFile
{
    private const int Piece = 128 << 10;
    private const int Head = 64;

    /// <summary>Walks; null: it is no container that is known.</summary>
    public static async Task<MediaWalk?> WalkAsync(string path, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var length = RandomAccess.GetLength(file);
            var head = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, Head), 0, cancellationToken);
            if (MediaWalk.For(buffer.AsSpan(0, head)) is not { } walk) return null;
            long at = 0;
            while (at < length)
            {
                var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, Piece), at, cancellationToken);
                if (read == 0) break;
                walk.Feed(buffer.AsSpan(0, read));
                at += read;
                var skip = Math.Min(walk.Skippable, length - at);
                if (skip <= 0) continue;
                walk.Skipped(skip);
                at += skip;
            }

            return walk;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Walks over a file wherever it is, and notes its pictures.</summary>
    public static async Task WalkAsync(Stream file, ActivityLine line, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            MediaWalk? walk = null;
            while (true)
            {
                var read = await file.ReadAtLeastAsync(
                    buffer.AsMemory(0, Piece), Piece, throwOnEndOfStream: false, cancellationToken);
                walk ??= MediaWalk.For(buffer.AsSpan(0, Math.Min(read, Head)));
                if (read == 0 || walk is null) return;
                walk.Line = line;
                walk.Feed(buffer.AsSpan(0, read));
                // Each jump is a request where the file is not on this machine.
                var skip = Math.Min(walk.Skippable, file.Length - file.Position);
                if (skip < Piece) continue;
                walk.Skipped(skip);
                file.Seek(skip, SeekOrigin.Current);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
