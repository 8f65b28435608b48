using Hawser.Cluster;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>What people change of recordings.</summary>
internal sealed partial class Recordings
{
    /// <summary>Changes what is said of a recording.</summary>
    /// <returns>Done, not started (there is none, or it is not the caller's), or forbidden.</returns>
    public async Task<RecordCode> ChangeAsync(
        RecordCaller caller, string? recordId, RecordChange change, CancellationToken cancellationToken)
    {
        var everybodys = (caller.Rights & RecordRights.Everybodys) != RecordRights.None;
        if ((caller.Rights & RecordRights.Manage) == RecordRights.None) return RecordCode.Forbidden;
        if (await SeenAsync(caller, recordId, RecordRights.Manage, cancellationToken) is not { } row)
        {
            return RecordCode.NotStarted;
        }

        // Who is kept from deleting is the owner too.
        if (change.Held is not null && !everybodys) return RecordCode.Forbidden;
        var (guid, now) = (row.Guid, Now);
        var (title, note) = (change.Title, change.Note);
        var (hold, release) = (change.Held == true, change.Held == false);
        await using var db = parts.Store.CreateDb();
        var changed = await db.Recordings.Where(r => r.Guid == guid && r.Status != RecordingStatus.Deleting)
            .ExecuteUpdateAsync(
                // Only what is asked for: somebody else may change the rest at this moment.
                s => s.SetProperty(r => r.Title, r => title ?? r.Title).SetProperty(r => r.Note, r => note ?? r.Note)
                    .SetProperty(r => r.HeldAt, r => hold ? r.HeldAt ?? now : release ? null : r.HeldAt),
                cancellationToken);
        if (changed == 0) return RecordCode.NotStarted;
        live.Forget(row.RecordId);
        parts.Feed.Publish(new LiveEvent("recording-changed", guid.ToString()));
        return RecordCode.Ok;
    }

    /// <summary>Tries once more to finish a recording that failed.</summary>
    /// <returns>Done (it waits for FFmpeg), finished (there is nothing to do or to make it of), or forbidden.</returns>
    public async Task<RecordCode> FinishAgainAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken)
    {
        if ((caller.Rights & RecordRights.Manage) == RecordRights.None) return RecordCode.Forbidden;
        if (await SeenAsync(caller, recordId, RecordRights.Manage, cancellationToken) is not { } row)
        {
            return RecordCode.NotStarted;
        }

        if (!CanFinish(row)) return RecordCode.Finished;
        var (guid, now) = (row.Guid, Now);
        await using var db = parts.Store.CreateDb();
        var changed = await db.Recordings
            .Where(r => r.Guid == guid && r.Status == RecordingStatus.Failed && r.ChunksDeletedAt == null)
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, RecordingStatus.Finalising).SetProperty(r => r.Stopped, true)
                    .SetProperty(r => r.Attempts, 0).SetProperty(r => r.NextTryAt, (DateTime?)null)
                    .SetProperty(r => r.Finisher, "").SetProperty(r => r.FinisherUntil, (DateTime?)null)
                    .SetProperty(r => r.Progress, 0).SetProperty(r => r.ReasonCode, "")
                    .SetProperty(r => r.Reason, "").SetProperty(r => r.UpdatedAt, now),
                cancellationToken);
        if (changed == 0) return RecordCode.Finished;
        live.Forget(row.RecordId);
        queue.Wake();
        parts.Feed.Publish(new LiveEvent("recording-changed", guid.ToString()));
        return RecordCode.Ok;
    }
}
