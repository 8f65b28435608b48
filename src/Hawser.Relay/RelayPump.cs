using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Hawser.Relay;

/// <summary>
/// Carries a pair with the platform's own sockets: where there is no epoll loop, and whenever a WebSocket leg takes
/// part. One task a direction; neither waits for the other; no buffer is held while nothing arrives.
/// </summary>
internal sealed class RelayPump(RelayContext context, PumpPair pair, PumpLeg first, PumpLeg second)
{
    /// <summary>
    /// The longest WebSocket message that is framed for a TCP partner: its length must be known before it is sent.
    /// </summary>
    public const int MaxReframed = 16 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);
    private readonly bool _raw = first is SocketLeg && second is SocketLeg;

    /// <summary>How one direction ended.</summary>
    private enum Flow
    {
        EndOfStream,
        Failed,
        TooLong,
    }

    /// <summary>Moves bytes until the pair ends. The legs are closed afterwards.</summary>
    public async Task<RelayEnd> RunAsync()
    {
        if (first.GetType() != second.GetType()) RelayContext.Log.Reframed(context.Logger, first.Remote, second.Remote);
        var forward = GuardAsync(first, second, isForward: true);
        var backward = GuardAsync(second, first, isForward: false);
        var ended = await Task.WhenAny(forward, backward);
        var isFirst = ended == forward;
        var flow = await ended;
        var other = isFirst ? backward : forward;
        if (flow == Flow.EndOfStream) await FinishAsync(isFirst ? second : first, other);
        var closedBy = isFirst ? RelayEnd.ClosedByFirst : RelayEnd.ClosedBySecond;
        pair.RequestEnd(flow == Flow.TooLong ? RelayEnd.OverLimit : closedBy);
        await other;
        return pair.End;
    }

    // One side has ended its stream. TCP passes that on and the other side may finish; the heartbeat sees to it that
    // this does not last. A WebSocket has no half-close worth keeping: it gets a moment to answer the close.
    private async Task FinishAsync(PumpLeg to, Task other)
    {
        pair.HalfClosed = true;
        using var deadline = new CancellationTokenSource(CloseTime, context.Time);
        try
        {
            await to.EndWritingAsync(deadline.Token);
            await (_raw ? other : other.WaitAsync(deadline.Token));
        }
        catch (Exception e) when (IsConnectionEnd(e))
        {
            // It was gone already.
        }
    }

    private async Task<Flow> GuardAsync(PumpLeg from, PumpLeg to, bool isForward)
    {
        try
        {
            return (from, to) switch
            {
                (SocketLeg a, SocketLeg b) => await CopyAsync(a, b, isForward),
                (SocketLeg a, WebSocketLeg b) => await UnframeAsync(a, b, isForward),
                (WebSocketLeg a, SocketLeg b) => await FrameAsync(a, b, isForward),
                (WebSocketLeg a, WebSocketLeg b) => await ForwardAsync(a, b, isForward),
                _ => Flow.Failed,
            };
        }
        catch (Exception e) when (IsConnectionEnd(e))
        {
            return Flow.Failed;
        }
    }

    private static bool IsConnectionEnd(Exception e) => e is SocketException or WebSocketException or IOException
        or ObjectDisposedException or OperationCanceledException or InvalidOperationException;

    private async Task<Flow> CopyAsync(SocketLeg from, SocketLeg to, bool isForward)
    {
        while (true)
        {
            await from.WaitReadableAsync();
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                do
                {
                    var count = await from.Socket.ReceiveAsync(Room(buffer));
                    if (count == 0) return Flow.EndOfStream;
                    Count(isForward, count);
                    await to.SendAllAsync(buffer.AsMemory(0, count));
                    await PaceAsync(count);
                }
                while (from.Socket.Available > 0);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task<Flow> ForwardAsync(WebSocketLeg from, WebSocketLeg to, bool isForward)
    {
        while (true)
        {
            var ready = await from.WaitReadableAsync();
            if (ready.MessageType == WebSocketMessageType.Close) return Flow.EndOfStream;
            if (ready.EndOfMessage) continue;
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                bool isLast, isInside = false;
                do
                {
                    var result = await from.ReceiveAsync(Room(buffer));
                    if (result.MessageType == WebSocketMessageType.Close) return Flow.EndOfStream;
                    isLast = result.EndOfMessage;
                    if (result.MessageType != WebSocketMessageType.Binary) continue;
                    // An empty message is not passed on; an empty end of one that began is.
                    if (result.Count == 0 && !(isLast && isInside)) continue;
                    Count(isForward, result.Count);
                    await to.SendAsync(buffer.AsMemory(0, result.Count), isLast);
                    isInside = true;
                    await PaceAsync(result.Count);
                }
                while (!isLast);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // Each frame becomes one message, passed on piece by piece: however long it is, one buffer is enough.
    private async Task<Flow> UnframeAsync(SocketLeg from, WebSocketLeg to, bool isForward)
    {
        var cutter = new FrameCutter();
        while (true)
        {
            await from.WaitReadableAsync();
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                do
                {
                    var count = await from.Socket.ReceiveAsync(Room(buffer));
                    if (count == 0) return Flow.EndOfStream;
                    Count(isForward, count);
                    var rest = buffer.AsMemory(0, count);
                    while (cutter.TryCut(ref rest, out var piece, out var isLast)) await to.SendAsync(piece, isLast);
                    await PaceAsync(count);
                }
                while (from.Socket.Available > 0);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private async Task<Flow> FrameAsync(WebSocketLeg from, SocketLeg to, bool isForward)
    {
        while (true)
        {
            var ready = await from.WaitReadableAsync();
            if (ready.MessageType == WebSocketMessageType.Close) return Flow.EndOfStream;
            if (ready.EndOfMessage) continue;
            var message = new MessageBuffer(BufferSize);
            try
            {
                ValueWebSocketReceiveResult result;
                do
                {
                    if (message.Length >= MaxReframed) return TooLong(from);
                    result = await from.ReceiveAsync(message.GetMemory());
                    if (result.MessageType == WebSocketMessageType.Close) return Flow.EndOfStream;
                    message.Advance(result.Count);
                }
                while (!result.EndOfMessage);

                if (message.Length > MaxReframed) return TooLong(from);
                if (message.Length == 0 || result.MessageType != WebSocketMessageType.Binary) continue;
                Count(isForward, message.Length);
                await to.SendAllAsync(message.ToFrame());
                await PaceAsync(message.Length);
            }
            finally
            {
                message.Dispose();
            }
        }
    }

    private Flow TooLong(WebSocketLeg from)
    {
        RelayContext.Log.MessageTooLong(context.Logger, from.Remote, MaxReframed);
        return Flow.TooLong;
    }

    private void Count(bool isForward, int bytes)
    {
        // One task writes each counter.
        if (isForward) Volatile.Write(ref pair.ForwardBytes, pair.ForwardBytes + bytes);
        else Volatile.Write(ref pair.BackwardBytes, pair.BackwardBytes + bytes);
    }

    private Memory<byte> Room(byte[] buffer)
    {
        var room = Math.Min(BufferSize, pair.Meter?.Quantum ?? BufferSize);
        return buffer.AsMemory(0, Math.Min(room, context.Policy.Total?.Quantum ?? BufferSize));
    }

    private ValueTask PaceAsync(int bytes)
    {
        var meter = pair.Meter;
        var total = context.Policy.Total;
        if (meter is null && total is null) return ValueTask.CompletedTask;
        var now = context.Time.GetTimestamp();
        var due = Math.Max(meter?.Charge(bytes, now) ?? now, total?.Charge(bytes, now) ?? now);
        return due <= now ? ValueTask.CompletedTask : PauseAsync(context.Time.GetElapsedTime(now, due));
    }

    private async ValueTask PauseAsync(TimeSpan pause)
    {
        // In steps, so that a changed rate does not find a pair asleep for minutes.
        var longest = TimeSpan.FromSeconds(1);
        pause = TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds));
        while (pause > TimeSpan.Zero && pair.End == RelayEnd.None)
        {
            var step = pause < longest ? pause : longest;
            await Task.WhenAny(Task.Delay(step, context.Time), pair.Ended);
            pause -= step;
        }
    }
}
