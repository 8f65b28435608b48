using System.Collections.Concurrent;
using Hawser.Protocol;

namespace Hawser.Relay;

/// <summary>Owns every task of the portable path: legs that join, and pairs that a pump carries.</summary>
internal sealed class RelayPumps(RelayContext context)
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    /// <summary>Keeps a task until it is done.</summary>
    public void Own(Task task)
    {
        _running[task] = 0;
        _ = task.ContinueWith(t => _running.TryRemove(t, out _), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Waits until every task is done.</summary>
    public Task WhenAllDoneAsync() => Task.WhenAll(_running.Keys);

    /// <summary>Serves a leg from its first byte to its end.</summary>
    /// <param name="leg">A leg that was let in.</param>
    /// <param name="stopping">Cancels joining when the relay stops.</param>
    public async Task ServeAsync(PumpLeg leg, CancellationToken stopping)
    {
        await using var _ = leg;
        try
        {
            if (await ReadJoinAsync(leg, stopping) is not { } payload) return;
            // Before it can be claimed: only one receive may be pending on a WebSocket.
            (leg as WebSocketLeg)?.ListenAhead();
            switch (context.Join(leg, payload, out var pair))
            {
                case JoinOutcome.Waiting:
                    await leg.Finished;
                    break;
                case JoinOutcome.Paired:
                    await CarryAsync((PumpPair)pair!, leg);
                    break;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            RelayContext.Log.LegFault(context.Logger, e, leg.Remote);
        }
    }

    /// <summary>Answers one command of the text console and closes.</summary>
    public async Task AnswerAsync(SocketLeg leg, string command)
    {
        await using var _ = leg;
        try
        {
            await leg.SendAllAsync(System.Text.Encoding.UTF8.GetBytes(context.Console.Execute(command)));
            await leg.EndWritingAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The asker left without its answer.
        }
    }

    /// <summary>Carries a pair whose first leg was claimed for the caller.</summary>
    public async Task CarryAsync(PumpPair pair, PumpLeg second)
    {
        PumpLeg? first = null;
        var end = RelayEnd.Faulted;
        try
        {
            first = await pair.First.ReleaseAsync();
            pair.Take(first, second);
            end = await new RelayPump(context, pair, first, second).RunAsync();
        }
        catch (ObjectDisposedException)
        {
            // The loop that held the first leg has stopped.
            end = RelayEnd.Shutdown;
        }
        finally
        {
            if (first is not null) await first.DisposeAsync();
            await second.DisposeAsync();
            context.Ended(pair, end);
            first?.Finish();
        }
    }

    private async Task<byte[]?> ReadJoinAsync(PumpLeg leg, CancellationToken stopping)
    {
        var time = context.Policy.Options.JoinSeconds;
        if (context.Admission.IsUnderPressure) time = Math.Min(time, RelayAdmission.PressedJoinSeconds);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(time), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            var payload = await leg.ReadJoinAsync(either.Token);
            if (payload is null) context.CountLost(leg, JoinOutcome.Vanished);
            return payload;
        }
        catch (ProtocolViolation)
        {
            context.CountLost(leg, JoinOutcome.NotAJoin);
        }
        catch (OperationCanceledException)
        {
            context.CountLost(leg, stopping.IsCancellationRequested ? JoinOutcome.Draining : JoinOutcome.TooSlow);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or System.Net.WebSockets.WebSocketException
            or ObjectDisposedException or IOException)
        {
            context.CountLost(leg, JoinOutcome.Vanished);
        }

        return null;
    }
}
