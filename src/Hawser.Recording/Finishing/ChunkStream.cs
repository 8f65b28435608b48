using System.Buffers;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;

namespace Hawser.Recording.Finishing;

/// <summary>A chunk that belongs into the final file.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Seq">The client's own number.</param>
internal readonly record struct ChunkFacts(int Index, long Length, long? Seq);

/// <summary>
/// The chunks of a recording as one stream of bytes, cut where a new file begins inside it: a page was loaded again, or
/// a second recorder used the id (reference §3.4). Chunks are joined as bytes, because all but the first begin in the
/// middle of something.
/// </summary>
internal sealed class ChunkStream(
    IRecordingStorage storage, string recordId, IReadOnlyList<ChunkFacts> chunks, Action<long> progress)
{
    private const int Piece = 256 << 10;
    private const int LongestHead = 1 << 20;
    private int _next;

    /// <summary>Whether all chunks were read.</summary>
    public bool IsAtEnd => _next >= chunks.Count;

    /// <summary>Acknowledged chunks that are not there.</summary>
    public bool IsLacking { get; private set; }

    /// <summary>Looks at what the next run begins with, without moving on.</summary>
    /// <returns>A walk that knows the tracks; null: it begins with nothing that is known.</returns>
    public async Task<MediaWalk?> PeekAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            MediaWalk? walk = null;
            var (gathered, total) = (0, 0);
            for (var i = _next; i < chunks.Count && total < LongestHead; i++)
            {
                await using var stream = await storage.OpenChunkAsync(recordId, chunks[i].Index, cancellationToken);
                if (stream is null)
                {
                    IsLacking = true;
                    continue;
                }

                int read;
                var rest = buffer.AsMemory(0, Piece);
                while ((read = await stream.ReadAsync(rest[gathered..], cancellationToken)) > 0)
                {
                    total += read;
                    gathered += read;
                    if (walk is null && gathered < 64 && total < LongestHead) continue;
                    walk ??= MediaWalk.For(buffer.AsSpan(0, gathered));
                    if (walk is null) return null;
                    walk.Feed(buffer.AsSpan(0, gathered));
                    gathered = 0;
                    if (walk.HasBegun || total >= LongestHead) return walk;
                }
            }

            if (walk is null && gathered > 0 && (walk = MediaWalk.For(buffer.AsSpan(0, gathered))) is not null)
            {
                walk.Feed(buffer.AsSpan(0, gathered));
            }

            return walk;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Writes the next run, and walks over it.</summary>
    public async Task WriteRunAsync(Stream output, MediaWalk walk, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            var began = false;
            for (; _next < chunks.Count; _next++)
            {
                var chunk = chunks[_next];
                await using var stream = await storage.OpenChunkAsync(recordId, chunk.Index, cancellationToken);
                if (stream is null)
                {
                    IsLacking = true;
                    continue;
                }

                var read = await stream.ReadAtLeastAsync(
                    buffer.AsMemory(0, Piece), Piece, throwOnEndOfStream: false, cancellationToken);
                if (began && Container.BeginsAnew(buffer.AsSpan(0, read))) return;
                began |= read > 0;
                for (; read > 0; read = await stream.ReadAsync(buffer.AsMemory(0, Piece), cancellationToken))
                {
                    walk.Feed(buffer.AsSpan(0, read));
                    await output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                    progress(read);
                }

                walk.Boundary();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
