using System.Threading.Channels;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Channel;

/// <summary>
/// The sending side of a session: one writer, four bounded queues in order of urgency, so that video never delays
/// control. Within a lane the order is kept, which the counter of the record layer needs too (§21.3).
/// </summary>
public sealed class SendLanes : IAsyncDisposable
{
    private const int ControlRoom = 1024;
    private const int BulkRoom = 16;
    private const int SlowestPath = 32 * 1024;
    private static readonly TimeSpan StaleAudio = TimeSpan.FromSeconds(1);

    private readonly SecureChannel _channel;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _waiting = new(0);
    private readonly Channel<Item>[] _lanes;
    private readonly Task _writing;
    private long _dropped;

    /// <summary>Starts the writer.</summary>
    /// <param name="channel">The channel; not owned.</param>
    /// <param name="time">The clock.</param>
    public SendLanes(SecureChannel channel, TimeProvider time)
    {
        _channel = channel;
        _time = time;
        _lanes = [Room(ControlRoom), Room(ControlRoom), Room(BulkRoom), Room(BulkRoom)];
        _writing = WriteAsync();
    }

    /// <summary>How long one send may take before the other end counts as gone (§6.4).</summary>
    public TimeSpan Limit { get; set; } = TimeSpan.FromSeconds(12);

    /// <summary>Ends when nothing can be sent any more; never fails.</summary>
    public Task Ended => _writing;

    /// <summary>Why the writer ended by itself; null while it runs or was told to stop.</summary>
    public string? Failure { get; private set; }

    /// <summary>Sound that was too old to be sent.</summary>
    public long DroppedAudio => Interlocked.Read(ref _dropped);

    /// <summary>Queues a message and does not wait.</summary>
    /// <param name="lane">How urgent.</param>
    /// <param name="message">The message; must not be changed any more.</param>
    /// <returns>False when the lane is full or the writer has ended.</returns>
    public bool TryPost(SendLane lane, Message message)
    {
        if (!_lanes[(int)lane].Writer.TryWrite(new Item(message, _time.GetTimestamp(), null))) return false;
        _waiting.Release();
        return true;
    }

    /// <summary>Queues a message; a full lane of control means that the other end does not read, and ends it.</summary>
    /// <param name="message">The message; must not be changed any more.</param>
    public void Post(Message message)
    {
        if (TryPost(SendLane.Control, message) || _stop.IsCancellationRequested) return;
        Failure ??= "the other end does not read";
        _stop.Cancel();
    }

    /// <summary>Queues a message when there is room, and waits until it was sent.</summary>
    /// <param name="lane">How urgent.</param>
    /// <param name="message">The message; its bytes may be used again afterwards.</param>
    /// <param name="cancellation">Gives up waiting; the message may still be sent.</param>
    /// <returns>When sent; false for sound that was too old.</returns>
    /// <exception cref="IOException">The writer has ended.</exception>
    public async Task<bool> SendAsync(SendLane lane, Message message, CancellationToken cancellation = default)
    {
        var sent = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _lanes[(int)lane].Writer.WriteAsync(new Item(message, _time.GetTimestamp(), sent), cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException(Failure ?? "the session has ended", e);
        }

        _waiting.Release();
        return await sent.Task.WaitAsync(cancellation);
    }

    /// <summary>Sends what is queued in the lane of control, then ends.</summary>
    /// <returns>When done.</returns>
    public async Task FlushAsync()
    {
        foreach (var lane in _lanes) lane.Writer.TryComplete();
        _waiting.Release();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
        try
        {
            await _writing.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await _stop.CancelAsync();
            await _writing;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var lane in _lanes) lane.Writer.TryComplete();
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
    }

    private static Channel<Item> Room(int count) => System.Threading.Channels.Channel.CreateBounded<Item>(
        new BoundedChannelOptions(count) { SingleReader = true });

    private async Task WriteAsync()
    {
        // The constructor must not send before its owner is ready.
        await Task.Yield();
        try
        {
            while (true)
            {
                await _waiting.WaitAsync(_stop.Token);
                if (!TryTake(out var item))
                {
                    if (_lanes[0].Reader.Completion.IsCompleted) return;
                    continue;
                }

                await SendAsync(item);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            Failure ??= e.Message;
        }
        finally
        {
            foreach (var lane in _lanes) lane.Writer.TryComplete();
            while (TryTake(out var left))
            {
                left.Sent?.TrySetException(new IOException(Failure ?? "the session has ended"));
            }
        }
    }

    private bool TryTake(out Item item)
    {
        foreach (var lane in _lanes)
        {
            while (lane.Reader.TryRead(out item))
            {
                var old = lane == _lanes[(int)SendLane.Audio] && _time.GetElapsedTime(item.Queued) > StaleAudio;
                if (!old) return true;
                Interlocked.Increment(ref _dropped);
                item.Sent?.TrySetResult(false);
            }
        }

        item = default;
        return false;
    }

    private async Task SendAsync(Item item)
    {
        // A picture from a clipboard may be large and the path slow: that is no reason to call the other end gone.
        var allowance = TimeSpan.FromSeconds((double)item.Message.CalculateSize() / SlowestPath);
        using var limit = new Deadline(Limit + allowance, _time, _stop.Token);
        try
        {
            await _channel.SendAsync(item.Message, limit.Token);
            item.Sent?.TrySetResult(true);
        }
        catch (OperationCanceledException e)
        {
            if (limit.Expired) Failure ??= "the other end does not read";
            item.Sent?.TrySetException(new IOException(Failure ?? "the session has ended", e));
            throw;
        }
        catch (IOException e)
        {
            Failure ??= e.Message;
            item.Sent?.TrySetException(new IOException(e.Message, e));
            throw;
        }
    }

    private readonly record struct Item(Message Message, long Queued, TaskCompletionSource<bool>? Sent);
}
