using System.Buffers;

namespace Hawser.Recording.Library;

/// <summary>
/// Recordings as those see them who make, watch and manage them: whatever door bytes come through, whichever node they
/// come to. State belongs to the recording's id and never to a connection (reference §1.4–1.9).
/// </summary>
internal sealed partial class Recordings
{
    /// <summary>Begins a recording, or goes on with it; nothing is ever reset (reference §1.5).</summary>
    public Task<StartAnswer> StartAsync(RecordCaller caller, string? recordId, CancellationToken cancellationToken) =>
        Task.FromResult(new StartAnswer(RecordCode.StorageError));

    /// <summary>
    /// Stores a chunk; done means durable. Calls for one recording are carried out one after the other in the order
    /// they were made in; the bytes are read before the task ends and may be given back then.
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="chunk">The bytes; may be none.</param>
    /// <param name="seq">The client's own number.</param>
    /// <param name="checksum">SHA-256 in lower-case hex.</param>
    /// <param name="cancellationToken">Gives up as long as nothing is stored.</param>
    public Task<AppendAnswer> AppendAsync(
        RecordCaller caller, string? recordId, ReadOnlySequence<byte> chunk, long? seq, string? checksum,
        CancellationToken cancellationToken) => Task.FromResult(new AppendAnswer(RecordCode.StorageError));

    /// <summary>
    /// A chunk's header has arrived and its bytes follow: as long as this is held, a stopped recording is not closed.
    /// To be disposed after <see cref="AppendAsync"/> was called, or when the bytes do not come.
    /// </summary>
    public IDisposable Arriving(RecordCaller caller, string? recordId) => Nothing.Instance;

    /// <summary>
    /// A connection uses a recording: as long as this is held, silence does not end it (reference §1.8).
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="ended">Called when it becomes ready or fails, on whichever node; must not block.</param>
    public IDisposable Attend(RecordCaller caller, string? recordId, Action<RecordEnd> ended) => Nothing.Instance;

    /// <summary>
    /// Ends a recording; the task ends when the final file is there or will never be. Asked again, it joins the wait,
    /// or is answered at once.
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="chunks">How many chunks the client sent; null: it did not say, so late ones are waited for.</param>
    /// <param name="cancellationToken">Gives up waiting; the recording ends all the same.</param>
    public Task<RecordEnd> StopAsync(
        RecordCaller caller, string? recordId, int? chunks, CancellationToken cancellationToken) =>
        Task.FromResult(new RecordEnd(recordId ?? "", RecordCode.StorageError, RecordCode.StorageError.Text()));

    /// <summary>How far it is; what is not the caller's is not found.</summary>
    public Task<RecordView> ViewAsync(RecordCaller caller, string? recordId, CancellationToken cancellationToken) =>
        Task.FromResult(new RecordView(recordId ?? "", RecordState.NotFound));

    /// <summary>What the caller may see.</summary>
    public Task<RecordPage> ListAsync(
        RecordCaller caller, RecordQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new RecordPage(0, []));

    /// <summary>Deletes a recording with all its files, also one that is arriving.</summary>
    /// <returns>Done, not started (there is none, or it is not the caller's), or forbidden.</returns>
    public Task<RecordCode> DeleteAsync(RecordCaller caller, string? recordId, CancellationToken cancellationToken) =>
        Task.FromResult(RecordCode.NotStarted);

    /// <summary>Opens a file of a recording; null: there is none, or it is not the caller's.</summary>
    public Task<RecordFile?> OpenAsync(
        RecordCaller caller, string? recordId, RecordPart part, CancellationToken cancellationToken) =>
        Task.FromResult<RecordFile?>(null);

    private sealed class Nothing : IDisposable
    {
        public static readonly Nothing Instance = new();

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
