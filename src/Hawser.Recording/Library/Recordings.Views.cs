using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>What is seen of recordings, and how they are deleted.</summary>
internal sealed partial class Recordings
{
    /// <summary>How far it is; what is not the caller's is not found.</summary>
    public async Task<RecordView> ViewAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken) =>
        await SeenAsync(caller, recordId, RecordRights.View, cancellationToken) is { } row
            ? (await ViewsAsync([row], cancellationToken))[0]
            : new RecordView(recordId ?? "", RecordState.NotFound);

    /// <summary>Deletes a recording with all its files, also one that is arriving.</summary>
    /// <returns>
    /// Done, not started (there is none, or it is not the caller's), busy (it is held), or forbidden.
    /// </returns>
    public async Task<RecordCode> DeleteAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken)
    {
        if ((caller.Rights & RecordRights.Manage) == RecordRights.None) return RecordCode.Forbidden;
        try
        {
            if (await SeenAsync(caller, recordId, RecordRights.Manage, cancellationToken) is not { } row)
            {
                return RecordCode.NotStarted;
            }

            return await DeleteAsync(row, cancellationToken) ? RecordCode.Ok : RecordCode.Busy;
        }
        catch (Exception e) when (Explain(e, recordId!) is { } code)
        {
            return code;
        }
    }

    /// <summary>Opens a file of a recording; null: there is none, or it is not the caller's.</summary>
    public async Task<RecordFile?> OpenAsync(
        RecordCaller caller, string? recordId, RecordPart part, CancellationToken cancellationToken)
    {
        var seen = await SeenAsync(caller, recordId, RecordRights.View, cancellationToken);
        if (seen is not { FinalName.Length: > 0 } row)
        {
            return null;
        }

        var (name, type) = part switch
        {
            RecordPart.Copy => (await HasCopyAsync(row, cancellationToken) ? StoredNames.Copy : null, "video/mp4"),
            RecordPart.Poster => (row.HasPoster ? StoredNames.Poster : null, "image/jpeg"),
            RecordPart.Preview => (row.HasPreview ? StoredNames.Preview : null, "video/webm"),
            _ => (row.FinalName, row.MimeType),
        };
        if (name is null || await storage.OpenAsync(row.RecordId, name, cancellationToken) is not { } file) return null;
        return new RecordFile(
            file.Content, file.Length, $"\"{file.Version}\"", file.LastModified, type, $"{row.RecordId}-{name}");
    }

    /// <summary>Where a final file is fetched without passing through here; null: nowhere, open it.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="name">Its final file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Uri?> AddressAsync(
        RecordCaller caller, string recordId, string name, CancellationToken cancellationToken)
    {
        if (options.S3PublicAddress.Length == 0) return null;
        var row = await SeenAsync(caller, recordId, RecordRights.View, cancellationToken);
        return row is null || row.FinalName != name ? null
            : storage.AddressOf(recordId, name, row.MimeType, $"attachment; filename=\"{recordId}-{name}\"");
    }

    /// <summary>Deletes, in an order that can be gone on with after a crash: the row goes last.</summary>
    /// <returns>False: it is held.</returns>
    internal async Task<bool> DeleteAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var (guid, now) = (row.Guid, Now);
        await using var db = parts.Store.CreateDb();
        // Asked in the same statement: somebody may hold it at this moment.
        var marked = await db.Recordings.Where(r => r.Guid == guid && r.HeldAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Status, RecordingStatus.Deleting).SetProperty(r => r.UpdatedAt, now),
            cancellationToken);
        if (marked == 0 && await db.Recordings.AnyAsync(r => r.Guid == guid, cancellationToken)) return false;
        live.Forget(row.RecordId);
        // Before the files, so that nobody goes on with one.
        await db.RecordingCopies.Where(c => c.RecordingGuid == guid).ExecuteDeleteAsync(cancellationToken);
        if (row.Door == RecordingDoor.Upload) await uploads.DropAsync(row.RecordId, cancellationToken);
        await storage.DeleteAsync(row.RecordId, cancellationToken);
        await ForgetNumbersAsync(row.RecordId, cancellationToken);
        await db.RecordingChunks.Where(c => c.RecordingGuid == guid).ExecuteDeleteAsync(cancellationToken);
        await db.Recordings.Where(r => r.Guid == guid).ExecuteDeleteAsync(cancellationToken);
        limits.Forget();
        ends.Gone(row.RecordId);
        Log.Deleted(_log, guid);
        parts.Feed.Publish(new LiveEvent("recording-deleted", guid.ToString()));
        return true;
    }

    /// <summary>Deletes what a recording was made of; its final file, if it has one, stays.</summary>
    internal async Task DropChunksAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var (guid, now) = (row.Guid, Now);
        await using var db = parts.Store.CreateDb();
        // First the mark, so that it is not gone on with while the files go.
        var marked = await db.Recordings
            .Where(r => r.Guid == guid && r.ChunksDeletedAt == null && r.HeldAt == null
                && (r.Status == RecordingStatus.Ready || r.Status == RecordingStatus.Failed))
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ChunksDeletedAt, now), cancellationToken);
        if (marked == 0) return;
        live.Forget(row.RecordId);
        await storage.DeleteChunksAsync(row.RecordId, cancellationToken);
        await ForgetNumbersAsync(row.RecordId, cancellationToken);
        await db.RecordingChunks.Where(c => c.RecordingGuid == guid).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task<bool> HasCopyAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var (guid, at) = (row.Guid, row.FinishedAt);
        await using var db = parts.Store.CreateDb();
        return await db.RecordingCopies.AnyAsync(
            c => c.RecordingGuid == guid && c.Status == RecordingCopyStatus.Ready && c.SourceAt == at,
            cancellationToken);
    }

    private async Task ForgetNumbersAsync(string recordId, CancellationToken cancellationToken)
    {
        try
        {
            await counter.CloseAsync(recordId, cancellationToken);
        }
        catch (ChunkCounterException e)
        {
            // A counter that is left is never lowered, so it does no harm.
            Log.Refused(_log, RecordCode.IndexUnavailable, e.Message);
        }
    }

    private async Task<RecordingRow?> SeenAsync(
        RecordCaller caller, string? recordId, RecordRights right, CancellationToken cancellationToken)
    {
        if (!RecordId.IsValid(recordId)) return null;
        await using var db = parts.Store.CreateDb();
        var row = await ReadAsync(db, recordId, cancellationToken);
        if (row is not { Status: not RecordingStatus.Deleting }) return null;
        return caller.May(right, row.Owner) || await ByRoleAsync(db, caller, row, right, cancellationToken)
            ? row : null;
    }

    // Whose recording it is does not matter then, only of which device.
    private static async Task<bool> ByRoleAsync(
        HawserDb db, RecordCaller caller, RecordingRow row, RecordRights right, CancellationToken cancellationToken)
    {
        if (row.DeviceGuid is not { } device || right == RecordRights.Record) return false;
        if ((caller.Rights & right) != right || caller.Devices is null) return false;
        return await caller.Devices(db, right == RecordRights.Manage)
            .AnyAsync(guid => guid == device, cancellationToken);
    }

    private static RecordView ViewOf(RecordingRow row, int days) => new(row.RecordId, StateOf(row.Status))
    {
        Guid = row.Guid,
        Owner = row.Owner,
        Key = row.FinalName.Length > 0 ? $"{row.RecordId}/{row.FinalName}" : null,
        Size = row.FinalName.Length > 0 ? row.FinalSize : row.Size,
        Chunks = row.Chunks,
        DurationMs = row.DurationMs,
        MimeType = row.MimeType.Length > 0 ? row.MimeType : null,
        FileHash = row.FileHash,
        Incomplete = row.Incomplete,
        Progress = row.Progress,
        Code = row.ReasonCode.Length > 0 ? RecordCodes.Parse(row.ReasonCode) : null,
        Reason = row.Reason,
        HasPoster = row.HasPoster,
        HasPreview = row.HasPreview,
        Uploaded = row.Door == RecordingDoor.Upload,
        DeviceId = row.DeviceId,
        PeerId = row.PeerId,
        Direction = row.Direction,
        Codec = row.Codec,
        Display = row.Display,
        Account = row.OwnerGuid,
        DeviceGuid = row.DeviceGuid,
        ConnectionGuid = row.ConnectionGuid,
        Title = row.Title,
        Note = row.Note,
        HeldAt = row.HeldAt,
        KeptUntil = KeptUntil(row, days),
        CanFinish = CanFinish(row),
        StartedAt = row.StartedAt,
        CreatedAt = row.CreatedAt,
        FinishedAt = row.FinishedAt,
    };

    private static RecordState StateOf(RecordingStatus status) => status switch
    {
        RecordingStatus.Recording => RecordState.Recording,
        RecordingStatus.Stopping => RecordState.Stopping,
        RecordingStatus.Finalising => RecordState.Finalising,
        RecordingStatus.Ready => RecordState.Ready,
        RecordingStatus.Failed => RecordState.Failed,
        _ => RecordState.NotFound,
    };

    private static DateTime? KeptUntil(RecordingRow row, int days) =>
        days > 0 && row is { HeldAt: null, FinishedAt: { } end }
            && row.Status is RecordingStatus.Ready or RecordingStatus.Failed
            ? end.AddDays(days) : null;

    private static bool CanFinish(RecordingRow row) =>
        row is { Status: RecordingStatus.Failed, ChunksDeletedAt: null }
        && (row.Door == RecordingDoor.Upload ? row.Size > 0 : row.Chunks > 0);
}
