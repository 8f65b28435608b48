using System.Buffers;

namespace Hawser.Server.Hosting;

/// <summary>
/// Blocks that a listener of uploads receives into: a system call for 64 KiB instead of 4, which is most of what an
/// upload costs. Only so many are out at a time; whoever comes then gets Kestrel's small ones, so that thousands of
/// connections with a byte each take no more memory than before.
/// </summary>
internal sealed class LargeBlockPool : MemoryPool<byte>
{
    /// <summary>What one system call receives at most.</summary>
    public const int BlockSize = 64 << 10;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private readonly MemoryPool<byte> _small;
    private readonly TimeProvider _time;
    private readonly Block?[] _free;
    private readonly Lock _lock = new();
    private int _freeCount;
    private int _out;
    private int _most;
    private long _lookedAt;
    private bool _isDisposed;

    /// <param name="small">Kestrel's own.</param>
    /// <param name="maxBlocks">Large blocks that may be in use, and that are kept.</param>
    /// <param name="time">Decides when blocks that nobody needs are let go.</param>
    public LargeBlockPool(MemoryPool<byte> small, int maxBlocks, TimeProvider time)
    {
        (_small, _free, _time) = (small, new Block?[maxBlocks], time);
        _lookedAt = time.GetTimestamp();
    }

    public override int MaxBufferSize => BlockSize;

    /// <summary>How many large blocks are in use, and how many wait to be.</summary>
    public (int InUse, int Kept) Count
    {
        get { lock (_lock) return (_out, _freeCount); }
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_out < _free.Length)
            {
                _most = Math.Max(_most, ++_out);
                // The one that was given back last is still near the processor.
                if (_freeCount == 0) return new Block(this);
                var block = _free[--_freeCount]!;
                _free[_freeCount] = null;
                return block;
            }
        }

        return minBufferSize <= _small.MaxBufferSize ? _small.Rent(minBufferSize) : new Extra(minBufferSize);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        lock (_lock)
        {
            _isDisposed = true;
            Keep(0);
        }

        _small.Dispose();
    }

    private void Return(Block block)
    {
        lock (_lock)
        {
            _out--;
            if (_isDisposed) return;
            _free[_freeCount++] = block;
            if (_time.GetElapsedTime(_lookedAt) < LookEvery) return;
            // What was not needed since the last look will not be missed.
            Keep(_most - _out);
            (_most, _lookedAt) = (_out, _time.GetTimestamp());
        }
    }

    private void Keep(int count)
    {
        while (_freeCount > count) _free[--_freeCount] = null;
    }

    private sealed class Block(LargeBlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public void Dispose() => pool.Return(this);
    }

    /// <summary>What is neither small nor within the number of large ones.</summary>
    private sealed class Extra(int size) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[size];

        public void Dispose()
        {
            // The collector takes it.
        }
    }
}
