using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Copies;

/// <summary>
/// Makes copies, one at a time on each node: the rows that wait are the queue. What a stop or a crash interrupts is
/// begun anew by whoever is next.
/// </summary>
internal sealed partial class CopyQueue(
    RecordingOptions options, RecordingParts parts, IRecordingStorage storage, CopyJob job) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private const int Look = 32;
    private readonly Bell _bell = new();
    private readonly ILogger _log = parts.Logs.CreateLogger<CopyQueue>();

    // Another one at every start.
    private readonly string _maker = $"{Environment.MachineName}-{Guid.CreateVersion7():N}";

    private DateTime Now => parts.Time.GetUtcNow().UtcDateTime;

    /// <summary>Nobody else uses the database, and its files.</summary>
    private bool IsAlone => !parts.Store.Address.IsPostgres;

    /// <summary>Something may be waiting.</summary>
    public void Wake() => _bell.Ring();

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Finish || options.CopyMinutes == 0) return;
        try
        {
            // When it can't be opened, the node does not start; its error is told there.
            await parts.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!parts.Opened.IsCompletedSuccessfully) return;
            if (IsAlone) await TryAsync(ForgetOldLeasesAsync, stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                if (await TryAsync(MakeNextAsync, stoppingToken)) continue;
                await _bell.WaitAsync(Period, parts.Time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    /// <summary>What was being made before the start is being made by nobody.</summary>
    private async Task<bool> ForgetOldLeasesAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        return await db.RecordingCopies.Where(c => c.Status == RecordingCopyStatus.Making).ExecuteUpdateAsync(
            s => s.SetProperty(c => c.Status, RecordingCopyStatus.Waiting).SetProperty(c => c.Progress, 0)
                .SetProperty(c => c.Maker, "").SetProperty(c => c.MakerUntil, (DateTime?)null),
            cancellationToken) > 0;
    }

    /// <returns>False: none waits that could be made here.</returns>
    private async Task<bool> MakeNextAsync(CancellationToken cancellationToken)
    {
        if (await TakeAsync(cancellationToken) is not { } row) return false;
        await job.RunAsync(row, _maker, cancellationToken);
        return true;
    }

    private async Task<RecordingRow?> TakeAsync(CancellationToken cancellationToken)
    {
        var now = Now;
        await using var db = parts.Store.CreateDb();
        var waiting = await db.RecordingCopies.AsNoTracking()
            .Where(c => c.Status == RecordingCopyStatus.Waiting
                || (c.Status == RecordingCopyStatus.Making && c.MakerUntil <= now))
            .OrderBy(c => c.AskedAt).ThenBy(c => c.RecordingGuid).Take(Look).ToListAsync(cancellationToken);
        foreach (var copy in waiting)
        {
            var (guid, at, status) = (copy.RecordingGuid, copy.AskedAt, copy.Status);
            var own = db.RecordingCopies.Where(
                c => c.RecordingGuid == guid && c.AskedAt == at && c.Status == status && c.Maker == copy.Maker);
            var row = await db.Recordings.AsNoTracking().FirstOrDefaultAsync(r => r.Guid == guid, cancellationToken);
            if (row is not { Status: RecordingStatus.Ready } || row.FinishedAt != copy.SourceAt)
            {
                // It went on, or is gone: there is another file, or none.
                await own.ExecuteDeleteAsync(cancellationToken);
                continue;
            }

            if (!IsAlone && !await IsHereAsync(row, cancellationToken)) continue;
            var until = now + CopyJob.Lease;
            var claimed = await own.ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Status, RecordingCopyStatus.Making).SetProperty(c => c.Progress, 0)
                    .SetProperty(c => c.Maker, _maker).SetProperty(c => c.MakerUntil, until),
                cancellationToken);
            if (claimed > 0) return row;
        }

        return null;
    }

    /// <summary>Where folders are not shared, another node has it.</summary>
    private async Task<bool> IsHereAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        if (await storage.OpenAsync(row.RecordId, row.FinalName, cancellationToken) is not { } file) return false;
        await file.Content.DisposeAsync();
        return true;
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task<bool>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The edge of a background task: the lease runs out, then it is tried again.
            Log.Failed(_log, e.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7080, LogLevel.Warning, "MP4s of recordings that wait could not be made: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
