using System.Buffers;

namespace Hawser.Recording.SocketIo;

/// <summary>The blocks that attachments are received into, and how many there may be for all peers together.</summary>
/// <param name="maxBytes">The bound.</param>
internal sealed class BlockBudget(long maxBytes) : IDisposable
{
    /// <summary>One block: large enough for few reads and writes, small enough to stay near the processor.</summary>
    public const int BlockSize = 64 << 10;

    private readonly SemaphoreSlim _free = new((int)Math.Clamp(maxBytes / BlockSize, 1, int.MaxValue));

    /// <summary>Takes a block; waits when all are taken.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The block.</returns>
    public ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        var turn = _free.WaitAsync(cancellationToken);
        return turn.IsCompletedSuccessfully
            ? ValueTask.FromResult(ArrayPool<byte>.Shared.Rent(BlockSize)) : RentLaterAsync(turn);
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">The block.</param>
    public void Return(byte[] block)
    {
        ArrayPool<byte>.Shared.Return(block);
        _free.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private static async ValueTask<byte[]> RentLaterAsync(Task turn)
    {
        await turn.ConfigureAwait(false);
        return ArrayPool<byte>.Shared.Rent(BlockSize);
    }
}
