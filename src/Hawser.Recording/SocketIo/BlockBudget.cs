using System.Diagnostics;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// The blocks that attachments are received into, and how many there may be for all peers together. Some are kept, so
/// that hundreds of recorders a second leave nothing to collect; the pool of the process would keep a few dozen.
/// </summary>
/// <param name="maxBytes">The bound.</param>
internal sealed class BlockBudget(long maxBytes) : IDisposable
{
    /// <summary>One block: large enough for few reads and writes, small enough to stay near the processor.</summary>
    public const int BlockSize = 64 << 10;

    private const int MostKept = (32 << 20) / BlockSize;
    private readonly SemaphoreSlim _free = new((int)Math.Clamp(maxBytes / BlockSize, 1, int.MaxValue));
    private readonly Stack<byte[]> _kept = new();
    private readonly Lock _lock = new();
    private int _out;
    private int _most;

    /// <summary>How many blocks are out, and how many are kept.</summary>
    public (int Out, int Kept) Count
    {
        get { lock (_lock) return (_out, _kept.Count); }
    }

    /// <summary>Takes a block; waits when all are taken.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The block.</returns>
    public ValueTask<byte[]> RentAsync(CancellationToken cancellationToken)
    {
        var turn = _free.WaitAsync(cancellationToken);
        return turn.IsCompletedSuccessfully ? ValueTask.FromResult(Take()) : RentLaterAsync(turn);
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="block">The block.</param>
    public void Return(byte[] block)
    {
        lock (_lock)
        {
            _out--;
            if (_kept.Count < MostKept) _kept.Push(block);
        }

        _free.Release();
    }

    /// <summary>Called from time to time: what was not needed since the last time is let go.</summary>
    public void Look()
    {
        lock (_lock)
        {
            Debug.Assert(_out >= 0, "more blocks came back than went out");
            while (_kept.Count > 0 && _kept.Count + _out > _most) _kept.Pop();
            _most = _out;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private byte[] Take()
    {
        lock (_lock)
        {
            _most = Math.Max(_most, ++_out);
            if (_kept.TryPop(out var block)) return block;
        }

        return GC.AllocateUninitializedArray<byte>(BlockSize);
    }

    private async ValueTask<byte[]> RentLaterAsync(Task turn)
    {
        await turn.ConfigureAwait(false);
        return Take();
    }
}
