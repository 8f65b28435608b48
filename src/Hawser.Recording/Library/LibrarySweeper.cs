using System.Security.Cryptography;
using Hawser.Data;
using Hawser.Data.Leases;
using Hawser.Data.Recordings;
using Hawser.Recording.Finishing;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Library;

/// <summary>
/// Sets right what a stop, a crash or a fault left behind, ends what fell silent, and deletes what was kept long enough
/// (reference §1.8, §4.4, §4.6).
/// </summary>
internal sealed partial class LibrarySweeper(
    RecordingOptions options, RecordingParts parts, IRecordingStorage storage, Recordings recordings,
    LiveRecordings live, FinishQueue queue, RecordLimits limits, FileHashes hashes) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan Between = TimeSpan.FromMilliseconds(300);

    /// <summary>How far ahead a row is marked while bytes arrive for it: more than this node may be held up.</summary>
    internal static readonly TimeSpan Ahead = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Loose = TimeSpan.FromHours(1);

    /// <summary>As much as clocks of an object storage may differ from ours: it refuses requests beyond that.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);
    private const int Batch = 100;
    private readonly ILogger _log = parts.Logs.CreateLogger<LibrarySweeper>();
    private readonly JobLeases _leases = new(parts.Store, parts.Time);

    /// <summary>What was too young to be taken in at the start is looked for once more, whatever rows say.</summary>
    private bool _hasLookedAgain;

    private DateTime Now => parts.Time.GetUtcNow().UtcDateTime;

    /// <summary>Nobody else uses the database, so whatever is half done is of before this start.</summary>
    private bool IsAlone => !parts.Store.Address.IsPostgres;

    /// <summary>What is done once, at the start.</summary>
    internal async Task RecoverAsync(CancellationToken cancellationToken)
    {
        await TryAsync(t => storage.CleanAsync(IsAlone ? TimeSpan.Zero : Loose, t), cancellationToken);
        await TryAsync(t => AdoptAsync(all: true, t), cancellationToken);
        await TryAsync(t => recordings.TakeUpAsync(all: IsAlone, t), cancellationToken);
        queue.Wake();
    }

    /// <summary>One round.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        foreach (var one in live.Attended)
        {
            await TryAsync(t => TouchAsync(one.RecordId, one.Attended, Now, t), cancellationToken);
        }

        // Before what fell silent is ended.
        if (!IsAlone) await TryAsync(AdoptAgainAsync, cancellationToken);
        await TryAsync(EndSilentAsync, cancellationToken);
        await TryAsync(t => recordings.TakeUpAsync(all: false, t), cancellationToken);
        await TryAsync(
            t => _leases.RunAsync("recordings-retention", TimeSpan.FromMinutes(5), RetainAsync, t), cancellationToken);
        await TryAsync(
            t => _leases.RunAsync("recordings-hashes", TimeSpan.FromMinutes(5), HashAsync, t), cancellationToken);
        limits.Forget();
        queue.Wake();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await parts.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!parts.Opened.IsCompletedSuccessfully) return;
            await RecoverAsync(stoppingToken);
            var marking = IsAlone ? Task.CompletedTask : MarkAsync(stoppingToken);
            using var timer = new PeriodicTimer(Period, parts.Time);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SweepAsync(stoppingToken);
            await marking;
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    /// <summary>
    /// Other nodes see by the row that bytes arrive here, so that none closes a recording that was stopped there.
    /// </summary>
    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Between, parts.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await TryAsync(MarkArrivingAsync, cancellationToken);
        }
    }

    /// <summary>
    /// One statement for all of them: hundreds of recorders would else be hundreds of commits, beside those of their
    /// chunks. What it could not have now is asked for again in a moment.
    /// </summary>
    internal async Task MarkArrivingAsync(CancellationToken cancellationToken)
    {
        var due = live.Arriving.Where(r => !r.WasMarkedWithin(Ahead / 2, parts.Time)).ToList();
        if (due.Count == 0) return;
        var marked = await parts.Store.Chunks.MarkAsync(
            [.. due.SelectMany(r => r.Arriving, static (r, owner) => (r.RecordId, owner))], Now + Ahead,
            cancellationToken);
        foreach (var one in due.IntersectBy(marked, r => r.RecordId, StringComparer.Ordinal)) one.Mark(parts.Time);
    }

    /// <summary>
    /// Each on its own: a statement over many rows could wait for rows that chunks are entered for, and they for it.
    /// </summary>
    private async Task TouchAsync(
        string recordId, string[] users, DateTime at, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        await db.Recordings
            .Where(r => r.RecordId == recordId && users.Contains(r.Owner)
                && (r.Status == RecordingStatus.Recording || r.Status == RecordingStatus.Stopping))
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ActiveAt, at), cancellationToken);
    }

    /// <summary>Nobody uses them: what there is is finished, and may be gone on with.</summary>
    private async Task EndSilentAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var (now, silentSince) = (Now, Now - TimeSpan.FromMinutes(options.IdleMinutes));
        var silent = await db.Recordings.AsNoTracking()
            .Where(r => r.Door == RecordingDoor.Stream && r.Status == RecordingStatus.Recording
                && r.ActiveAt < silentSince)
            .OrderBy(r => r.ActiveAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
        foreach (var row in silent)
        {
            if (row.Chunks == 0)
            {
                // Nothing to finish, nothing to keep.
                await recordings.DeleteAsync(row, cancellationToken);
                continue;
            }

            var guid = row.Guid;
            await db.Recordings
                .Where(r => r.Guid == guid && r.Status == RecordingStatus.Recording && r.ActiveAt < silentSince)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Status, RecordingStatus.Finalising)
                        .SetProperty(r => r.Incomplete, true).SetProperty(r => r.Attempts, 0)
                        .SetProperty(r => r.NextTryAt, (DateTime?)null).SetProperty(r => r.Progress, 0)
                        .SetProperty(r => r.UpdatedAt, now),
                    cancellationToken);
            live.Forget(row.RecordId);
            Log.Silent(_log, guid);
        }
    }

    /// <summary>
    /// Chunks that are whole but have no row: their answer was never sent, but the bytes may be all there is. Numbers
    /// of the client's are not known of them, so where it gives some, it sends them again. Before the first row nobody
    /// knows whether it does: those are known again by their bytes.
    /// </summary>
    private async Task AdoptAsync(bool all, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        // Files have the system's time; what is younger may be another node's that is about to write the row.
        var before = TimeProvider.System.GetUtcNow().UtcDateTime + (IsAlone ? Period : -Period);
        while (true)
        {
            await using var db = parts.Store.CreateDb();
            var rows = await db.Recordings.AsNoTracking()
                .Where(r => r.Door == RecordingDoor.Stream && r.Guid > after
                    && (r.Status == RecordingStatus.Recording || r.Status == RecordingStatus.Stopping)
                    && (all || r.NextIndex > r.Chunks))
                .OrderBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
            foreach (var row in rows) await AdoptAloneAsync(db, row, before, cancellationToken);
            if (rows.Count < Batch) return;
            after = rows[^1].Guid;
        }
    }

    /// <summary>
    /// Where nodes share a database, what a process left behind that is gone for less than a minute can't be told from
    /// what another node is about to enter, and a node may go without ever starting again. So it is looked for in each
    /// round, by one node, in those recordings that gave out more numbers than they have chunks.
    /// </summary>
    private async Task AdoptAgainAsync(CancellationToken cancellationToken)
    {
        var all = !_hasLookedAgain;
        if (await _leases.RunAsync(
            "recordings-adoption", TimeSpan.FromMinutes(5), t => AdoptAsync(all, t), cancellationToken))
        {
            _hasLookedAgain = true;
        }
    }

    /// <summary>While no chunk is stored here: one that has its name but no row yet is not a stray.</summary>
    private async Task AdoptAloneAsync(
        HawserDb db, RecordingRow row, DateTime before, CancellationToken cancellationToken)
    {
        var held = live.Hold(row.RecordId);
        try
        {
            await held.Gate.WaitAsync(cancellationToken);
            try
            {
                await AdoptAsync(db, row, before, cancellationToken);
            }
            finally
            {
                held.Gate.Release();
            }
        }
        finally
        {
            live.LetGo(held);
        }
    }

    private async Task AdoptAsync(HawserDb db, RecordingRow row, DateTime before, CancellationToken cancellationToken)
    {
        var known = await db.RecordingChunks.AsNoTracking().Where(c => c.RecordingGuid == row.Guid)
            .Select(c => new { c.Index, c.Seq, HasHash = c.Hash != null })
            .ToDictionaryAsync(c => c.Index, cancellationToken);
        var found = await storage.ChunksAsync(row.RecordId, cancellationToken);
        var there = found.Select(f => f.Index).ToHashSet();
        var lost = known.Keys.Count(index => !there.Contains(index));
        if (lost > 0) Log.Missing(_log, row.Guid, lost);
        // What is older than the recording is of another one that had its name, where a storage can't put it aside.
        var after = row.CreatedAt - Skew;
        var strays = found.Where(f => !known.ContainsKey(f.Index) && f.StoredAt <= before && f.StoredAt >= after)
            .ToList();
        var next = found.Count == 0 ? 0 : found[^1].Index + 1;
        var usesSeq = known.Count > 0 && known.Values.All(c => c.Seq is not null);
        if (usesSeq) strays.Clear();
        // As long as nothing tells that the client gives none: what was taken in before has a hash as well.
        var mayUseSeq = known.Values.All(c => c.HasHash);
        // As it should be, and as it nearly always is.
        if (strays.Count == 0 && next <= row.NextIndex) return;
        foreach (var stray in strays)
        {
            db.RecordingChunks.Add(new RecordingChunk
            {
                RecordingGuid = row.Guid, Index = stray.Index, Length = stray.Length, StoredAt = stray.StoredAt,
                Hash = mayUseSeq ? await HashAsync(row.RecordId, stray.Index, cancellationToken) : null,
            });
        }

        var (guid, count, bytes) = (row.Guid, strays.Count, strays.Sum(f => f.Length));
        // Both or neither: what has a row is not looked at again, and the recording would never be complete.
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.Recordings.Where(r => r.Guid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Chunks, r => r.Chunks + count).SetProperty(r => r.Size, r => r.Size + bytes)
                .SetProperty(r => r.NextIndex, r => r.NextIndex < next ? next : r.NextIndex),
            cancellationToken);
        await change.CommitAsync(cancellationToken);
        live.Forget(row.RecordId);
        if (count > 0) Log.Adopted(_log, guid, count);
    }

    private async Task<byte[]?> HashAsync(string recordId, int index, CancellationToken cancellationToken)
    {
        await using var bytes = await storage.OpenChunkAsync(recordId, index, cancellationToken);
        return bytes is null ? null : await SHA256.HashDataAsync(bytes, cancellationToken);
    }

    private async Task RetainAsync(CancellationToken cancellationToken)
    {
        await EndDeletingAsync(cancellationToken);
        await using var db = parts.Store.CreateDb();
        var half = new List<RecordingRow>();
        foreach (var past in (await recordings.DaysAsync(cancellationToken)).RecordingsPast(db, Now))
        {
            half.AddRange(await past.AsNoTracking()
                .OrderBy(r => r.FinishedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken));
        }

        var reopen = Now - TimeSpan.FromHours(options.ReopenHours);
        var failed = options.KeepFailedDays == 0 ? DateTime.MinValue : Now - TimeSpan.FromDays(options.KeepFailedDays);
        // Ended without a chunk: there is nothing to keep but the row.
        half.AddRange(await db.Recordings.AsNoTracking()
            .Where(r => r.Door == RecordingDoor.Stream && r.Status == RecordingStatus.Failed && r.Chunks == 0
                && r.FinishedAt < failed && r.HeldAt == null)
            .OrderBy(r => r.FinishedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken));
        foreach (var row in half) await recordings.DeleteAsync(row, cancellationToken);
        var chunks = await db.Recordings.AsNoTracking()
            .Where(r => r.Door == RecordingDoor.Stream && r.ChunksDeletedAt == null && r.Chunks > 0 && r.HeldAt == null
                && ((r.Status == RecordingStatus.Ready && !options.KeepChunks && r.FinishedAt < reopen && !r.Incomplete)
                    || (r.Status == RecordingStatus.Ready && !options.KeepChunks && !r.Stopped && r.FinishedAt < reopen)
                    || ((r.Status == RecordingStatus.Failed || r.Status == RecordingStatus.Ready)
                        && r.FinishedAt < failed && !(options.KeepChunks && r.Status == RecordingStatus.Ready))))
            .OrderBy(r => r.FinishedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
        foreach (var row in chunks) await recordings.DropChunksAsync(row, cancellationToken);
    }

    /// <summary>What was begun here, or is all that work on many did: thousands wait no longer than one.</summary>
    private async Task EndDeletingAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var before = Now - Period;
        while (true)
        {
            var rows = await db.Recordings.AsNoTracking()
                .Where(r => r.Status == RecordingStatus.Deleting && r.UpdatedAt < before && r.HeldAt == null)
                .OrderBy(r => r.UpdatedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
            foreach (var row in rows) await recordings.DeleteAsync(row, cancellationToken);
            if (rows.Count < Batch) return;
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
            // The edge of a background task: the next round is a minute away.
            Log.Failed(_log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7070, LogLevel.Warning, "The library of recordings could not be looked after: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(7071, LogLevel.Information, "Recording {Recording} fell silent and is finished as it is")]
        internal static partial void Silent(ILogger logger, Guid recording);

        [LoggerMessage(7072, LogLevel.Warning, "{Count} chunks of recording {Recording} had no row and were taken in")]
        internal static partial void Adopted(ILogger logger, Guid recording, int count);

        [LoggerMessage(7073, LogLevel.Error, "{Count} acknowledged chunks of recording {Recording} are not there")]
        internal static partial void Missing(ILogger logger, Guid recording, int count);
    }
}
