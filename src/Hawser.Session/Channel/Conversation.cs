using System.Threading.Channels;
using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Channel;

/// <summary>
/// The smallest session on a channel: it answers and sends TestDelay, and carries chat both ways. It owns the channel's
/// reading side until it is disposed.
/// </summary>
public sealed class Conversation : IAsyncDisposable
{
    private const int ChatBacklog = 256;
    private readonly SecureChannel _channel;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _chat = System.Threading.Channels.Channel.CreateBounded<string>(
        new BoundedChannelOptions(ChatBacklog) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _probes = new();
    private readonly Task _reading;

    /// <summary>Starts to read the channel.</summary>
    /// <param name="channel">The channel; owned by the conversation.</param>
    /// <param name="time">The clock.</param>
    public Conversation(SecureChannel channel, TimeProvider? time = null)
    {
        _channel = channel;
        _time = time ?? TimeProvider.System;
        _reading = ReadAsync();
    }

    /// <summary>The channel.</summary>
    public SecureChannel Channel => _channel;

    /// <summary>Why the other end closed, when it said so.</summary>
    public string? CloseReason { get; private set; }

    /// <summary>Ends when the other end closed or the path broke.</summary>
    public Task Ended => _reading;

    /// <summary>Sends a chat message.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When sent.</returns>
    public ValueTask SendChatAsync(string text, CancellationToken cancellation = default) => _channel.SendAsync(
        new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text = text } } }, cancellation);

    /// <summary>Waits for the next chat message.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The text.</returns>
    /// <exception cref="IOException">The conversation ended first.</exception>
    public async Task<string> ReadChatAsync(CancellationToken cancellation = default)
    {
        try
        {
            return await _chat.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException("the conversation has ended", e);
        }
    }

    /// <summary>Measures the round trip with a TestDelay: the host's probe, or the controller's own (§6.3).</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The round trip.</returns>
    /// <exception cref="IOException">The conversation ended first.</exception>
    public async Task<TimeSpan> MeasureDelayAsync(CancellationToken cancellation = default)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _probes.Enqueue(answered);
        if (_reading.IsCompleted) EndProbes();
        var start = _time.GetTimestamp();
        // An own probe of the controller is marked, so that the host sends it back instead of taking it as an answer.
        var probe = new TestDelay { FromClient = !_channel.IsHost, Time = _channel.IsHost ? 0 : start };
        await _channel.SendAsync(new Message { TestDelay = probe }, cancellation);
        await answered.Task.WaitAsync(cancellation);
        return _time.GetElapsedTime(start);
    }

    /// <summary>Says good-bye, then closes.</summary>
    /// <param name="reason">Shown to the other end.</param>
    /// <returns>When closed.</returns>
    public async Task CloseAsync(string reason)
    {
        try
        {
            await _channel.SendAsync(new Message { Misc = new Misc { CloseReason = reason } }, _stop.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The other end was faster.
        }

        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _channel.DisposeAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await _channel.ReceiveAsync(_stop.Token) is { } message)
            {
                if (message.TestDelay is { } delay) await OnTestDelayAsync(delay);
                if (message.Misc?.ChatMessage is { } chat) _chat.Writer.TryWrite(chat.Text);
                if (message.Misc is { UnionCase: Misc.UnionOneofCase.CloseReason } misc)
                {
                    CloseReason = misc.CloseReason;
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ProtocolViolation)
        {
            // The end of the conversation, however it came; a tampered frame must end it too.
        }
        finally
        {
            _chat.Writer.TryComplete();
            EndProbes();
        }
    }

    private async Task OnTestDelayAsync(TestDelay delay)
    {
        if (delay.FromClient == _channel.IsHost)
        {
            // The host echoes a controller's own probe; the controller echoes the host's probe. Unchanged in both
            // cases.
            await _channel.SendAsync(new Message { TestDelay = delay }, _stop.Token);
            return;
        }

        lock (_gate)
        {
            if (_probes.TryDequeue(out var probe)) probe.TrySetResult();
        }
    }

    private void EndProbes()
    {
        lock (_gate)
        {
            while (_probes.TryDequeue(out var probe))
            {
                probe.TrySetException(new IOException("the conversation has ended"));
            }

        }
    }
}
