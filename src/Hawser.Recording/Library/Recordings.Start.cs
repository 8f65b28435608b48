using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How recordings begin (reference §1.5).</summary>
internal sealed partial class Recordings
{
    /// <summary>Begins a recording, or goes on with it; nothing is ever reset (reference §1.5).</summary>
    public async Task<StartAnswer> StartAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken)
    {
        if (!RecordId.IsValid(recordId)) return new(RecordCode.BadRecordId);
        if ((caller.Rights & RecordRights.Record) == RecordRights.None) return new(RecordCode.Forbidden);
        var held = live.Hold(recordId);
        try
        {
            await held.Gate.WaitAsync(cancellationToken);
            try
            {
                return await StartHeldAsync(caller, held, cancellationToken);
            }
            finally
            {
                held.Gate.Release();
            }
        }
        catch (Exception e) when (Explain(e, recordId) is { } code)
        {
            return new(code);
        }
        finally
        {
            live.LetGo(held);
        }
    }

    private async Task<StartAnswer> StartHeldAsync(
        RecordCaller caller, LiveRecording held, CancellationToken cancellationToken)
    {
        // Twice, when another node makes the row at the same moment.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await RowAsync(held, anew: true, cancellationToken) is not { } row)
            {
                if (await CreateAsync(caller, held, cancellationToken) is { } answer) return answer;
                continue;
            }

            if (!IsOwn(caller, row)) return new(RecordCode.Forbidden);
            if (row.Status == RecordingStatus.Recording || await ReopenAsync(held, row, cancellationToken))
            {
                return await ResumedAsync(held.Row!, cancellationToken);
            }

            return new(row.Status is RecordingStatus.Stopping or RecordingStatus.Finalising
                ? RecordCode.Busy : RecordCode.Finished);
        }

        return new(RecordCode.Busy);
    }

    private async Task<StartAnswer> ResumedAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var highest = await db.RecordingChunks.Where(c => c.RecordingGuid == row.Guid)
            .MaxAsync(c => c.Seq, cancellationToken);
        return new(RecordCode.Ok) { Resumed = true, NextIndex = row.NextIndex, NextSeq = highest + 1 };
    }

    /// <returns>Null when somebody else made it meanwhile.</returns>
    private async Task<StartAnswer?> CreateAsync(
        RecordCaller caller, LiveRecording held, CancellationToken cancellationToken)
    {
        var recordId = held.RecordId;
        if (!storage.HasRoomFor(1, start: true)) return new(RecordCode.StorageFull);
        // Recordings that are begun and ended at once are never many that are open, but each leaves a row.
        if (!limits.MayStartNow(caller.Owner)) return new(RecordCode.QuotaExceeded);
        await using var db = parts.Store.CreateDb();
        if (storage.IgnoresCase && await IsTakenByCaseAsync(db, recordId, cancellationToken))
        {
            return new(RecordCode.BadRecordId);
        }

        var now = Now;
        var row = new RecordingRow
        {
            RecordId = recordId, Door = RecordingDoor.Stream, Owner = caller.Owner, OwnerGuid = caller.Account,
            Status = RecordingStatus.Recording, CreatedAt = now, UpdatedAt = now, ActiveAt = now, StartedAt = now,
        };
        // Counted and added by one at a time, so that those who begin in the same moment are not more than may be.
        await live.Starting.WaitAsync(cancellationToken);
        try
        {
            if (await limits.MayStartAsync(db, caller.Owner, cancellationToken) is not RecordCode.Ok and var full)
            {
                return new(full);
            }

            db.Recordings.Add(row);
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            return null;
        }
        finally
        {
            live.Starting.Release();
        }

        if (await OverAsync(db, row) is { } over) return new(over);
        if (await PrepareAsync(row) is { } failed) return new(failed);
        held.Row = row;
        metrics.Started();
        Log.Started(_log, row.Guid);
        parts.Feed.Publish(new LiveEvent("recording-started", row.Guid.ToString()));
        return new(RecordCode.Ok);
    }

    /// <summary>
    /// Other nodes count and add at the same time: who finds too many afterwards takes its own away again.
    /// </summary>
    private async Task<RecordCode?> OverAsync(HawserDb db, RecordingRow row)
    {
        if (!parts.Store.Address.IsPostgres || !await limits.IsOverOpenAsync(db, row.Owner)) return null;
        await db.Recordings.Where(r => r.Guid == row.Guid).ExecuteDeleteAsync();
        return RecordCode.QuotaExceeded;
    }

    /// <summary>Room and counter; without them the row goes again, so that the id can be used another time.</summary>
    private async Task<RecordCode?> PrepareAsync(RecordingRow row)
    {
        try
        {
            await storage.CreateAsync(row.RecordId, CancellationToken.None);
            await counter.OpenAsync(row.RecordId, CancellationToken.None);
            return null;
        }
        catch (Exception e) when (Explain(e, row.RecordId) is { } code)
        {
            await using var db = parts.Store.CreateDb();
            await db.Recordings.Where(r => r.Guid == row.Guid && r.Chunks == 0).ExecuteDeleteAsync();
            return code;
        }
    }

    private static Task<bool> IsTakenByCaseAsync(HawserDb db, string recordId, CancellationToken cancellationToken)
    {
        var lower = recordId.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // Translated to SQL; ids are ASCII.
        return db.Recordings.AnyAsync(r => r.RecordId.ToLower() == lower && r.RecordId != recordId, cancellationToken);
#pragma warning restore CA1304, CA1311, CA1862, MA0011
    }
}
