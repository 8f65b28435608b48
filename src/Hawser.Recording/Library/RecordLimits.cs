using System.Collections.Concurrent;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>What one recording, one owner and all together may take (reference §3.8, §4.6).</summary>
internal sealed class RecordLimits(RecordingOptions options, RecordingQuota quota, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Usage> _owners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Starts> _starts = new(StringComparer.Ordinal);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Whether an owner may begin one more; what it says holds until somebody begins one.</summary>
    public async Task<RecordCode> MayStartAsync(HawserDb db, string owner, CancellationToken cancellationToken)
    {
        var (all, own) = await OpenAsync(db, owner, cancellationToken);
        if (all >= options.MaxOpen || own >= options.MaxOwnerOpen) return RecordCode.QuotaExceeded;
        if (options.MaxTotal > 0) await quota.LoadAsync(db, cancellationToken);
        if (options.MaxTotal > 0 && quota.Total >= (long)options.MaxTotal << 20) return RecordCode.QuotaExceeded;
        var usage = await UsageAsync(db, owner, cancellationToken);
        return IsOver(usage, 0, TimeSpan.Zero) ? RecordCode.QuotaExceeded : RecordCode.Ok;
    }

    /// <summary>Whether more are open than may be.</summary>
    public async Task<bool> IsOverOpenAsync(HawserDb db, string owner)
    {
        var (all, own) = await OpenAsync(db, owner, CancellationToken.None);
        return all > options.MaxOpen || own > options.MaxOwnerOpen;
    }

    /// <summary>Whether a recording may have a chunk more; what is granted is counted.</summary>
    public async Task<RecordCode> TakeAsync(
        HawserStore store, RecordingRow row, long bytes, CancellationToken cancellationToken)
    {
        if (row.Chunks >= options.MaxChunks) return RecordCode.TooManyChunks;
        if (row.Size + bytes > (long)options.MaxRecording << 20) return RecordCode.RecordingTooLarge;
        if (Now - row.CreatedAt > TimeSpan.FromHours(options.MaxHours)) return RecordCode.TooLong;
        if (options.MaxOwner > 0 || options.MaxOwnerMinutes > 0)
        {
            await using var db = store.CreateDb();
            var usage = await UsageAsync(db, row.Owner, cancellationToken);
            if (IsOver(usage, bytes, Now - row.ActiveAt)) return RecordCode.QuotaExceeded;
            Interlocked.Add(ref usage.Bytes, bytes);
        }

        return quota.TryTakeOfAll(bytes) ? RecordCode.Ok : RecordCode.QuotaExceeded;
    }

    /// <summary>What was granted and not stored.</summary>
    public void GiveBack(RecordingRow row, long bytes)
    {
        quota.Deleted(bytes);
        if (_owners.TryGetValue(row.Owner, out var usage)) Interlocked.Add(ref usage.Bytes, -bytes);
    }

    /// <summary>The limit that nine tenths of are used with this chunk, and were not with the one before.</summary>
    /// <param name="row">With the chunk.</param>
    /// <param name="bytes">The chunk's.</param>
    /// <param name="before">When the one before came.</param>
    public RecordCode? Nears(RecordingRow row, long bytes, DateTime before)
    {
        if (row.Chunks == (long)options.MaxChunks * 9 / 10) return RecordCode.TooManyChunks;
        var size = ((long)options.MaxRecording << 20) / 10 * 9;
        if (row.Size >= size && row.Size - bytes < size) return RecordCode.RecordingTooLarge;
        var end = row.CreatedAt + (TimeSpan.FromHours(options.MaxHours) * 0.9);
        return row.ActiveAt >= end && before < end ? RecordCode.TooLong : null;
    }

    /// <summary>What is remembered is read again when it is next asked for.</summary>
    public void Forget()
    {
        _owners.Clear();
        foreach (var (owner, starts) in _starts)
        {
            if (time.GetElapsedTime(starts.Since) >= Fresh) _starts.TryRemove(new(owner, starts));
        }
    }

    /// <summary>Whether an owner may begin one in this minute; if so, it is counted.</summary>
    public bool MayStartNow(string owner)
    {
        var now = time.GetTimestamp();
        var starts = _starts.GetOrAdd(owner, static (_, at) => new Starts(at), now);
        lock (starts)
        {
            if (time.GetElapsedTime(starts.Since, now) >= Fresh) (starts.Since, starts.Count) = (now, 0);
            if (starts.Count >= options.MaxOwnerStarts) return false;
            starts.Count++;
            return true;
        }
    }

    /// <summary>How many are open, and how many of an owner's; nobody's are not limited.</summary>
    private static async Task<(int All, int Own)> OpenAsync(
        HawserDb db, string owner, CancellationToken cancellationToken)
    {
        var open = db.Recordings.Where(r => r.Door == RecordingDoor.Stream
            && (r.Status == RecordingStatus.Recording || r.Status == RecordingStatus.Stopping));
        var all = await open.CountAsync(cancellationToken);
        var own = owner == RecordCaller.AnonymousOwner ? 0
            : await open.CountAsync(r => r.Owner == owner, cancellationToken);
        return (all, own);
    }

    private bool IsOver(Usage usage, long bytes, TimeSpan more) =>
        (options.MaxOwner > 0 && Volatile.Read(ref usage.Bytes) + bytes > (long)options.MaxOwner << 20)
        || (options.MaxOwnerMinutes > 0 && usage.Today + more > TimeSpan.FromMinutes(options.MaxOwnerMinutes));

    private async Task<Usage> UsageAsync(HawserDb db, string owner, CancellationToken cancellationToken)
    {
        if (_owners.TryGetValue(owner, out var known) && time.GetElapsedTime(known.At) < Fresh) return known;
        var usage = new Usage { At = time.GetTimestamp() };
        if (options.MaxOwner > 0)
        {
            usage.Bytes = await db.Recordings.Where(r => r.Owner == owner)
                .SumAsync(r => r.ChunksDeletedAt == null ? r.Size + r.FinalSize : r.FinalSize, cancellationToken);
        }

        if (options.MaxOwnerMinutes > 0)
        {
            var today = Now.Date;
            var times = await db.Recordings.Where(r => r.Owner == owner && r.CreatedAt >= today)
                .Select(r => new { r.CreatedAt, r.ActiveAt, r.DurationMs }).ToListAsync(cancellationToken);
            foreach (var one in times)
            {
                usage.Today += one.DurationMs is { } ms ? TimeSpan.FromMilliseconds(ms) : one.ActiveAt - one.CreatedAt;
            }
        }

        return _owners[owner] = usage;
    }

    private sealed class Starts(long since)
    {
        public long Since { get; set; } = since;

        public int Count { get; set; }
    }

    private sealed class Usage
    {
        public long Bytes;

        public long At { get; init; }

        public TimeSpan Today { get; set; }
    }
}
