using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Finishing;

/// <summary>
/// Finishes one recording under a lease: make, verify, publish, write the row, tell (reference §3.4, §4.5). Only who
/// still holds the lease publishes. What fails is tried again, later each time; what it was made of is kept.
/// </summary>
internal sealed partial class FinishJob(
    RecordingOptions options, RecordingParts parts, IRecordingStorage storage, IChunkCounter counter,
    StreamFinish streams, UploadFinish uploads, Posters posters, FileHashes hashes, RecordEnds ends,
    RecordingMetrics metrics)
{
    internal static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private readonly ILogger _log = parts.Logs.CreateLogger<FinishJob>();

    private DateTime Now => parts.Time.GetUtcNow().UtcDateTime;

    /// <summary>Whether this node has the bytes; uploads may be on the one that they came to.</summary>
    public bool IsHere(RecordingRow row) => row.Door != RecordingDoor.Upload || uploads.IsHere(row);

    /// <summary>Finishes it.</summary>
    /// <param name="row">As it was when it was claimed.</param>
    /// <param name="finisher">Who holds the lease.</param>
    /// <param name="cancellationToken">Gives up; somebody goes on with it later.</param>
    public async Task RunAsync(RecordingRow row, string finisher, CancellationToken cancellationToken)
    {
        var drafts = new List<string>();
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var seen = new Seen();
        var renewing = RenewAsync(row, finisher, seen, lost, done.Token);
        try
        {
            await MakeAsync(row, finisher, seen, drafts, lost.Token);
        }
        catch (FinishException e)
        {
            await FailedAsync(row, finisher, e.Code, e.Message, e.IsFinal);
        }
        catch (FFmpegException e)
        {
            await FailedAsync(row, finisher, RecordCode.FinalizeFailed, e.Message, isFinal: false);
        }
        catch (StorageException e) when (e.IsFull)
        {
            // Nothing is wrong with the recording: it waits until there is room (reference §4.6).
            Log.NoRoom(_log, row.Guid);
            await WaitAsync(row, finisher, TimeSpan.FromSeconds(options.FinishRetrySeconds * 3), row.Attempts);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await GiveUpAsync(row, finisher);
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await FailedAsync(row, finisher, RecordCode.FinalizeFailed, "The storage failed: " + e.Message, false);
        }
        finally
        {
            await done.CancelAsync();
            await renewing;
            foreach (var draft in drafts) Delete(draft);
        }
    }

    internal static void Delete(string draft)
    {
        try
        {
            File.Delete(draft);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is swept later, or its folder was deleted.
        }
    }

    private async Task MakeAsync(
        RecordingRow row, string finisher, Seen seen, List<string> drafts, CancellationToken cancellationToken)
    {
        var isUpload = row.Door == RecordingDoor.Upload;
        var final = isUpload ? await uploads.MakeAsync(row, drafts, cancellationToken)
            : await streams.MakeAsync(row, seen.Add, drafts, cancellationToken);
        var size = new FileInfo(final.Draft).Length;
        if (!await HoldAsync(row, finisher, 99, cancellationToken)) return;
        var path = await storage.PublishAsync(row.RecordId, final.Draft, final.Name, cancellationToken);
        if (await ReadyAsync(row, finisher, final, size) is not { } ready) return;
        metrics.Ended(RecordCode.Ok);
        Log.Ready(_log, row.Guid, size, final.DurationMs, final.IsDamaged);
        Tell(row, "recording-ready");
        if (options.Posters) await PosterAsync(row, path, final, cancellationToken);
        if (isUpload && !final.IsDamaged) uploads.DeleteSource(row);
        if (ready.Stopped && !final.IsDamaged && !options.KeepChunks) await DropChunksAsync(row, cancellationToken);
        if (ready.Stopped && !isUpload) await CloseCounterAsync(row, cancellationToken);
        // Last: nobody waits for it.
        await hashes.ComputeAsync(ready, cancellationToken);
    }

    /// <returns>Null when it is not ours any more: it was gone on with, or deleted.</returns>
    private async Task<RecordingRow?> ReadyAsync(RecordingRow row, string finisher, FinalFile final, long size)
    {
        var (guid, now, name, type) = (row.Guid, Now, final.Name, final.MimeType);
        var (duration, damaged, codec) = (final.DurationMs, final.IsDamaged, FinalFile.CodecOf(final.Walk));
        await using var db = parts.Store.CreateDb();
        var changed = await db.Recordings
            .Where(r => r.Guid == guid && r.Finisher == finisher && r.Status == RecordingStatus.Finalising)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RecordingStatus.Ready)
                .SetProperty(r => r.FinalName, name).SetProperty(r => r.FinalSize, size)
                .SetProperty(r => r.MimeType, type).SetProperty(r => r.DurationMs, duration)
                .SetProperty(r => r.Codec, r => r.Codec == "" ? codec : r.Codec)
                .SetProperty(r => r.Incomplete, r => r.Incomplete || damaged)
                .SetProperty(r => r.FinishedAt, now).SetProperty(r => r.UpdatedAt, now)
                .SetProperty(r => r.Progress, 100).SetProperty(r => r.Finisher, "")
                .SetProperty(r => r.FinisherUntil, (DateTime?)null).SetProperty(r => r.ReasonCode, "")
                .SetProperty(r => r.Reason, "").SetProperty(r => r.FileHash, "").SetProperty(r => r.HasPoster, false)
                .SetProperty(r => r.HasPreview, false));
        if (changed == 0) return null;
        return await db.Recordings.AsNoTracking().FirstOrDefaultAsync(r => r.Guid == guid);
    }

    private async Task PosterAsync(
        RecordingRow row, string path, FinalFile final, CancellationToken cancellationToken)
    {
        var (poster, preview) = await posters.MakeAsync(row.RecordId, path, final.Walk, cancellationToken);
        await using var db = parts.Store.CreateDb();
        await db.Recordings.Where(r => r.Guid == row.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.HasPoster, poster).SetProperty(r => r.HasPreview, preview), cancellationToken);
        parts.Feed.Publish(new LiveEvent("recording-poster", row.Guid.ToString()));
    }

    /// <summary>The final file was verified and the recorder said that this was all (reference §4.6).</summary>
    private async Task DropChunksAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var (guid, now) = (row.Guid, Now);
        await using var db = parts.Store.CreateDb();
        await db.Recordings.Where(r => r.Guid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.ChunksDeletedAt, now), cancellationToken);
        if (row.Door == RecordingDoor.Upload) return;
        await storage.DeleteChunksAsync(row.RecordId, cancellationToken);
        await db.RecordingChunks.Where(c => c.RecordingGuid == guid).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task CloseCounterAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        try
        {
            await counter.CloseAsync(row.RecordId, cancellationToken);
        }
        catch (ChunkCounterException e)
        {
            Log.CounterLeft(_log, row.Guid, e.Message);
        }
    }

    private async Task FailedAsync(
        RecordingRow row, string finisher, RecordCode code, string text, bool isFinal)
    {
        var attempts = row.Attempts + 1;
        if (!isFinal && attempts < options.FinishTries)
        {
            var pause = TimeSpan.FromSeconds(options.FinishRetrySeconds * Math.Pow(6, row.Attempts));
            Log.Again(_log, row.Guid, text, pause.TotalSeconds);
            await WaitAsync(row, finisher, pause, attempts);
            return;
        }

        var (guid, now, name) = (row.Guid, Now, code.Name());
        var reason = text.Length > 300 ? text[..300] : text;
        await using var db = parts.Store.CreateDb();
        var changed = await db.Recordings
            .Where(r => r.Guid == guid && r.Finisher == finisher && r.Status == RecordingStatus.Finalising)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RecordingStatus.Failed)
                .SetProperty(r => r.ReasonCode, name).SetProperty(r => r.Reason, reason)
                .SetProperty(r => r.Attempts, attempts).SetProperty(r => r.FinishedAt, now)
                .SetProperty(r => r.UpdatedAt, now).SetProperty(r => r.Finisher, "")
                .SetProperty(r => r.FinisherUntil, (DateTime?)null));
        if (changed == 0) return;
        metrics.Ended(code);
        Log.Failed(_log, guid, name, reason);
        Tell(row, "recording-failed");
    }

    private async Task WaitAsync(RecordingRow row, string finisher, TimeSpan pause, int attempts)
    {
        var (guid, at) = (row.Guid, Now + pause);
        await using var db = parts.Store.CreateDb();
        await db.Recordings.Where(r => r.Guid == guid && r.Finisher == finisher).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.NextTryAt, at).SetProperty(r => r.Attempts, attempts)
                .SetProperty(r => r.Finisher, "").SetProperty(r => r.FinisherUntil, (DateTime?)null));
    }

    /// <summary>The server stops: another node need not wait for the lease to end.</summary>
    private async Task GiveUpAsync(RecordingRow row, string finisher)
    {
        try
        {
            await WaitAsync(row, finisher, TimeSpan.Zero, row.Attempts);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            // It ends by itself.
        }
    }

    private void Tell(RecordingRow row, string kind)
    {
        parts.Feed.Publish(new LiveEvent(kind, row.Guid.ToString()));
        ends.Publish(row.Guid);
    }

    private async Task<bool> HoldAsync(
        RecordingRow row, string finisher, int progress, CancellationToken cancellationToken)
    {
        var (guid, until) = (row.Guid, Now + FinishQueue.Lease);
        await using var db = parts.Store.CreateDb();
        return await db.Recordings
            .Where(r => r.Guid == guid && r.Finisher == finisher && r.Status == RecordingStatus.Finalising)
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.FinisherUntil, until).SetProperty(r => r.Progress, progress),
                cancellationToken) > 0;
    }

    /// <summary>Keeps the lease and tells how far it is; when the lease is lost, the work ends.</summary>
    private async Task RenewAsync(
        RecordingRow row, string finisher, Seen seen, CancellationTokenSource lost,
        CancellationToken cancellationToken)
    {
        var (renewed, progress) = (parts.Time.GetTimestamp(), 0);
        using var timer = new PeriodicTimer(Tick, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = (int)Math.Clamp(seen.Bytes * 98 / Math.Max(1, row.Size), 0, 98);
                if (now == progress && parts.Time.GetElapsedTime(renewed) < FinishQueue.Lease / 3) continue;
                try
                {
                    if (!await HoldAsync(row, finisher, now, cancellationToken)) break;
                    (renewed, progress) = (parts.Time.GetTimestamp(), now);
                }
                catch (Exception e) when (e.IsStoreFault()
                    && parts.Time.GetElapsedTime(renewed) < FinishQueue.Lease * 0.9)
                {
                    // The database is away for now; the lease still runs.
                }
                catch (Exception e) when (e.IsStoreFault())
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Log.LeaseLost(_log, row.Guid);
        await lost.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(7060, LogLevel.Information,
            "Recording {Recording} is ready: {Bytes} bytes, {Milliseconds} ms, something missing: {Damaged}")]
        internal static partial void Ready(
            ILogger logger, Guid recording, long bytes, long milliseconds, bool damaged);

        [LoggerMessage(7061, LogLevel.Warning,
            "Recording {Recording} could not be finished ({Reason}); again in {Seconds} s")]
        internal static partial void Again(ILogger logger, Guid recording, string reason, double seconds);

        [LoggerMessage(7062, LogLevel.Error, "Recording {Recording} has failed with {Code}: {Reason}")]
        internal static partial void Failed(ILogger logger, Guid recording, string code, string reason);

        [LoggerMessage(7063, LogLevel.Error, "There is no room to finish recording {Recording}; it waits")]
        internal static partial void NoRoom(ILogger logger, Guid recording);

        [LoggerMessage(7064, LogLevel.Information, "Recording {Recording} is finished by somebody else, or went on")]
        internal static partial void LeaseLost(ILogger logger, Guid recording);

        [LoggerMessage(7065, LogLevel.Warning, "The counter of recording {Recording} is left over: {Reason}")]
        internal static partial void CounterLeft(ILogger logger, Guid recording, string reason);
    }

    private sealed class Seen
    {
        private long _bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
    }
}
