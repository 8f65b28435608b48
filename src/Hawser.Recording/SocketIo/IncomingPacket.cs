using System.Buffers;
using System.Text.Json;

namespace Hawser.Recording.SocketIo;

/// <summary>A packet whose header has come and whose attachments are due; owns its text and its blocks.</summary>
internal sealed class IncomingPacket : IDisposable
{
    private readonly BlockBudget _budget;
    private readonly long _limit;
    private readonly List<byte[]> _blocks = [];
    private readonly List<long> _ends;
    private byte[]? _text;
    private JsonDocument? _document;
    private long _total;

    /// <param name="client">Whose it is; null: it is counted and thrown away.</param>
    /// <param name="arriving">The event; null: it is counted and thrown away.</param>
    /// <param name="text">Rented; the document lives on it.</param>
    /// <param name="document">The JSON.</param>
    /// <param name="due">How many attachments.</param>
    /// <param name="budget">Where blocks come from.</param>
    /// <param name="limit">More bytes than this are thrown away.</param>
    public IncomingPacket(
        SocketIoClient? client, SocketIoEvent? arriving, byte[] text, JsonDocument document, int due,
        BlockBudget budget, long limit)
    {
        (Client, Event, _text, _document, Due) = (client, arriving, text, document, due);
        (_budget, _limit) = (budget, limit);
        _ends = new List<long>(due);
        IsDiscarded = arriving is null;
    }

    public SocketIoClient? Client { get; }

    public SocketIoEvent? Event { get; }

    /// <summary>How many attachments are still to come.</summary>
    public int Due { get; private set; }

    /// <summary>Bytes so far.</summary>
    public long Total => _total;

    /// <summary>Bytes are counted only.</summary>
    public bool IsDiscarded { get; private set; }

    /// <summary>It was thrown away for its length.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Whether the next bytes need another block.</summary>
    public bool NeedsBlock => !IsDiscarded && _total == (long)_blocks.Count * BlockBudget.BlockSize;

    /// <summary>Where the next bytes go.</summary>
    public Memory<byte> Room
    {
        get
        {
            var used = (int)(_total % BlockBudget.BlockSize);
            return _blocks[^1].AsMemory(used, BlockBudget.BlockSize - used);
        }
    }

    public void Add(byte[] block) => _blocks.Add(block);

    /// <summary>Bytes have come; too many of them are let go at once.</summary>
    public void Advance(int count)
    {
        _total += count;
        if (IsTooLarge || _total <= _limit) return;
        IsTooLarge = true;
        IsDiscarded = true;
        ReturnBlocks();
    }

    /// <summary>One attachment is whole.</summary>
    public void EndAttachment()
    {
        _ends.Add(_total);
        Due--;
    }

    /// <summary>All are here: hands them to the event.</summary>
    public void Complete()
    {
        if (Event is not { } arriving) return;
        if (IsDiscarded)
        {
            arriving.Complete([], _total, IsTooLarge);
            return;
        }

        var attachments = new SocketIoAttachment[_ends.Count];
        long start = 0;
        for (var i = 0; i < attachments.Length; i++)
        {
            attachments[i] = Cut(start, _ends[i]);
            start = _ends[i];
        }

        arriving.Complete(attachments, _total, tooLarge: false);
    }

    /// <summary>Gives everything back.</summary>
    public void Dispose()
    {
        ReturnBlocks();
        _document?.Dispose();
        _document = null;
        if (_text is { } text) ArrayPool<byte>.Shared.Return(text);
        _text = null;
    }

    private SocketIoAttachment Cut(long start, long end)
    {
        if (start == end) return new SocketIoAttachment([], 0);
        var first = (int)(start / BlockBudget.BlockSize);
        var last = (int)((end - 1) / BlockBudget.BlockSize);
        var pieces = new ReadOnlyMemory<byte>[last - first + 1];
        for (var i = first; i <= last; i++)
        {
            var blockStart = (long)i * BlockBudget.BlockSize;
            var from = (int)Math.Max(0, start - blockStart);
            var to = (int)Math.Min(BlockBudget.BlockSize, end - blockStart);
            pieces[i - first] = _blocks[i].AsMemory(from, to - from);
        }

        return new SocketIoAttachment(pieces, end - start);
    }

    private void ReturnBlocks()
    {
        foreach (var block in _blocks) _budget.Return(block);
        _blocks.Clear();
    }
}
