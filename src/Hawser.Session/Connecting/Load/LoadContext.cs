using System.Collections.Concurrent;
using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>What the parts of a simulation share.</summary>
internal sealed class LoadContext(LoadOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<long, Task> _loose = new();
    private long _started;

    public LoadOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    public LoadCounters Counters { get; } = new();

    /// <summary>Keeps a short task, so that the end of the run waits for it.</summary>
    public void Track(Task task)
    {
        if (task.IsCompletedSuccessfully) return;
        var number = Interlocked.Increment(ref _started);
        _loose[number] = task;
        var kept = KeepAsync(number, task);
        // If it has ended meanwhile, the entry is gone and stays gone.
        _loose.TryUpdate(number, kept, task);
    }

    /// <summary>Waits for all that was tracked.</summary>
    public Task FinishAsync() => Task.WhenAll(_loose.Values);

    /// <summary>Answers what the server pushed to a peer, on a new connection, as stock peers do.</summary>
    public async Task AnswerPushAsync(LoadPeer peer, RendezvousMessage push, CancellationToken ct)
    {
        if (peer.AnswerTo(push) is not { } answer) return;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            using var wire = await LoadWire.DialAsync(Options.Server, Options.RendezvousPort, limit.Token);
            await wire.SendAsync(answer, limit.Token);
            Counters.Pushed();
            // The server closes; until then its answer may still be under way.
            while (await wire.ReceiveAsync(limit.Token) is not null) { }
        }
        catch (Exception e) when (e is SocketException or ProtocolViolation)
        {
            if (!ct.IsCancellationRequested) Counters.Error("answer to a push failed");
        }
        catch (OperationCanceledException)
        {
            if (!ct.IsCancellationRequested) Counters.Error("answer to a push not taken");
        }
    }

    private async Task KeepAsync(long number, Task task)
    {
        try
        {
            await task;
        }
        finally
        {
            _loose.TryRemove(number, out _);
        }
    }
}
