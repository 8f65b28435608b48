using System.Collections.Concurrent;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording;

/// <summary>
/// How much recordings may take: all together, and of one device in a day. Counted in memory, read from the rows again
/// from time to time, so that what other nodes take in, or somebody deletes, is seen.
/// </summary>
internal sealed class RecordingQuota(RecordingOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Day> _devices = new(StringComparer.Ordinal);
    private long _total = -1;

    /// <summary>Bytes of all recordings.</summary>
    public long Total => Math.Max(0, Volatile.Read(ref _total));

    /// <summary>Reads the sums again.</summary>
    public async Task LoadAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var today = Today;
        foreach (var (id, day) in _devices)
        {
            if (day.Date != today) _devices.TryRemove(id, out _);
        }

        // While a recording is finished, and as long as its chunks are kept, it takes its room twice.
        var recordings = await db.Recordings.SumAsync(
            r => r.ChunksDeletedAt == null ? r.Size + r.FinalSize : r.FinalSize, cancellationToken);
        Volatile.Write(
            ref _total, recordings + await db.RecordingCopies.SumAsync(c => c.Size, cancellationToken));
    }

    /// <summary>Sees to it that a device's day is known.</summary>
    public async Task LoadAsync(HawserDb db, string deviceId, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _total) < 0) await LoadAsync(db, cancellationToken);
        var today = Today;
        if (_devices.TryGetValue(deviceId, out var known) && known.Date == today) return;
        var bytes = await db.Recordings.Where(r => r.DeviceId == deviceId && r.CreatedAt >= today)
            .SumAsync(r => r.Size, cancellationToken);
        _devices[deviceId] = new Day(today) { Bytes = bytes };
    }

    /// <summary>Asks for room; what was granted is counted.</summary>
    public UploadOutcome TryTake(string deviceId, long bytes)
    {
        if (bytes <= 0) return UploadOutcome.Done;
        var day = _devices.AddOrUpdate(
            deviceId, _ => new Day(Today), (_, known) => known.Date == Today ? known : new Day(Today));
        if (Interlocked.Add(ref day.Bytes, bytes) > (long)options.MaxDevicePerDay << 20)
        {
            Interlocked.Add(ref day.Bytes, -bytes);
            return UploadOutcome.DayIsFull;
        }

        if (Interlocked.Add(ref _total, bytes) <= (long)options.MaxTotal << 20 || options.MaxTotal == 0)
        {
            return UploadOutcome.Done;
        }

        Interlocked.Add(ref _total, -bytes);
        Interlocked.Add(ref day.Bytes, -bytes);
        return UploadOutcome.StoreIsFull;
    }

    /// <summary>Asks for room where nobody's day is counted; what was granted is counted.</summary>
    public bool TryTakeOfAll(long bytes)
    {
        if (Interlocked.Add(ref _total, bytes) <= (long)options.MaxTotal << 20 || options.MaxTotal == 0) return true;
        Interlocked.Add(ref _total, -bytes);
        return false;
    }

    /// <summary>Room that was asked for and not used: the device did not send it.</summary>
    public void GiveBack(string deviceId, long bytes)
    {
        Interlocked.Add(ref _total, -bytes);
        if (_devices.TryGetValue(deviceId, out var day)) Interlocked.Add(ref day.Bytes, -bytes);
    }

    /// <summary>Something was deleted; it was sent all the same.</summary>
    public void Deleted(long bytes) => Interlocked.Add(ref _total, -bytes);

    private DateTime Today => time.GetUtcNow().UtcDateTime.Date;

    private sealed class Day(DateTime date)
    {
        public long Bytes;

        public DateTime Date { get; } = date;
    }
}
