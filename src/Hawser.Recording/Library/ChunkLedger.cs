using Hawser.Data;
using Hawser.Data.Recordings;

namespace Hawser.Recording.Library;

/// <summary>
/// Writes the rows of chunks: what came from all recordings meanwhile goes into one transaction, so that a database
/// keeps up with hundreds of recorders. The condition on the recording's row is what keeps late chunks out, on
/// whichever node they arrive.
/// </summary>
internal sealed class ChunkLedger(HawserStore store, TimeProvider time, bool flush) : IAsyncDisposable
{
    private readonly Batcher<RecordingChunk, ChunkOutcome> _writing = new(chunks =>
        store.Chunks.AddAsync(chunks, time.GetUtcNow().UtcDateTime, flush, CancellationToken.None));

    /// <summary>Adds a chunk; cannot be given up, because the file is there already.</summary>
    public Task<ChunkOutcome> AddAsync(RecordingChunk chunk) => _writing.AskAsync(chunk, CancellationToken.None);

    public ValueTask DisposeAsync() => _writing.DisposeAsync();
}
