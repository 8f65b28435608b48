using System.Diagnostics.CodeAnalysis;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Clipboard;

/// <summary>
/// Files that a controller has copied, read over its session when a program of this machine pastes them (§12.3,
/// "paster"). Programs read little at a time: whoever reads on is read ahead for, and a few blocks are kept.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Nothing is behind the source: it has no clock.")]
public sealed class OfferedFiles
{
    /// <summary>What is asked for at a time: small, because keys of the controller wait behind an answer.</summary>
    public const int BlockSize = 128 * 1024;

    /// <summary>Blocks that are asked for before anybody reads them.</summary>
    public const int Ahead = 4;

    /// <summary>Blocks that are kept: 8 MiB.</summary>
    public const int MostBlocks = 64;

    private const int WantRange = 2;
    private const int Rounds = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<Message, bool> _send;
    private readonly TimeProvider _time;
    private readonly Action _begun;
    private readonly Lock _gate = new();
    private readonly Dictionary<(int File, long Number), Task<ReadOnlyMemory<byte>>> _blocks = [];
    private readonly Queue<(int File, long Number)> _order = new();
    private readonly Dictionary<int, Question> _asked = [];
    private readonly CancellationTokenSource _gone = new();
    private int _stream;
    private long _heard;
    private bool _isRead;

    /// <summary>Files that can be read.</summary>
    /// <param name="entries">What was copied; folders before what is in them.</param>
    /// <param name="send">Sends a question to the controller; false when it can't.</param>
    /// <param name="time">The clock.</param>
    /// <param name="begun">Told once, when the first byte is asked for.</param>
    internal OfferedFiles(
        IReadOnlyList<FileEntry> entries, Func<Message, bool> send, TimeProvider time, Action begun)
    {
        (Entries, _send, _time, _begun) = (entries, send, time, begun);
        Gone = _gone.Token;
    }

    /// <summary>What was copied, with relative names that have '/' between their parts.</summary>
    public IReadOnlyList<FileEntry> Entries { get; }

    /// <summary>Cancelled when the controller has gone, or has copied something else.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Reads from a file.</summary>
    /// <param name="file">Its index in <see cref="Entries"/>.</param>
    /// <param name="offset">Where.</param>
    /// <param name="buffer">To here.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The bytes that were read: as many as there is room for, or left of the file.</returns>
    /// <exception cref="IOException">
    /// The controller does not hand them out, not in time, or has gone; or the file has become shorter.
    /// </exception>
    public async Task<int> ReadAsync(int file, long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        var size = (long)Entries[file].Size;
        var wanted = (int)Math.Clamp(size - offset, 0, buffer.Length);
        var got = 0;
        while (got < wanted)
        {
            if (Gone.IsCancellationRequested) throw new IOException("the files are not offered any more");
            var number = (offset + got) / BlockSize;
            var block = await Block(file, number, size).WaitAsync(cancellation);
            var from = (int)(offset + got - (number * BlockSize));
            if (from >= block.Length) throw new IOException("the file has become shorter");
            var count = Math.Min(wanted - got, block.Length - from);
            block.Slice(from, count).CopyTo(buffer[got..]);
            got += count;
        }

        return got;
    }

    internal void OnAnswer(CliprdrFileContentsResponse answer)
    {
        Question? question;
        lock (_gate)
        {
            if (!_asked.Remove(answer.StreamId, out question)) return;
            _heard = _time.GetTimestamp();
        }

        if (answer.MsgFlags == FileFetch.Fine && answer.RequestedData.Length <= question.Count)
        {
            question.Answer.TrySetResult(answer.RequestedData.Memory);
        }
        else question.Answer.TrySetException(new IOException("the file can't be read there"));
    }

    /// <summary>Ends all reading.</summary>
    internal void Drop() => _gone.Cancel();

    private Task<ReadOnlyMemory<byte>> Block(int file, long number, long size)
    {
        lock (_gate)
        {
            var block = Begin(file, number, size);
            // Somebody who looks at the beginning only, to learn what it is, gets no more than that.
            if (!_blocks.ContainsKey((file, number - 1))) return block;
            for (var next = number + 1; next <= number + Ahead && next * BlockSize < size; next++)
            {
                _ = Begin(file, next, size);
            }

            return block;
        }
    }

    private Task<ReadOnlyMemory<byte>> Begin(int file, long number, long size)
    {
        var key = (file, number);
        var isKnown = _blocks.TryGetValue(key, out var known);
        // What has failed is asked for anew by the next reader.
        if (isKnown && known is { IsFaulted: false, IsCanceled: false }) return known;
        if (!isKnown)
        {
            if (_order.Count >= MostBlocks) _ = _blocks.Remove(_order.Dequeue());
            _order.Enqueue(key);
        }

        var question = new Question((int)Math.Min(BlockSize, size - (number * BlockSize)));
        var stream = ++_stream;
        _asked[stream] = question;
        var block = _blocks[key] = AskAsync(stream, question, file, number * BlockSize);
        // Looking at the error keeps it from being nobody's.
        _ = block.ContinueWith(
            failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted,
            TaskScheduler.Default);
        return block;
    }

    private async Task<ReadOnlyMemory<byte>> AskAsync(int stream, Question question, int file, long offset)
    {
        // Not under the lock of whoever begins it.
        await Task.Yield();
        try
        {
            if (!Interlocked.Exchange(ref _isRead, true)) _begun();
            if (Gone.IsCancellationRequested || !_send(Request(stream, file, offset, question.Count)))
            {
                throw new IOException("the controller has gone");
            }

            return await AnswerAsync(question);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("the controller has gone, or has copied something else", e);
        }
        finally
        {
            lock (_gate) _ = _asked.Remove(stream);
        }
    }

    // On a slow path others are answered first: as long as something arrives, it is waited for, but not for ever.
    private async Task<ReadOnlyMemory<byte>> AnswerAsync(Question question)
    {
        for (var round = 1; ; round++)
        {
            try
            {
                return await question.Answer.Task.WaitAsync(Patience, _time, Gone);
            }
            catch (TimeoutException e)
            {
                var silent = _time.GetElapsedTime(Interlocked.Read(ref _heard)) >= Patience;
                if (silent || round == Rounds) throw new IOException("the controller does not answer", e);
            }
        }
    }

    // Both halves of the place are bits without a sign.
    private static Message Request(int stream, int file, long offset, int count) => new()
    {
        Cliprdr = new Cliprdr
        {
            FileContentsRequest = new CliprdrFileContentsRequest
            {
                StreamId = stream,
                ListIndex = file,
                DwFlags = WantRange,
                NPositionLow = unchecked((int)(uint)offset),
                NPositionHigh = unchecked((int)(uint)(offset >> 32)),
                CbRequested = count,
            },
        },
    };

    private sealed record Question(int Count)
    {
        public TaskCompletionSource<ReadOnlyMemory<byte>> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
