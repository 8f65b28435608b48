using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Finishing;
using Hawser.Recording.Ingest;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Library;

/// <summary>
/// Recordings as those see them who make, watch and manage them: whatever door bytes come through, whichever node they
/// come to. State belongs to the recording's id and never to a connection (reference §1.4–1.9). The row decides; what
/// is held in memory only spares reading it again.
/// </summary>
internal sealed partial class Recordings(
    RecordingOptions options, RecordingParts parts, IRecordingStorage storage, IChunkCounter counter,
    ChunkLedger ledger, LiveRecordings live, RecordLimits limits, RecordEnds ends, FinishQueue queue,
    RecordUploads uploads, RecordingMetrics metrics) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _log = parts.Logs.CreateLogger<Recordings>();
    private readonly TimeProvider _time = parts.Time;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// A chunk's header has arrived and its bytes follow: as long as this is held, a stopped recording is not closed.
    /// To be disposed after <see cref="AppendAsync"/> was called, or when the bytes do not come.
    /// </summary>
    public IDisposable Arriving(RecordCaller caller, string? recordId)
    {
        if (!RecordId.IsValid(recordId)) return Undo.Nothing;
        var held = live.Hold(recordId);
        held.Arrive(caller.Owner, 1, _time.GetTimestamp());
        return new Undo(Arrived);

        void Arrived()
        {
            held.Arrive(caller.Owner, -1, _time.GetTimestamp());
            live.LetGo(held);
        }
    }

    /// <summary>
    /// A connection uses a recording: as long as this is held, silence does not end it (reference §1.8).
    /// </summary>
    /// <param name="caller">Who; is not told of others' recordings.</param>
    /// <param name="recordId">Which recording.</param>
    /// <param name="ended">Called when it becomes ready or fails, on whichever node; must not block.</param>
    public IDisposable Attend(RecordCaller caller, string? recordId, Action<RecordEnd> ended)
    {
        if (!RecordId.IsValid(recordId)) return Undo.Nothing;
        var held = live.Hold(recordId);
        held.Attend(caller.Owner, 1);
        var watch = ends.Watch(recordId, caller.Owner, ended);
        return new Undo(Leave);

        void Leave()
        {
            watch.Dispose();
            held.Attend(caller.Owner, -1);
            live.LetGo(held);
        }
    }

    /// <summary>Ends all waiting for late chunks; the next start, or another node, goes on with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_drains.Keys.ToArray());
        _stopping.Dispose();
    }

    private static async Task<RecordingRow?> ReadAsync(
        HawserDb db, string recordId, CancellationToken cancellationToken) =>
        await db.Recordings.AsNoTracking().FirstOrDefaultAsync(r => r.RecordId == recordId, cancellationToken);

    /// <summary>A row of somebody who may record into it; nobody else learns that it is there.</summary>
    private static bool IsOwn(RecordCaller caller, RecordingRow? row) =>
        row is { Door: RecordingDoor.Stream } && row.Owner == caller.Owner && row.Status != RecordingStatus.Deleting;

    private async Task<RecordingRow?> RowAsync(LiveRecording held, bool anew, CancellationToken cancellationToken)
    {
        if (!anew && held.Row is { } known) return known;
        await using var db = parts.Store.CreateDb();
        return held.Row = await ReadAsync(db, held.RecordId, cancellationToken);
    }

    /// <summary>
    /// What ended by silence goes on when its owner does (reference §1.5, §1.8), also while it is being finished: who
    /// finishes it finds that out before publishing.
    /// </summary>
    private async Task<bool> ReopenAsync(LiveRecording held, RecordingRow row, CancellationToken cancellationToken)
    {
        if (row.Stopped || row.ChunksDeletedAt is not null || row.Status is not
            (RecordingStatus.Finalising or RecordingStatus.Ready or RecordingStatus.Failed)) return false;
        var (guid, now) = (row.Guid, Now);
        await using var db = parts.Store.CreateDb();
        var reopened = await db.Recordings
            .Where(r => r.Guid == guid && !r.Stopped && r.ChunksDeletedAt == null
                && (r.Status == RecordingStatus.Finalising || r.Status == RecordingStatus.Ready
                    || r.Status == RecordingStatus.Failed))
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Status, RecordingStatus.Recording).SetProperty(r => r.Incomplete, false)
                    .SetProperty(r => r.Finisher, "").SetProperty(r => r.FinisherUntil, (DateTime?)null)
                    .SetProperty(r => r.ReasonCode, "").SetProperty(r => r.Reason, "")
                    .SetProperty(r => r.ActiveAt, now).SetProperty(r => r.UpdatedAt, now),
                cancellationToken) > 0;
        held.Row = await ReadAsync(db, held.RecordId, cancellationToken);
        if (reopened) Log.Reopened(_log, guid);
        return reopened;
    }

    /// <summary>What is told of an exception that means that something we need is away.</summary>
    private RecordCode? Explain(Exception e, string recordId)
    {
        RecordCode? code = e switch
        {
            ChunkCounterException => RecordCode.IndexUnavailable,
            StorageException { IsFull: true } or StoreException { Fault: StoreFault.Full } => RecordCode.StorageFull,
            IOException or UnauthorizedAccessException => RecordCode.StorageError,
            _ => e.IsStoreFault() ? RecordCode.StorageError : null,
        };
        if (code is { } told)
        {
            live.Forget(recordId);
            Log.Refused(_log, told, e.Message);
        }

        return code;
    }

    private static partial class Log
    {
        [LoggerMessage(7040, LogLevel.Information, "Recording {Recording} has begun")]
        internal static partial void Started(ILogger logger, Guid recording);

        [LoggerMessage(7041, LogLevel.Information, "Recording {Recording} goes on after it had ended by silence")]
        internal static partial void Reopened(ILogger logger, Guid recording);

        [LoggerMessage(7042, LogLevel.Warning, "A step of a recording was refused with {Code}: {Reason}")]
        internal static partial void Refused(ILogger logger, RecordCode code, string reason);

        [LoggerMessage(7043, LogLevel.Information, "Recording {Recording} is complete: {Chunks} chunks, {Bytes} bytes")]
        internal static partial void Frozen(ILogger logger, Guid recording, int chunks, long bytes);

        [LoggerMessage(7044, LogLevel.Warning, "Recording {Recording} could not be ended yet: {Reason}")]
        internal static partial void NotFrozen(ILogger logger, Guid recording, string reason);

        [LoggerMessage(7045, LogLevel.Information, "Recording {Recording} was deleted")]
        internal static partial void Deleted(ILogger logger, Guid recording);

        [LoggerMessage(7046, LogLevel.Warning, "The counter of recording {Recording} was behind and was set to {Next}")]
        internal static partial void Raised(ILogger logger, Guid recording, int next);
    }
}
