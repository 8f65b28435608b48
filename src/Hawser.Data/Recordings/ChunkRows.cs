namespace Hawser.Data.Recordings;

/// <summary>How the row of a chunk fared.</summary>
public enum ChunkOutcome
{
    /// <summary>It is there, and survives a killed process.</summary>
    Stored,

    /// <summary>The recording takes no chunks any more.</summary>
    Closed,

    /// <summary>Its number, or the client's, is taken by another chunk.</summary>
    Taken,
}

/// <summary>
/// The rows of chunks, for the recording role: what hundreds of recorders send in the same moment is one transaction,
/// on PostgreSQL one statement, whatever its size. Thread-safe. Every failure is a <see cref="StoreException"/>.
/// Without EF Core, because each chunk waits for it.
/// </summary>
public abstract class ChunkRows
{
    private protected ChunkRows()
    {
    }

    /// <summary>
    /// Takes the next numbers of recordings out of their rows, in the order in which they are asked for. A number that
    /// was taken and not used may be lost, or be taken again after a power cut of the database; one that a chunk's row
    /// was stored with never is.
    /// </summary>
    /// <param name="recordIds">Whose; one may be there several times.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A number each; null: there is no such recording.</returns>
    public abstract Task<int?[]> TakeNumbersAsync(
        IReadOnlyList<string> recordIds, CancellationToken cancellationToken);

    /// <summary>
    /// Writes into the rows of recordings that bytes are on their way for them. Where others may hold a row, who holds
    /// one is not waited for, and nobody waits for the disk.
    /// </summary>
    /// <param name="arriving">The recordings and whose bytes; those of other owners are left alone.</param>
    /// <param name="at">Until when, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ids of those that it is written of.</returns>
    public abstract Task<IReadOnlyCollection<string>> MarkAsync(
        IReadOnlyList<(string RecordId, string Owner)> arriving, DateTime at, CancellationToken cancellationToken);

    /// <summary>
    /// Stores rows in one transaction, and counts them in their recordings' rows; those of recordings that take no
    /// chunks any more are left out. The condition holds on whichever node a recording is ended. Storing the same row
    /// again changes nothing and succeeds.
    /// </summary>
    /// <param name="chunks">The rows.</param>
    /// <param name="now">When, UTC.</param>
    /// <param name="flush">Whether they are to survive a power cut, too, when this returns.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How each fared.</returns>
    public abstract Task<ChunkOutcome[]> AddAsync(
        IReadOnlyList<RecordingChunk> chunks, DateTime now, bool flush, CancellationToken cancellationToken);
}
