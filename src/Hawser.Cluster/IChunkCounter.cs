namespace Hawser.Cluster;

/// <summary>
/// Numbers the chunks of a recording in the order of their arrival, on whichever nodes they arrive (recorder reference
/// §4.2): unique and rising, also after a restart. Numbers that were handed out and not used are lost.
/// </summary>
public interface IChunkCounter
{
    /// <summary>Makes a recording's counter; one that is there is left as it is.</summary>
    /// <param name="recordId">The recording.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is there.</returns>
    /// <exception cref="ChunkCounterException">It can't be reached.</exception>
    Task OpenAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>Takes the next number, from 0.</summary>
    /// <param name="recordId">The recording.</param>
    /// <param name="cancellationToken">Gives up; the number may be lost.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ChunkCounterException">It can't be reached.</exception>
    Task<int> NextAsync(string recordId, CancellationToken cancellationToken);

    /// <summary>
    /// Sees to it that numbers below one are not handed out any more: the counter forgot some. Never lowers it.
    /// </summary>
    /// <param name="recordId">The recording.</param>
    /// <param name="next">The least that may come next.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is so.</returns>
    /// <exception cref="ChunkCounterException">It can't be reached.</exception>
    Task RaiseAsync(string recordId, int next, CancellationToken cancellationToken);

    /// <summary>The recording has ended; its counter is not needed any more.</summary>
    /// <param name="recordId">The recording.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it is gone.</returns>
    /// <exception cref="ChunkCounterException">It can't be reached.</exception>
    Task CloseAsync(string recordId, CancellationToken cancellationToken);
}

/// <summary>The counter of chunks can't be reached, or holds nonsense; no other one may take its place.</summary>
public sealed class ChunkCounterException : Exception
{
    /// <summary>The counter failed.</summary>
    /// <param name="message">For the log.</param>
    /// <param name="innerException">Why.</param>
    public ChunkCounterException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
