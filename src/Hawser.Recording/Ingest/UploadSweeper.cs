using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Ingest;

/// <summary>Once a minute: ends silent uploads, and sets right what a stop or a fault left behind.</summary>
internal sealed partial class UploadSweeper(RecordUploads uploads, RecordingQuota quota, RecordingParts parts)
    : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private readonly ILogger _log = parts.Logs.CreateLogger<UploadSweeper>();

    /// <summary>One round.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await uploads.CloseIdleAsync(cancellationToken);
            await uploads.ReconcileAsync(cancellationToken);
            await using var db = parts.Store.CreateDb();
            await quota.LoadAsync(db, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The edge of a background task: the next round is a minute away.
            Log.Failed(_log, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await SweepAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        uploads.CloseAll();
    }

    private static partial class Log
    {
        [LoggerMessage(7010, LogLevel.Warning, "Uploads could not be looked after: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
