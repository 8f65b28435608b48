using System.Collections.Concurrent;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Finishing;

/// <summary>
/// Finishes recordings: the rows that wait are the queue, whoever puts one in only wakes this. Nodes share the work by
/// leases in the rows; what a node leaves behind, another takes up (reference §4.5).
/// </summary>
internal sealed partial class FinishQueue(
    RecordingOptions options, RecordingParts parts, FinishJob job) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private const int Look = 32;
    private readonly ConcurrentDictionary<Guid, Task> _running = new();
    private readonly Bell _bell = new();
    private TimeSpan _pause = Period;
    private readonly ILogger _log = parts.Logs.CreateLogger<FinishQueue>();

    /// <summary>This node's name in the rows; another one at every start.</summary>
    public string Finisher { get; } = $"{Environment.MachineName}-{Guid.CreateVersion7():N}";

    /// <summary>How many are being finished here.</summary>
    public int Running => _running.Count;

    private int Parallel =>
        options.FinishParallel > 0 ? options.FinishParallel : Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Something may be waiting.</summary>
    public void Wake() => _bell.Ring();

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Finish) return;
        try
        {
            // When it can't be opened, the node does not start; its error is told there.
            await parts.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!parts.Opened.IsCompletedSuccessfully) return;
            await TryAsync(ForgetOldLeasesAsync, stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                await TryAsync(TakeAsync, stoppingToken);
                await _bell.WaitAsync(_pause, parts.Time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }

        await Task.WhenAll(_running.Values);
    }

    /// <summary>Where the database is this node's alone, leases are of before the start.</summary>
    private async Task ForgetOldLeasesAsync(CancellationToken cancellationToken)
    {
        if (parts.Store.Address.IsPostgres) return;
        await using var db = parts.Store.CreateDb();
        await db.Recordings.Where(r => r.Status == RecordingStatus.Finalising && r.FinisherUntil != null)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.FinisherUntil, (DateTime?)null), cancellationToken);
    }

    private async Task TakeAsync(CancellationToken cancellationToken)
    {
        _pause = Period;
        if (_running.Count >= Parallel) return;
        await using var db = parts.Store.CreateDb();
        var now = parts.Time.GetUtcNow().UtcDateTime;
        var again = await db.Recordings.Where(r => r.Status == RecordingStatus.Finalising && r.NextTryAt > now)
            .MinAsync(r => r.NextTryAt, cancellationToken);
        if (again is { } due && due - now < Period) _pause = due - now;
        var rows = await db.Recordings.AsNoTracking()
            .Where(r => r.Status == RecordingStatus.Finalising && (r.NextTryAt == null || r.NextTryAt <= now)
                && (r.FinisherUntil == null || r.FinisherUntil <= now))
            .OrderBy(r => r.UpdatedAt).ThenBy(r => r.Guid).Take(Look).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            if (_running.Count >= Parallel) return;
            if (_running.ContainsKey(row.Guid) || !job.IsHere(row)) continue;
            if (!await TryClaimAsync(db, row.Guid, now, cancellationToken)) continue;
            _running[row.Guid] = Task.Run(() => RunAsync(row, cancellationToken), CancellationToken.None);
        }
    }

    private async Task<bool> TryClaimAsync(
        HawserDb db, Guid guid, DateTime now, CancellationToken cancellationToken)
    {
        var until = now + Lease;
        return await db.Recordings
            .Where(r => r.Guid == guid && r.Status == RecordingStatus.Finalising
                && (r.FinisherUntil == null || r.FinisherUntil <= now))
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Finisher, Finisher).SetProperty(r => r.FinisherUntil, until),
                cancellationToken) > 0;
    }

    private async Task RunAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        try
        {
            await job.RunAsync(row, Finisher, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The server stops, or somebody else has it now.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The edge of a background task: the lease runs out, then it is tried again.
            Log.Failed(_log, row.Guid, e.Message);
        }
        finally
        {
            _running.TryRemove(row.Guid, out _);
            Wake();
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            Log.NotTaken(_log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7050, LogLevel.Warning, "Recordings that wait could not be looked at: {Reason}")]
        internal static partial void NotTaken(ILogger logger, string reason);

        [LoggerMessage(7051, LogLevel.Error, "Finishing recording {Recording} broke off: {Reason}")]
        internal static partial void Failed(ILogger logger, Guid recording, string reason);
    }
}
