using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Finishing;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Ingest;

/// <summary>
/// Recordings that arrive: begun, written at offsets without holes, ended by the finished header, or discarded
/// (reference §11). Which step may follow which is decided here; where bytes go, in <see cref="RecordingStore"/>.
/// </summary>
internal sealed partial class RecordUploads(
    RecordingOptions options, RecordingParts parts, RecordingStore store, RecordingQuota quota, UploadRights rights,
    RecordingMetrics metrics, FinishQueue queue, Durability durability, DiskThreads disk)
{
    /// <summary>The header that is written last is no longer than this.</summary>
    internal const int MaxHeader = 1024;

    // Less is not worth a change of thread.
    private const int Gathered = 256 << 10;

    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, RecordUpload> _open = new(StringComparer.Ordinal);
    private readonly OpenPlaces _places = new(options.MaxOpen);

    // Who begins the same recording twice at the same time waits for himself; sixteen, so that few others wait for him.
    private readonly SemaphoreSlim[] _starting = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];
    private readonly ILogger _log = parts.Logs.CreateLogger<RecordUploads>();
    private readonly TimeProvider _time = parts.Time;

    /// <summary>How many arrive.</summary>
    public int Open => _open.Count;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <summary>Begins a recording, or begins it anew as long as it has not ended.</summary>
    public async Task<UploadOutcome> StartAsync(
        RecordingName name, IPAddress? from, CancellationToken cancellationToken)
    {
        if (!store.HasRoomFor(1)) return UploadOutcome.DiskIsFull;
        await using var db = parts.Store.CreateDb();
        if (await rights.FindAsync(db, name, from, cancellationToken) is not { } grant) return UploadOutcome.NotAllowed;
        await quota.LoadAsync(db, name.PeerId, cancellationToken);
        if (quota.TryTake(name.PeerId, 1) is not UploadOutcome.Done and var full) return full;
        quota.GiveBack(name.PeerId, 1);
        var gate = _starting[(uint)name.Text.GetHashCode(StringComparison.Ordinal) % (uint)_starting.Length];
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (_open.TryGetValue(name.Text, out var known)) return await RestartAsync(known, from, cancellationToken);
            using var place = _places.TryTake();
            return place is null ? UploadOutcome.TooMany
                : await BeginAsync(db, name, grant, from, place, cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Takes a part in; its bytes are in the body.</summary>
    public async Task<UploadOutcome> WriteAsync(
        RecordingName name, long offset, long length, PipeReader body, IPAddress? from,
        CancellationToken cancellationToken)
    {
        var (upload, outcome) = await FindAsync(name, from, cancellationToken);
        if (upload is null) return outcome;
        await upload.Gate.WaitAsync(cancellationToken);
        try
        {
            if (upload.IsClosed) return UploadOutcome.NotStarted;
            if (offset > upload.Size) return UploadOutcome.Gap;
            if (offset + length > (long)options.MaxRecording << 20) return UploadOutcome.TooLong;
            return await GrowAsync(upload, offset, length, body, cancellationToken);
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    /// <summary>Rewrites the first bytes with the finished header, and ends the recording.</summary>
    public async Task<UploadOutcome> FinishAsync(
        RecordingName name, long length, PipeReader body, IPAddress? from, CancellationToken cancellationToken)
    {
        var (upload, outcome) = await FindAsync(name, from, cancellationToken);
        if (upload is null) return outcome;
        await upload.Gate.WaitAsync(cancellationToken);
        try
        {
            if (upload.IsClosed) return UploadOutcome.NotStarted;
            if (length > upload.Size) return UploadOutcome.Gap;
            // All of it first: half a header would spoil what is there.
            var header = await HeaderAsync(body, length, cancellationToken);
            if (header is null) return UploadOutcome.WrongLength;
            await upload.File.WriteAsync(new ReadOnlySequence<byte>(header), 0, disk);
            await EndAsync(upload, incomplete: false, cancellationToken);
            return UploadOutcome.Done;
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    /// <summary>Discards a recording that has not ended.</summary>
    public async Task<UploadOutcome> RemoveAsync(
        RecordingName name, IPAddress? from, CancellationToken cancellationToken)
    {
        var (upload, outcome) = await FindAsync(name, from, cancellationToken);
        if (upload is null) return outcome;
        await upload.Gate.WaitAsync(cancellationToken);
        try
        {
            if (upload.IsClosed) return UploadOutcome.NotStarted;
            await DiscardAsync(upload, cancellationToken);
            return UploadOutcome.Done;
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    private async Task<UploadOutcome> BeginAsync(
        HawserDb db, RecordingName name, UploadGrant grant, IPAddress? from, OpenPlaces.Place place,
        CancellationToken cancellationToken)
    {
        var row = await db.Recordings.FirstOrDefaultAsync(r => r.RecordId == name.Text, cancellationToken);
        if (row is { Status: not RecordingStatus.Recording }) return UploadOutcome.Finished;
        if (row is null) db.Recordings.Add(row = NewRow(name, grant));
        else quota.Deleted(row.Size);
        (row.Size, row.UpdatedAt) = (0, Now);
        await db.SaveChangesAsync(cancellationToken);
        var upload = new RecordUpload(name, row.Guid, from, store.Open(name, truncate: true), _time.GetTimestamp());
        if (!Add(upload, place)) return UploadOutcome.TooMany;
        Log.Started(_log, row.Guid, name.PeerId);
        parts.Feed.Publish(new LiveEvent("recording-started", row.Guid.ToString()));
        return UploadOutcome.Done;
    }

    private async Task<UploadOutcome> RestartAsync(
        RecordUpload upload, IPAddress? from, CancellationToken cancellationToken)
    {
        await upload.Gate.WaitAsync(cancellationToken);
        try
        {
            if (upload.IsClosed) return UploadOutcome.TooMany;
            upload.From = from;
            upload.File.CutTo(0);
            quota.Deleted(upload.Size);
            (upload.Size, upload.LastPart) = (0, _time.GetTimestamp());
            await SaveSizeAsync(upload, now: true, cancellationToken);
            return UploadOutcome.Done;
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    /// <summary>The upload a step belongs to; after a restart of the server, from the row and the file.</summary>
    private async Task<(RecordUpload? Upload, UploadOutcome Outcome)> FindAsync(
        RecordingName name, IPAddress? from, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(name.Text, out var upload) && Equals(upload.From, from)) return (upload, default);
        await using var db = parts.Store.CreateDb();
        var row = await db.Recordings.AsNoTracking()
            .FirstOrDefaultAsync(r => r.RecordId == name.Text, cancellationToken);
        if (row is null) return (null, UploadOutcome.NotStarted);
        if (row.Status != RecordingStatus.Recording) return (null, UploadOutcome.Finished);
        if (await rights.FindAsync(db, name, from, cancellationToken) is null) return (null, UploadOutcome.NotAllowed);
        if (upload is not null)
        {
            upload.From = from;
            return (upload, default);
        }

        if (store.Find(name) != StoredAs.Arriving) return (null, UploadOutcome.NotStarted);
        await quota.LoadAsync(db, name.PeerId, cancellationToken);
        using var place = _places.TryTake();
        if (place is null) return (null, UploadOutcome.TooMany);
        upload = new RecordUpload(name, row.Guid, from, store.Open(name, truncate: false), _time.GetTimestamp());
        if (Add(upload, place)) return (upload, default);
        return _open.TryGetValue(name.Text, out upload) ? (upload, default) : (null, UploadOutcome.NotStarted);
    }

    private bool Add(RecordUpload upload, OpenPlaces.Place place)
    {
        if (!_open.TryAdd(upload.Name.Text, upload))
        {
            upload.Dispose();
            return false;
        }

        place.Keep();
        metrics.Opened(1);
        return true;
    }

    private async Task<UploadOutcome> GrowAsync(
        RecordUpload upload, long offset, long length, PipeReader body, CancellationToken cancellationToken)
    {
        var growth = Math.Max(0, offset + length - upload.Size);
        if (!store.HasRoomFor(growth)) return UploadOutcome.DiskIsFull;
        if (quota.TryTake(upload.Name.PeerId, growth) is not UploadOutcome.Done and var full) return full;
        var written = false;
        try
        {
            if (await CopyAsync(upload, offset, length, body, cancellationToken) != length)
            {
                return UploadOutcome.WrongLength;
            }

            if (durability.Flushes) await upload.File.FlushAsync(durability);
            written = true;
        }
        finally
        {
            // A part that did not arrive whole was not answered for: the file ends where it ended before.
            if (!written)
            {
                quota.GiveBack(upload.Name.PeerId, growth);
                upload.File.CutTo(upload.Size);
            }
        }

        upload.Size += growth;
        upload.LastPart = _time.GetTimestamp();
        metrics.AddBytes(length);
        await SaveSizeAsync(upload, now: false, cancellationToken);
        return UploadOutcome.Done;
    }

    /// <summary>Writes a body to its place; one byte too many or too few is told by the result.</summary>
    private async Task<long> CopyAsync(
        RecordUpload upload, long offset, long length, PipeReader body, CancellationToken cancellationToken)
    {
        long done = 0;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (done + read.Buffer.Length > length)
            {
                body.AdvanceTo(read.Buffer.End);
                return done + read.Buffer.Length;
            }

            if (disk.IsBusy && !read.IsCompleted && read.Buffer.Length < Gathered && done + read.Buffer.Length < length)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            // Out of the buffers that they came in, as many as are there; the next come meanwhile.
            await upload.File.WriteAsync(read.Buffer, offset + done, disk);
            done += read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return done;
        }
    }

    private static async Task<byte[]?> HeaderAsync(PipeReader body, long length, CancellationToken cancellationToken)
    {
        var read = await body.ReadAtLeastAsync((int)length + 1, cancellationToken);
        var header = read.Buffer.Length == length ? read.Buffer.ToArray() : null;
        body.AdvanceTo(read.Buffer.End);
        return header;
    }

    private static RecordingRow NewRow(RecordingName name, UploadGrant grant, DateTime now) => new()
    {
        RecordId = name.Text,
        DeviceGuid = grant.DeviceGuid,
        DeviceId = name.PeerId,
        Direction = name.Direction,
        Codec = name.Codec,
        Display = name.Display,
        StartedAt = name.StartedAt,
        Status = RecordingStatus.Recording,
        Door = RecordingDoor.Upload,
        Owner = grant.Owner,
        OwnerGuid = grant.UserGuid,
        PeerId = grant.PeerId,
        ActiveAt = now,
        ConnectionGuid = grant.ConnectionGuid,
        CreatedAt = now,
    };

    private RecordingRow NewRow(RecordingName name, UploadGrant grant) => NewRow(name, grant, Now);

    /// <summary>The row follows the file, at most every few seconds; the file is what counts.</summary>
    private async Task SaveSizeAsync(RecordUpload upload, bool now, CancellationToken cancellationToken)
    {
        if (!now && _time.GetElapsedTime(upload.SavedAt) < SaveEvery) return;
        try
        {
            await using var db = parts.Store.CreateDb();
            var (size, at) = (upload.Size, Now);
            await db.Recordings.Where(r => r.Guid == upload.Row).ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Size, size).SetProperty(r => r.UpdatedAt, at), cancellationToken);
            (upload.SavedSize, upload.SavedAt) = (size, _time.GetTimestamp());
        }
        catch (Exception e) when (e.IsStoreFault() && !now)
        {
            // The bytes are safe; the next part, or the end, brings the row up to date.
            Log.RowIsBehind(_log, upload.Row, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7000, LogLevel.Information, "Recording {Recording} of device {PeerId} arrives")]
        internal static partial void Started(ILogger logger, Guid recording, string peerId);

        [LoggerMessage(7001, LogLevel.Information,
            "Recording {Recording} has arrived: {Bytes} bytes, incomplete: {Incomplete}")]
        internal static partial void Arrived(ILogger logger, Guid recording, long bytes, bool incomplete);

        [LoggerMessage(7002, LogLevel.Warning, "The row of recording {Recording} is behind its file: {Reason}")]
        internal static partial void RowIsBehind(ILogger logger, Guid recording, string reason);

        [LoggerMessage(7003, LogLevel.Information, "Recording {Recording} was discarded")]
        internal static partial void Discarded(ILogger logger, Guid recording);

        [LoggerMessage(7004, LogLevel.Warning, "Of recording {Recording} nothing is left on the disk")]
        internal static partial void Lost(ILogger logger, Guid recording);
    }
}
