using System.Threading.Channels;
using Hawser.Data;

namespace Hawser.Recording.Library;

/// <summary>
/// Asks the database for many at once: while one question is under way, others gather, and the next one takes all of
/// them along. Nobody waits for company. The queue is bounded: who finds it full waits, and with him the connection
/// that his bytes come from.
/// </summary>
/// <typeparam name="TItem">What is asked.</typeparam>
/// <typeparam name="TAnswer">What is answered.</typeparam>
internal sealed class Batcher<TItem, TAnswer> : IAsyncDisposable
{
    private const int MostAtOnce = 512;
    private const int MostWaiting = 4 * MostAtOnce;

    private readonly Func<IReadOnlyList<TItem>, Task<TAnswer[]>> _ask;
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly Task _asking;

    /// <param name="ask">Answers each, in their order. Not called twice at the same time.</param>
    public Batcher(Func<IReadOnlyList<TItem>, Task<TAnswer[]>> ask)
    {
        _ask = ask;
        _asking = Task.Run(AskAsync);
    }

    /// <summary>Asks; those who asked earlier are answered earlier, or together.</summary>
    /// <param name="item">What.</param>
    /// <param name="cancellationToken">Gives up waiting; it may be done all the same.</param>
    public async Task<TAnswer> AskAsync(TItem item, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(item);
        try
        {
            await _waiting.Writer.WriteAsync(waiting, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new StoreException(StoreFault.Unreachable, "The server stops.", e);
        }

        return await waiting.Done.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Answers those who wait, and nobody else.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _asking;
    }

    private async Task AskAsync()
    {
        var batch = new List<Waiting>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < MostAtOnce && _waiting.Reader.TryRead(out var one)) batch.Add(one);
            await AnswerAsync(batch);
            batch.Clear();
        }
    }

    private async Task AnswerAsync(List<Waiting> batch)
    {
        try
        {
            var answers = await _ask(batch.ConvertAll(w => w.Item));
            for (var i = 0; i < answers.Length; i++) batch[i].Done.TrySetResult(answers[i]);
        }
        catch (Exception e) when (e.IsStoreFault() && !e.IsPassingStoreFault() && batch.Count > 1)
        {
            // One of them may be to blame; each on its own tells which.
            foreach (var one in batch) await AnswerAsync([one]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var one in batch) one.Done.TrySetException(e);
        }
    }

    private sealed class Waiting(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TAnswer> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
