using Hawser.Cluster;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Ingest;

/// <summary>How uploads end: by their header, by silence, or found after a restart.</summary>
internal sealed partial class RecordUploads
{
    /// <summary>How long a row may be without bytes before it counts as lost; they may be on another node.</summary>
    internal static readonly TimeSpan LostAfter = TimeSpan.FromDays(1);

    private const int Batch = 100;

    private TimeSpan Idle => TimeSpan.FromMinutes(options.IdleMinutes);

    /// <summary>Ends what has been silent for too long; what has no bytes is discarded.</summary>
    public async Task CloseIdleAsync(CancellationToken cancellationToken)
    {
        foreach (var upload in _open.Values)
        {
            if (_time.GetElapsedTime(upload.LastPart) < Idle) continue;
            if (!await upload.Gate.WaitAsync(TimeSpan.Zero, cancellationToken)) continue;
            try
            {
                if (upload.IsClosed || _time.GetElapsedTime(upload.LastPart) < Idle) continue;
                if (upload.Size == 0) await DiscardAsync(upload, cancellationToken);
                else await EndAsync(upload, incomplete: true, cancellationToken);
            }
            finally
            {
                upload.Gate.Release();
            }
        }
    }

    /// <summary>Rows that say "arriving" though nothing arrives: the server stopped, or the database failed.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var silentSince = Now - Idle - TimeSpan.FromMinutes(1);
        var rows = await db.Recordings
            .Where(r => r.Door == RecordingDoor.Upload && r.Status == RecordingStatus.Recording
                && r.UpdatedAt < silentSince)
            .OrderBy(r => r.UpdatedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            if (_open.ContainsKey(row.RecordId) || !RecordingName.TryParse(row.RecordId, out var name)) continue;
            Reconcile(row, name);
            if (row.Status == RecordingStatus.Recording && row.Reason == Nothing) db.Remove(row);
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The recording is deleted: what still arrives of it has no place to go.</summary>
    public async Task DropAsync(string recordId, CancellationToken cancellationToken)
    {
        if (!_open.TryGetValue(recordId, out var upload)) return;
        await upload.Gate.WaitAsync(cancellationToken);
        try
        {
            Forget(upload);
        }
        finally
        {
            upload.Gate.Release();
        }
    }

    /// <summary>Closes the files; what arrived so far is found again at the next start.</summary>
    public void CloseAll()
    {
        foreach (var (name, upload) in _open)
        {
            if (!_open.TryRemove(name, out _)) continue;
            _places.GiveBack();
            upload.Dispose();
        }
    }

    private const string Nothing = "nothing arrived";

    private void Reconcile(RecordingRow row, RecordingName name)
    {
        switch (store.Find(name))
        {
            case StoredAs.Arrived:
                Arrived(row, store.Source(name)!.Length, row.Incomplete);
                break;
            case StoredAs.Arriving:
                long size;
                using (var file = store.Open(name, truncate: false)) size = file.Length;
                if (size == 0)
                {
                    store.Discard(name);
                    row.Reason = Nothing;
                    break;
                }

                store.Publish(name);
                Arrived(row, size, incomplete: true);
                break;
            case StoredAs.Nothing when row.Size == 0:
                row.Reason = Nothing;
                break;
            case StoredAs.Nothing when row.UpdatedAt < Now - LostAfter:
                (row.Status, row.Reason, row.UpdatedAt) = (RecordingStatus.Failed, "the file is gone", Now);
                row.ReasonCode = RecordCode.MissingChunks.Name();
                Log.Lost(_log, row.Guid);
                break;
        }
    }

    private void Arrived(RecordingRow row, long size, bool incomplete)
    {
        (row.Status, row.Size, row.Incomplete) = (RecordingStatus.Finalising, size, incomplete);
        row.UpdatedAt = Now;
        Announce(row.Guid, size, incomplete);
    }

    private void Announce(Guid row, long size, bool incomplete)
    {
        metrics.Finished();
        Log.Arrived(_log, row, size, incomplete);
        parts.Feed.Publish(new LiveEvent("recording-arrived", row.ToString()));
        queue.Wake();
    }

    /// <summary>Bytes to the disk, then their name, then the row: whatever fails, the bytes are found.</summary>
    private async Task EndAsync(RecordUpload upload, bool incomplete, CancellationToken cancellationToken)
    {
        upload.File.AllWritten();
        Forget(upload);
        store.Publish(upload.Name);
        await using var db = parts.Store.CreateDb();
        var (size, now) = (upload.Size, Now);
        await db.Recordings.Where(r => r.Guid == upload.Row).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Status, RecordingStatus.Finalising).SetProperty(r => r.Size, size)
                .SetProperty(r => r.Incomplete, incomplete).SetProperty(r => r.UpdatedAt, now),
            cancellationToken);
        Announce(upload.Row, size, incomplete);
    }

    private async Task DiscardAsync(RecordUpload upload, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        await db.Recordings.Where(r => r.Guid == upload.Row).ExecuteDeleteAsync(cancellationToken);
        Forget(upload);
        store.Discard(upload.Name);
        quota.Deleted(upload.Size);
        Log.Discarded(_log, upload.Row);
    }

    private void Forget(RecordUpload upload)
    {
        if (_open.TryRemove(new(upload.Name.Text, upload)))
        {
            _places.GiveBack();
            metrics.Opened(-1);
        }

        upload.Dispose();
    }
}
