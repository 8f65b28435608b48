using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Recordings;

/// <summary>Jobs on recordings, named by their guids. What is done is rows; files are the recording role's.</summary>
internal abstract class RecordingJob(ApiParts parts) : JobKind
{
    /// <summary>The argument that says why, for the log; empty: nobody said.</summary>
    internal const string Reason = "reason";

    public override int Batch => 25;

    public sealed override async Task<string?> HandleAsync(
        JobStep step, string item, CancellationToken cancellationToken)
    {
        var row = Guid.TryParse(item.Split('\t')[0], out var guid)
            ? await step.Db.Recordings.AsNoTracking().FirstOrDefaultAsync(
                r => r.Guid == guid && r.Status != RecordingStatus.Deleting, cancellationToken) : null;
        return row is null ? OfNone : await ChangeAsync(step, row, item, cancellationToken);
    }

    public override Task StoredAsync(JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var item in items) parts.Feed.Publish(new LiveEvent(Hint, item.Split('\t')[0]));
        return Task.CompletedTask;
    }

    /// <summary>What is said of a recording that is gone.</summary>
    protected virtual string? OfNone => "There is no such recording any more.";

    /// <summary>What consoles are told of each.</summary>
    protected virtual string Hint => "recording-changed";

    /// <summary>Changes one; returns why not.</summary>
    protected abstract Task<string?> ChangeAsync(
        JobStep step, RecordingRow row, string item, CancellationToken cancellationToken);

    /// <summary>Writes down what was done to one, under the name that the recording role writes it under.</summary>
    protected static void WriteDown(JobStep step, RecordingRow row, ConsoleOperation operation) => step.Log(
        operation, row.RecordId, ("recordId", row.RecordId),
        (Reason, step.Request.Args.GetValueOrDefault(Reason) is { Length: > 0 } reason ? reason : null));

    /// <summary>A sentence about a recording that is begun with what people call it.</summary>
    protected static string Of(RecordingRow row, string why) =>
        $"{(row.Title.Length > 0 ? row.Title : row.RecordId)}: {why}";

    /// <summary>Holds one since a time, or releases it; what is so already is left as it is.</summary>
    protected static async Task SetHeldAsync(
        JobStep step, RecordingRow row, DateTime? since, CancellationToken cancellationToken)
    {
        var guid = row.Guid;
        var rows = step.Db.Recordings.Where(r => r.Guid == guid && r.Status != RecordingStatus.Deleting);
        rows = since is null ? rows.Where(r => r.HeldAt != null) : rows.Where(r => r.HeldAt == null);
        var changed = await rows.ExecuteUpdateAsync(s => s.SetProperty(r => r.HeldAt, since), cancellationToken);
        if (changed == 0) return;
        WriteDown(
            step, row, since is null ? ConsoleOperation.ReleaseRecording : ConsoleOperation.HoldRecording);
    }
}

/// <summary>Keeps recordings from being deleted, or not any more. For administrators, as one alone is.</summary>
internal sealed class RecordingHoldJob(bool hold, ApiParts parts, TimeProvider time) : RecordingJob(parts)
{
    private const int Some = 500;

    public override string Name => hold ? "recordings.hold" : "recordings.release";

    public override string UndoneBy => RecordingRestoreJob.KindName;

    public override async Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken)
    {
        var since = new Dictionary<Guid, DateTime>();
        foreach (var some in request.Items.Select(Guid.Parse).Chunk(Some))
        {
            var rows = await db.Recordings.Where(r => some.Contains(r.Guid) && r.HeldAt != null)
                .Select(r => new { r.Guid, r.HeldAt }).ToListAsync(cancellationToken);
            foreach (var row in rows) since[row.Guid] = row.HeldAt!.Value;
        }

        return [.. request.Items.Select(i => $"{i}\t{Ticks(since, Guid.Parse(i))}")];
    }

    protected override async Task<string?> ChangeAsync(
        JobStep step, RecordingRow row, string item, CancellationToken cancellationToken)
    {
        await SetHeldAsync(step, row, hold ? time.GetUtcNow().UtcDateTime : null, cancellationToken);
        return null;
    }

    private static string Ticks(Dictionary<Guid, DateTime> since, Guid guid) =>
        since.TryGetValue(guid, out var at) ? at.Ticks.ToString(CultureInfo.InvariantCulture) : "";
}

/// <summary>Holds or releases recordings as they were; the items say since when each was held.</summary>
internal sealed class RecordingRestoreJob(ApiParts parts) : RecordingJob(parts)
{
    internal const string KindName = "recordings.restore";

    public override string Name => KindName;

    protected override async Task<string?> ChangeAsync(
        JobStep step, RecordingRow row, string item, CancellationToken cancellationToken)
    {
        DateTime? since = long.TryParse(
            item.Split('\t').ElementAtOrDefault(1), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            ? new DateTime(ticks, DateTimeKind.Utc) : null;
        await SetHeldAsync(step, row, since, cancellationToken);
        return null;
    }
}

/// <summary>
/// Deletes recordings: nobody sees them from then on, and the recording role deletes the files within two minutes, on
/// whichever node they are. What is held stays, and what is not finished, for somebody may be sending it.
/// </summary>
internal sealed class RecordingDeleteJob(ApiParts parts, TimeProvider time) : RecordingJob(parts)
{
    internal const string KindName = "recordings.delete";

    public override string Name => KindName;

    // Gone is gone, also after a crash.
    protected override string? OfNone => null;

    protected override string Hint => "recording-deleted";

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        RecordingsBulk.ReachesAllAsync(db, user, [.. request.Items.Select(Guid.Parse)], cancellationToken);

    protected override async Task<string?> ChangeAsync(
        JobStep step, RecordingRow row, string item, CancellationToken cancellationToken)
    {
        var (guid, now) = (row.Guid, time.GetUtcNow().UtcDateTime);
        // Asked in the same statement: somebody may hold it at this moment.
        var marked = await step.Db.Recordings
            .Where(r => r.Guid == guid && r.HeldAt == null
                && (r.Status == RecordingStatus.Ready || r.Status == RecordingStatus.Failed))
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, RecordingStatus.Deleting).SetProperty(r => r.UpdatedAt, now),
                cancellationToken);
        if (marked == 0)
        {
            return Of(row, row.HeldAt is null ? "It is not finished yet." : "It is held; release it first.");
        }

        WriteDown(step, row, ConsoleOperation.DeleteRecording);
        return null;
    }
}
