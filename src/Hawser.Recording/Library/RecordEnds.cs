using System.Collections.Concurrent;
using Hawser.Cluster;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Library;

/// <summary>
/// Tells those who wait here that a recording has ended, on whichever node it was finished: a hint of the feed makes it
/// look at once, and the rows are looked at from time to time, because hints may be lost and nodes may have no feed in
/// common.
/// </summary>
internal sealed partial class RecordEnds(RecordingParts parts) : BackgroundService
{
    /// <summary>A hint with the row's guid.</summary>
    public const string Ended = "recording-ended";

    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int LookAtWatchedEvery = 5;
    private const int Batch = 200;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<RecordEnd>> _waiting =
        new(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<Watch, byte> _watches = new();
    private readonly Bell _bell = new();
    private readonly ILogger _log = parts.Logs.CreateLogger<RecordEnds>();
    private volatile bool _lookAtAll;

    /// <summary>Waits for the end of a recording.</summary>
    public Task<RecordEnd> WaitAsync(string recordId) => _waiting.GetOrAdd(
        recordId, _ => new TaskCompletionSource<RecordEnd>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wants to be told of every end from now on.</summary>
    public IDisposable Watch(string recordId, string owner, Action<RecordEnd> ended)
    {
        var watch = new Watch(recordId, owner, ended, parts.Time.GetUtcNow().UtcDateTime);
        _watches.TryAdd(watch, 0);
        return new Undo(() => _watches.TryRemove(watch, out _));
    }

    /// <summary>A recording has ended, or is gone, here.</summary>
    public void Publish(Guid row)
    {
        parts.Feed.Publish(new LiveEvent(Ended, row.ToString()));
        Wake(all: true);
    }

    /// <summary>A recording was deleted: nothing will be ready.</summary>
    public void Gone(string recordId)
    {
        if (_waiting.TryRemove(recordId, out var waiting))
        {
            waiting.TrySetResult(new RecordEnd(recordId, RecordCode.NotStarted, RecordCode.NotStarted.Text()));
        }
    }

    /// <summary>What a row says of its end.</summary>
    public static RecordEnd EndOf(RecordingRow row)
    {
        var isReady = row.Status == RecordingStatus.Ready;
        return new RecordEnd(
            row.RecordId, isReady ? RecordCode.Ok : RecordCodes.Parse(row.ReasonCode), isReady ? "" : row.Reason)
        {
            Key = row.FinalName.Length > 0 ? $"{row.RecordId}/{row.FinalName}" : null,
            Size = row.FinalSize,
            DurationMs = row.DurationMs,
            Incomplete = row.Incomplete,
            Stopped = row.Stopped,
        };
    }

    /// <summary>Looks at the rows of those who wait, and of those who watch.</summary>
    internal async Task LookAsync(bool all, CancellationToken cancellationToken)
    {
        var ids = _waiting.Keys.ToHashSet(StringComparer.Ordinal);
        if (all) ids.UnionWith(_watches.Keys.Select(w => w.RecordId));
        foreach (var some in ids.Chunk(Batch))
        {
            await using var db = parts.Store.CreateDb();
            var rows = await db.Recordings.AsNoTracking().Where(r => some.Contains(r.RecordId))
                .Where(r => r.Status == RecordingStatus.Ready || r.Status == RecordingStatus.Failed)
                .ToListAsync(cancellationToken);
            foreach (var row in rows) Tell(row);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = ListenAsync(stoppingToken);
        var last = parts.Time.GetTimestamp();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await _bell.WaitAsync(Period, parts.Time, stoppingToken);
                var all = _lookAtAll || parts.Time.GetElapsedTime(last) >= Period * LookAtWatchedEvery;
                _lookAtAll = false;
                if (all) last = parts.Time.GetTimestamp();
                await TryLookAsync(all, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }

        await listening;
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    private async Task TryLookAsync(bool all, CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(all, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The edge of a background task: the next look is a second away.
            Log.Failed(_log, e.Message);
            _lookAtAll |= all;
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await foreach (var hint in parts.Feed.SubscribeAsync(cancellationToken))
        {
            if (hint.Kind == Ended && !(_waiting.IsEmpty && _watches.IsEmpty)) Wake(all: true);
        }
    }

    private void Wake(bool all)
    {
        if (all) _lookAtAll = true;
        _bell.Ring();
    }

    private void Tell(RecordingRow row)
    {
        var end = EndOf(row);
        if (_waiting.TryRemove(row.RecordId, out var waiting)) waiting.TrySetResult(end);
        foreach (var watch in _watches.Keys)
        {
            if (watch.RecordId != row.RecordId || watch.Owner != row.Owner) continue;
            if (row.FinishedAt is not { } at || at <= watch.Since) continue;
            watch.Since = at;
            try
            {
                watch.Ended(end);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.Failed(_log, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7030, LogLevel.Warning, "Who waits for a recording could not be told of its end yet: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>Somebody who wants to be told.</summary>
internal sealed class Watch(string recordId, string owner, Action<RecordEnd> ended, DateTime since)
{
    public string RecordId { get; } = recordId;

    public string Owner { get; } = owner;

    public Action<RecordEnd> Ended { get; } = ended;

    /// <summary>Ends until then were told, or were before its time.</summary>
    public DateTime Since { get; set; } = since;
}
