using System.Collections.Concurrent;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How recordings end (reference §1.6): late chunks are waited for, then it is finished.</summary>
internal sealed partial class Recordings
{
    /// <summary>So long without a byte, and a stopped recording is closed.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>The longest that late chunks are waited for; the time in which bytes arrive does not count.</summary>
    internal static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly ConcurrentDictionary<Task, byte> _drains = new();

    /// <summary>
    /// Ends a recording; the task ends when the final file is there or will never be. Asked again, it joins the wait,
    /// or is answered at once.
    /// </summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="chunks">How many chunks the client sent; null: it did not say, so late ones are waited for.</param>
    /// <param name="cancellationToken">Gives up waiting; the recording ends all the same.</param>
    public async Task<RecordEnd> StopAsync(
        RecordCaller caller, string? recordId, int? chunks, CancellationToken cancellationToken)
    {
        if (!RecordId.IsValid(recordId)) return Refused(recordId ?? "", RecordCode.BadRecordId);
        if ((caller.Rights & RecordRights.Record) == RecordRights.None) return Refused(recordId, RecordCode.Forbidden);
        if (chunks < 0) return Refused(recordId, RecordCode.BadRequest);
        var held = live.Hold(recordId);
        Task<RecordEnd> end;
        try
        {
            await held.Gate.WaitAsync(cancellationToken);
            try
            {
                end = await StopHeldAsync(caller, held, chunks, cancellationToken);
            }
            finally
            {
                held.Gate.Release();
            }
        }
        catch (Exception e) when (Explain(e, recordId) is { } code)
        {
            return Refused(recordId, code);
        }
        finally
        {
            live.LetGo(held);
        }

        return await end.WaitAsync(cancellationToken);
    }

    /// <summary>What was stopped before this start: late chunks may still come, then it is closed.</summary>
    public async Task TakeUpAsync(bool all, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var silentSince = Now - (2 * LongestDrain);
        var ids = await db.Recordings.Where(r => r.Status == RecordingStatus.Stopping)
            .Where(r => all || (r.StoppedAt < silentSince && r.ActiveAt < silentSince))
            .OrderBy(r => r.StoppedAt).ThenBy(r => r.Guid).Select(r => new { r.RecordId, r.Guid, r.Owner, r.Announced })
            .Take(1000).ToListAsync(cancellationToken);
        foreach (var one in ids) Drain(one.RecordId, one.Guid, one.Owner, one.Announced);
    }

    private static RecordEnd Refused(string recordId, RecordCode code) => new(recordId, code, code.Text());

    private async Task<Task<RecordEnd>> StopHeldAsync(
        RecordCaller caller, LiveRecording held, int? chunks, CancellationToken cancellationToken)
    {
        var row = await RowAsync(held, anew: true, cancellationToken);
        if (row is null || !IsOwn(caller, row))
        {
            held.Row = null;
            return Task.FromResult(Refused(held.RecordId, RecordCode.NotStarted));
        }

        // Before the row is changed, so that no end is missed.
        var end = ends.WaitAsync(held.RecordId);
        var (guid, now, announced) = (row.Guid, Now, chunks ?? row.Announced);
        await using var db = parts.Store.CreateDb();
        if (row.Status == RecordingStatus.Recording)
        {
            await db.Recordings.Where(r => r.Guid == guid && r.Status == RecordingStatus.Recording)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Status, RecordingStatus.Stopping).SetProperty(r => r.Stopped, true)
                        .SetProperty(r => r.Announced, announced).SetProperty(r => r.StoppedAt, now)
                        .SetProperty(r => r.UpdatedAt, now),
                    cancellationToken);
        }
        else if (!row.Stopped || chunks is not null)
        {
            // It had ended by silence: now it has been asked to, and does not go on any more.
            await db.Recordings.Where(r => r.Guid == guid)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Stopped, true).SetProperty(r => r.Announced, announced),
                    cancellationToken);
        }

        row = await RowAsync(held, anew: true, cancellationToken) ?? row;
        if (row.Status is RecordingStatus.Ready or RecordingStatus.Failed)
        {
            return Task.FromResult(RecordEnds.EndOf(row));
        }

        if (row.Status == RecordingStatus.Stopping) Drain(held.RecordId, guid, caller.Owner, announced);
        else queue.Wake();
#pragma warning disable MA0100 // The end comes long after this question to the database: the caller waits for it.
        return end;
