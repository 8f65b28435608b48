using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Copies;

/// <summary>How a wish for a copy ended.</summary>
internal enum CopyAnswer
{
    /// <summary>It waits, is being made, or is there.</summary>
    Ok,

    /// <summary>There is nothing to make.</summary>
    Nothing,

    /// <summary>Too many wait.</summary>
    Busy,

    /// <summary>There is no room for it.</summary>
    NoRoom,
}

/// <summary>How far a copy is.</summary>
/// <param name="Status">Null: there is none.</param>
/// <param name="CanMake">It may be asked for.</param>
internal sealed record CopyView(RecordingCopyStatus? Status, bool CanMake)
{
    /// <summary>How many are made before it.</summary>
    public int Ahead { get; init; }

    /// <summary>Hundredths that are made.</summary>
    public int Progress { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; init; } = "";
}

/// <summary>
/// Recordings as MP4, for browsers that can't play their files: what there is, and who wants one. Whether somebody may
/// see the recording was asked before.
/// </summary>
internal sealed class CopyDesk(
    RecordingOptions options, RecordingParts parts, RecordingQuota quota, IRecordingStorage storage, CopyQueue queue)
{
    /// <summary>So many may wait; each may take an hour.</summary>
    internal const int MostWaiting = 20;

    /// <summary>How far a recording's copy is.</summary>
    public async Task<CopyView> ViewAsync(RecordView recording, CancellationToken cancellationToken)
    {
        var canMake = CanMake(recording);
        await using var db = parts.Store.CreateDb();
        var copy = await FindAsync(db, recording, cancellationToken);
        // What waits where none are made waits for nothing.
        if (copy is null || (!canMake && copy.Status != RecordingCopyStatus.Ready)) return new CopyView(null, canMake);
        var isOver = copy.Status is RecordingCopyStatus.Ready or RecordingCopyStatus.Failed;
        return new CopyView(copy.Status, canMake && copy.Status == RecordingCopyStatus.Failed)
        {
            Ahead = copy.Status == RecordingCopyStatus.Waiting ? await AheadAsync(db, copy, cancellationToken) : 0,
            Progress = isOver ? 0 : copy.Progress, Size = copy.Size, Reason = copy.Reason,
        };
    }

    /// <summary>Has one made, unless there is one, or it is about to be made.</summary>
    /// <param name="recording">Of which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What came of it, and whether it was not asked for before.</returns>
    public async Task<(CopyAnswer Answer, bool IsNew)> AskAsync(
        RecordView recording, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var known = await FindAsync(db, recording, cancellationToken);
        if (known is { Status: RecordingCopyStatus.Ready }) return (CopyAnswer.Ok, false);
        if (!CanMake(recording)) return (CopyAnswer.Nothing, false);
        if (known is { Status: not RecordingCopyStatus.Failed }) return (CopyAnswer.Ok, false);
        var waiting = await db.RecordingCopies.CountAsync(
            c => c.Status == RecordingCopyStatus.Waiting || c.Status == RecordingCopyStatus.Making, cancellationToken);
        if (waiting >= MostWaiting) return (CopyAnswer.Busy, false);
        if (!await HasRoomAsync(db, recording.Size, cancellationToken)) return (CopyAnswer.NoRoom, false);
        var isNew = await EnterAsync(db, recording, cancellationToken);
        queue.Wake();
        return (CopyAnswer.Ok, isNew);
    }

    private bool CanMake(RecordView recording) =>
        options.CopyMinutes > 0 && (options.Finish || parts.Store.Address.IsPostgres)
        && recording is { State: RecordState.Ready, Key: not null, FinishedAt: not null, MimeType: { } type }
        && type.StartsWith("video/", StringComparison.Ordinal)
        && !(type == "video/mp4" && recording.Codec == "h264");

    private static async Task<RecordingCopy?> FindAsync(
        HawserDb db, RecordView recording, CancellationToken cancellationToken)
    {
        var (guid, at) = (recording.Guid, recording.FinishedAt);
        return await db.RecordingCopies.AsNoTracking().FirstOrDefaultAsync(
            c => c.RecordingGuid == guid && c.SourceAt == at, cancellationToken);
    }

    private static Task<int> AheadAsync(HawserDb db, RecordingCopy copy, CancellationToken cancellationToken)
    {
        var at = copy.AskedAt;
        return db.RecordingCopies.CountAsync(
            c => c.Status == RecordingCopyStatus.Making || (c.Status == RecordingCopyStatus.Waiting && c.AskedAt < at),
            cancellationToken);
    }

    private async Task<bool> HasRoomAsync(HawserDb db, long bytes, CancellationToken cancellationToken)
    {
        if (!storage.HasRoomFor(bytes, start: true)) return false;
        if (options.MaxTotal == 0) return true;
        await quota.LoadAsync(db, cancellationToken);
        return quota.Total + bytes <= (long)options.MaxTotal << 20;
    }

    /// <returns>False: somebody asked in this moment.</returns>
    private async Task<bool> EnterAsync(HawserDb db, RecordView recording, CancellationToken cancellationToken)
    {
        var (guid, at, now) = (recording.Guid, recording.FinishedAt!.Value, parts.Time.GetUtcNow().UtcDateTime);
        // The size stays that of the file of before, which is there until this one replaces it.
        var changed = await db.RecordingCopies
            .Where(c => c.RecordingGuid == guid && (c.SourceAt != at || c.Status == RecordingCopyStatus.Failed))
            .ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Status, RecordingCopyStatus.Waiting).SetProperty(c => c.SourceAt, at)
                    .SetProperty(c => c.Progress, 0).SetProperty(c => c.Reason, "").SetProperty(c => c.AskedAt, now)
                    .SetProperty(c => c.Maker, "").SetProperty(c => c.MakerUntil, (DateTime?)null),
                cancellationToken);
        if (changed > 0) return true;
        if (await db.RecordingCopies.AnyAsync(c => c.RecordingGuid == guid, cancellationToken)) return false;
        db.RecordingCopies.Add(new RecordingCopy { RecordingGuid = guid, SourceAt = at, AskedAt = now });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            return false;
        }
    }
}
