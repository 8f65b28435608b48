using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Finishing;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Copies;

/// <summary>
/// Makes one copy under a lease: encode, look at it, publish, write the row, tell. What fails is not tried again by
/// itself: somebody looks at the reason, and asks.
/// </summary>
internal sealed partial class CopyJob(
    RecordingOptions options, RecordingParts parts, IRecordingStorage storage, RecordingQuota quota, FFmpeg ffmpeg)
{
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private readonly ILogger _log = parts.Logs.CreateLogger<CopyJob>();

    private DateTime Now => parts.Time.GetUtcNow().UtcDateTime;

    /// <summary>Makes it.</summary>
    /// <param name="row">The recording as it was when its copy was claimed.</param>
    /// <param name="maker">Who holds the lease.</param>
    /// <param name="cancellationToken">Gives up; somebody begins it anew later.</param>
    public async Task RunAsync(RecordingRow row, string maker, CancellationToken cancellationToken)
    {
        var drafts = new List<string>();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var film = new CopyFilm(row, options, storage, ffmpeg, drafts);
        var renewing = RenewAsync(row, maker, film, lost, done.Token);
        try
        {
            await MakeAsync(row, maker, film, lost.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await GiveUpAsync(row, maker);
            throw;
        }
        catch (OperationCanceledException)
        {
            // The recording was deleted or went on, or somebody else makes it.
        }
        catch (Exception e) when (e is FinishException or FFmpegException)
        {
            await EndAsync(row, maker, RecordingCopyStatus.Failed, 0, e.Message);
        }
        catch (StorageException e) when (e.IsFull)
        {
            await EndAsync(row, maker, RecordingCopyStatus.Failed, 0, "There is no room for it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What it says names paths.
            Log.Failed(_log, row.Guid, e.Message);
            await EndAsync(row, maker, RecordingCopyStatus.Failed, 0, "The storage failed.");
        }
        finally
        {
            await done.CancelAsync();
            await renewing;
            foreach (var draft in drafts) FinishJob.Delete(draft);
        }
    }

    private async Task MakeAsync(
        RecordingRow row, string maker, CopyFilm film, CancellationToken cancellationToken)
    {
        var draft = await film.MakeAsync(cancellationToken);
        var size = new FileInfo(draft).Length;
        if (!quota.TryTakeOfAll(size)) throw new StorageException("the quota is used up", isFull: true);
        var isKept = false;
        try
        {
            if (!await HoldAsync(row, maker, 99, cancellationToken)) return;
            var before = await SizeAsync(row, cancellationToken);
            await storage.PublishAsync(row.RecordId, draft, StoredNames.Copy, cancellationToken);
            isKept = await EndAsync(row, maker, RecordingCopyStatus.Ready, size, "");
            // The copy of the file of before, which this one has replaced.
            if (isKept) quota.Deleted(before);
        }
        finally
        {
            if (!isKept) quota.Deleted(size);
        }

        if (isKept) Log.Ready(_log, row.Guid, size);
        else await ForgetAsync(row);
    }

    private async Task<long> SizeAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var guid = row.Guid;
        await using var db = parts.Store.CreateDb();
        return await db.RecordingCopies.Where(c => c.RecordingGuid == guid).Select(c => c.Size)
            .FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The recording was deleted while its copy was on its way to the storage: nothing comes back.</summary>
    private async Task ForgetAsync(RecordingRow row)
    {
        var id = row.RecordId;
        await using var db = parts.Store.CreateDb();
        if (await db.Recordings.AnyAsync(r => r.RecordId == id, CancellationToken.None)) return;
        await storage.DeleteAsync(id, CancellationToken.None);
    }

    /// <returns>False: it is not ours any more.</returns>
    private async Task<bool> EndAsync(
        RecordingRow row, string maker, RecordingCopyStatus status, long size, string text)
    {
        var guid = row.Guid;
        var reason = text.Length > RecordingCopy.ReasonLength ? text[..RecordingCopy.ReasonLength] : text;
        await using var db = parts.Store.CreateDb();
        var isReady = status == RecordingCopyStatus.Ready;
        var changed = await db.RecordingCopies.Where(c => c.RecordingGuid == guid && c.Maker == maker)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Status, status).SetProperty(c => c.Reason, reason)
                .SetProperty(c => c.Size, c => isReady ? size : c.Size).SetProperty(c => c.Progress, 0)
                .SetProperty(c => c.Maker, "").SetProperty(c => c.MakerUntil, (DateTime?)null));
        if (changed == 0) return false;
        if (!isReady) Log.Failed(_log, guid, reason);
        parts.Feed.Publish(new LiveEvent("recording-changed", guid.ToString()));
        return true;
    }

    /// <summary>The server stops: another node, or the next start, need not wait for the lease to end.</summary>
    private async Task GiveUpAsync(RecordingRow row, string maker)
    {
        var guid = row.Guid;
        try
        {
            await using var db = parts.Store.CreateDb();
            await db.RecordingCopies.Where(c => c.RecordingGuid == guid && c.Maker == maker).ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Status, RecordingCopyStatus.Waiting).SetProperty(c => c.Progress, 0)
                    .SetProperty(c => c.Maker, "").SetProperty(c => c.MakerUntil, (DateTime?)null));
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            // It ends by itself.
        }
    }

    /// <returns>False: it is not ours any more, or of a recording that went on or is being deleted.</returns>
    private async Task<bool> HoldAsync(
        RecordingRow row, string maker, int progress, CancellationToken cancellationToken)
    {
        var (guid, until) = (row.Guid, Now + Lease);
        await using var db = parts.Store.CreateDb();
        return await db.RecordingCopies
            .Where(c => c.RecordingGuid == guid && c.Maker == maker && db.Recordings.Any(
                r => r.Guid == guid && r.Status == RecordingStatus.Ready && r.FinishedAt == c.SourceAt))
            .ExecuteUpdateAsync(
                s => s.SetProperty(c => c.MakerUntil, until).SetProperty(c => c.Progress, progress),
                cancellationToken) > 0;
    }

    /// <summary>Keeps the lease and tells how far it is; when the lease is lost, the work ends.</summary>
    private async Task RenewAsync(
        RecordingRow row, string maker, CopyFilm film, CancellationTokenSource lost,
        CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, parts.Time);
        var renewed = parts.Time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (!await HoldAsync(row, maker, film.Progress, cancellationToken)) break;
                    renewed = parts.Time.GetTimestamp();
                }
                catch (Exception e) when (e.IsStoreFault())
                {
                    // The database is away for now; the lease still runs for a while.
                    if (parts.Time.GetElapsedTime(renewed) > Lease * 0.9) break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await lost.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(7081, LogLevel.Information, "An MP4 of recording {Recording} is there: {Bytes} bytes")]
        internal static partial void Ready(ILogger logger, Guid recording, long bytes);

        [LoggerMessage(7082, LogLevel.Warning, "An MP4 of recording {Recording} could not be made: {Reason}")]
        internal static partial void Failed(ILogger logger, Guid recording, string reason);
    }
}