#pragma warning restore MA0100
    }

    private void Drain(string recordId, Guid guid, string owner, int? announced)
    {
        var held = live.Hold(recordId);
        lock (held)
        {
            if (held.IsDraining || _stopping.IsCancellationRequested)
            {
                live.LetGo(held);
                return;
            }

            held.IsDraining = true;
        }

        var drain = Task.Run(() => DrainAsync(held, guid, owner, announced));
        _drains.TryAdd(drain, 0);
        _ = drain.ContinueWith(
            done => _drains.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task DrainAsync(LiveRecording held, Guid guid, string owner, int? announced)
    {
        try
        {
            var waited = TimeSpan.Zero;
            while (!await IsFrozenAsync(held, guid, await LateAsync(held, guid, owner, announced, waited)))
            {
                // A chunk came in between, on another node, or the database is away.
                await Task.Delay(Quiet, _time, _stopping.Token);
                waited += Quiet;
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops; the row says where to go on.
        }
        finally
        {
            lock (held) held.IsDraining = false;
            live.LetGo(held);
        }
    }

    /// <summary>Waits for late chunks.</summary>
    /// <returns>What the row said at last: how many chunks.</returns>
    private async Task<int> LateAsync(
        LiveRecording held, Guid guid, string owner, int? announced, TimeSpan waited)
    {
        var began = _time.GetTimestamp();
        var (last, quietSince, isElsewhere) = (began, began, false);
        var seen = await MarksAsync(guid, Marks.None);
        while (true)
        {
            await Task.Delay(Look, _time, _stopping.Token);
            var now = _time.GetTimestamp();
            var isArriving = held.IsArriving(owner);
            if (isArriving) quietSince = now;
            else if (!isElsewhere) waited += _time.GetElapsedTime(last, now);
            last = now;
            quietSince = Math.Max(quietSince, held.LastArrival);
            var isOver = !isArriving && waited >= LongestDrain;
            var isQuiet = !isArriving && _time.GetElapsedTime(quietSince, now) >= Quiet;
            if (!isOver && !isQuiet && announced is null) continue;
            // What other nodes took in shows in the row: it changed since it was looked at last.
            var marks = await MarksAsync(guid, seen);
            // Marked ahead: bytes are on their way to another node.
            isElsewhere = marks.ActiveAt > Now;
            if (isOver || marks.Chunks >= announced) return marks.Chunks;
            if (announced is null && marks == seen && !isElsewhere) return marks.Chunks;
            if (marks != seen || isElsewhere) (quietSince, seen) = (now, marks);
        }
    }

    private async Task<Marks> MarksAsync(Guid guid, Marks known)
    {
        try
        {
            await using var db = parts.Store.CreateDb();
            return await db.Recordings.Where(r => r.Guid == guid).Select(r => new Marks(r.Chunks, r.ActiveAt))
                .FirstOrDefaultAsync(_stopping.Token) ?? known;
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.NotFrozen(_log, guid, e.Message);
            return known;
        }
    }

    /// <summary>From here on no chunk is taken.</summary>
    private async Task<bool> IsFrozenAsync(LiveRecording held, Guid guid, int chunks)
    {
        await held.Gate.WaitAsync(_stopping.Token);
        try
        {
            await using var db = parts.Store.CreateDb();
            var now = Now;
            var isEmpty = chunks == 0;
            var changed = await db.Recordings
                .Where(r => r.Guid == guid && r.Status == RecordingStatus.Stopping && r.Chunks == chunks)
                .ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Status, isEmpty ? RecordingStatus.Failed : RecordingStatus.Finalising)
                        .SetProperty(r => r.ReasonCode, isEmpty ? RecordCode.EmptyRecording.Name() : "")
                        .SetProperty(r => r.Reason, isEmpty ? RecordCode.EmptyRecording.Text() : "")
                        .SetProperty(r => r.FinishedAt, r => isEmpty ? now : r.FinishedAt)
                        .SetProperty(r => r.Attempts, 0).SetProperty(r => r.NextTryAt, (DateTime?)null)
                        .SetProperty(r => r.Progress, 0).SetProperty(r => r.UpdatedAt, now),
                    _stopping.Token);
            held.Row = await ReadAsync(db, held.RecordId, _stopping.Token);
            if (held.Row is not { Status: RecordingStatus.Stopping })
            {
                if (changed > 0) Log.Frozen(_log, guid, chunks, held.Row?.Size ?? 0);
                if (isEmpty) ends.Publish(guid);
                else queue.Wake();
                return true;
            }
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.NotFrozen(_log, guid, e.Message);
        }
        finally
        {
            held.Gate.Release();
        }

        return false;
    }

    private sealed record Marks(int Chunks, DateTime ActiveAt)
    {
        public static Marks None { get; } = new(-1, default);
    }
}
