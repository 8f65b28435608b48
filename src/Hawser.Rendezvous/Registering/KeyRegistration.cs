using System.Threading.Channels;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;
using Microsoft.Extensions.Logging;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// RegisterPk (§6.2) and change of id (§6.12): decided and stored by one worker in batches, away from the threads that
/// receive datagrams. What was answered OK survives a killed process.
/// </summary>
internal sealed partial class KeyRegistration : IAsyncDisposable
{
    private const int QueueLength = 8192;
    private const int MaxBatch = 1024;
    private const int MaxUuid = 256;

    private readonly Channel<KeyRequest> _queue = Channel.CreateBounded<KeyRequest>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly PeerRegistry _registry;
    private readonly SourceBudgets _budgets;
    private readonly AddressChanges _changes;
    private readonly DeviceWrites _store;
    private readonly RendezvousMetrics _metrics;
    private readonly ILiveFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<string, KeyDraft> _drafts = new(StringComparer.Ordinal);
    private readonly List<(KeyRequest Request, KeyDraft Draft)> _accepted = [];
    private volatile bool _requireDeployment;
    private Task _worker = Task.CompletedTask;

    public KeyRegistration(
        RendezvousOptions options,
        PeerRegistry registry,
        SourceBudgets budgets,
        AddressChanges changes,
        DeviceWrites store,
        RendezvousMetrics metrics,
        ILiveFeed feed,
        TimeProvider time,
        ILoggerFactory logs)
    {
        (_registry, _budgets, _changes, _store) = (registry, budgets, changes, store);
        (_metrics, _feed, _time) = (metrics, feed, time);
        _log = logs.CreateLogger<KeyRegistration>();
        Reload(options);
    }

    /// <summary>Sends the answers to what came by UDP; set by the listener.</summary>
    public SendDatagram? Datagrams { get; set; }

    /// <summary>Whether one more request by UDP would be dropped. Cheap, so that a storm costs little.</summary>
    public bool IsQueueFull => _queue.Reader.Count >= QueueLength;

    /// <summary>Takes over changed options.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options) => _requireDeployment = options.RequireDeployment;

    /// <summary>Starts the worker.</summary>
    public void Start() => _worker = Task.Run(RunAsync);

    /// <summary>Answers what is queued, then stops.</summary>
    /// <returns>When the worker has ended.</returns>
    public Task StopAsync()
    {
        _queue.Writer.TryComplete();
        return _worker;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Registers a key that came over TCP or WebSocket.</summary>
    /// <param name="message">The message.</param>
    /// <param name="source">The connection's remote end.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The answer; null when none is to be given, the client will repeat.</returns>
    public async ValueTask<Result?> RegisterAsync(
        RegisterPk message, PeerAddress source, CancellationToken cancellationToken)
    {
        if (HasKeyShape(message)) return await AskAsync(message, source, false, cancellationToken);
        _metrics.KeyAnswered(null);
        return null;
    }

    /// <summary>Queues a key that came by UDP.</summary>
    /// <param name="message">The message; not changed from now on.</param>
    /// <param name="source">Where it came from.</param>
    /// <returns>False when the queue is full; the client will repeat.</returns>
    public bool TryEnqueue(RegisterPk message, PeerAddress source)
    {
        // A change of id must be acknowledged by whoever asks for it; a datagram's source may be forged.
        if (!HasKeyShape(message) || message.OldId.Length > 0)
        {
            _metrics.KeyAnswered(null);
            return true;
        }

        if (_queue.Writer.TryWrite(new KeyRequest(message, source, null))) return true;
        _metrics.KeyDropped();
        return false;
    }

    /// <summary>Gives a device another id.</summary>
    /// <param name="message">The message; <c>old_id</c> is set.</param>
    /// <param name="source">The connection's remote end.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The answer.</returns>
    public async ValueTask<Result> RenameAsync(
        RegisterPk message, PeerAddress source, CancellationToken cancellationToken)
    {
        var result = await CheckRenameAsync(message, source, cancellationToken);
        _metrics.KeyAnswered(result);
        return result;
    }

    private async ValueTask<Result> CheckRenameAsync(
        RegisterPk message, PeerAddress source, CancellationToken cancellationToken)
    {
        if (!PeerId.IsCustom(message.Id)) return Result.InvalidIdFormat;
        if (message.OldId.Length == 0 || message.Uuid.Length is 0 or > MaxUuid) return Result.UuidMismatch;
        if (!_registry.IsLoaded) return Result.ServerError;
        var device = UuidHash.Of(message.Uuid.Span);
        var mayAsk = _budgets.TryTake(source, BudgetKind.Rename)
            && _budgets.TryTake(device.High, device.Low, BudgetKind.Rename);
        if (!mayAsk) return Result.TooFrequent;
        return await AskAsync(message, source, true, cancellationToken) ?? Result.ServerError;
    }

    private async ValueTask<Result?> AskAsync(
        RegisterPk message, PeerAddress source, bool isRename, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<Result?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(new KeyRequest(message, source, answer, isRename)))
        {
            _metrics.KeyDropped();
            return Result.TooFrequent;
        }

        return await answer.Task.WaitAsync(cancellationToken);
    }

    // Empty ones are never answered (T6); others of a wrong size can't come from a client either.
    private static bool HasKeyShape(RegisterPk message) =>
        message.Uuid.Length is > 0 and <= MaxUuid && message.Pk.Length == DeviceKey.Length;

    private async Task RunAsync()
    {
        var batch = new List<KeyRequest>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _queue.Reader.TryRead(out var request)) batch.Add(request);
            await ServeAsync(batch);
        }
    }

    private async Task ServeAsync(List<KeyRequest> batch)
    {
        await LoadDeployedAsync(batch);
        foreach (var request in batch)
        {
            try
            {
                if (request.IsRename)
                {
                    // In order: what was accepted before is stored before.
                    await CommitAsync();
                    request.Answer!.TrySetResult(await RenameNowAsync(request));
                }
                else if (Decide(request) is { } refusal)
                {
                    Answer(request, refusal.Result);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.Fault(_log, e);
                Answer(request, Result.ServerError);
            }
        }

        try
        {
            await CommitAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Fault(_log, e);
        }
    }

    private void Answer(KeyRequest request, Result? result)
    {
        if (!request.IsRename) _metrics.KeyAnswered(result);
        if (request.Answer is { } waiting)
        {
            waiting.TrySetResult(result);
        }
        else if (result is { } value)
        {
            Datagrams?.Invoke(KeyAnswers.For(value), request.Source);
        }
    }
}
