using System.Threading.Channels;
using Hawser.Api.Devices;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Audit;

/// <summary>
/// Stores reports in batches: whatever came while the last batch was written makes the next one, so a fleet that comes
/// at once costs few transactions and a single report waits for nobody. A report is answered after its transaction.
/// </summary>
internal sealed partial class AuditWriter(
    ApiParts parts, ApiGate gate, AuditBudgets budgets, Alarms alarms, AuditMetrics metrics,
    OpenConnections connections, SessionRates rates, TimeProvider time, ILogger<AuditWriter> log) : BackgroundService
{
    /// <summary>Reports that wait at most; more are refused, and sent again by the clients that know how.</summary>
    internal const int Capacity = 8192;

    private const int BatchSize = 256;

    /// <summary>Clients wait 12 seconds (reference §1.3).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    private readonly Channel<AuditReport> _queue = Channel.CreateBounded<AuditReport>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private bool _failing;

    /// <summary>Hands a report in and waits for what becomes of it.</summary>
    public async Task<AuditOutcome> StoreAsync(AuditReport report)
    {
        var outcome = await WaitAsync(report);
        metrics.Count(outcome);
        return outcome;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            connections.WhenGone(EndAsync);
            while (await _queue.Reader.WaitToReadAsync(stoppingToken)) await WriteSomeAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopping: what waits is written once more.
        }

        _queue.Writer.TryComplete();
        while (_queue.Reader.TryPeek(out _)) await WriteSomeAsync();
    }

    /// <summary>Ends the rows of connections that the heartbeats have stopped naming (reference §8.3).</summary>
    private async Task EndAsync(IReadOnlyList<GoneConnection> gone, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var ends = await Task.WhenAll(gone.Select(one => WaitAsync(
            new LostReport(new ReportHead(one.DeviceId, [], "", "", now), one.Device, one.ConnId))));
        // Whoever asked tries again.
        if (ends.Contains(AuditOutcome.Failed)) throw new TimeoutException("The rows could not be ended.");
    }

    private async Task<AuditOutcome> WaitAsync(AuditReport report)
    {
        if (!_queue.Writer.TryWrite(report)) return AuditOutcome.Failed;
        try
        {
            return await report.Outcome.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // Only when the writer has not begun with it: otherwise the client would hear "failed" of what is stored.
            return report.TryAbandon() ? AuditOutcome.Failed : await report.Outcome;
        }
    }

    private async Task WriteSomeAsync()
    {
        var batch = new List<AuditReport>(BatchSize);
        while (batch.Count < BatchSize && _queue.Reader.TryRead(out var report))
        {
            if (report.TryTake()) batch.Add(report);
        }

        if (batch.Count == 0) return;
        try
        {
            await WriteAsync(batch);
            _failing = false;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The edge: whatever it was, the next batch is not to blame.
            if (!_failing) Log.Failed(log, e);
            _failing = e.IsStoreFault();
        }
        finally
        {
            foreach (var report in batch) report.End(AuditOutcome.Failed);
        }
    }

    private async Task WriteAsync(List<AuditReport> batch)
    {
        var started = time.GetTimestamp();
        try
        {
            await WriteOnceAsync(batch);
        }
        catch (DbUpdateException) when (time.GetElapsedTime(started) < TimeSpan.FromSeconds(1))
        {
            // Another node stored the repeat of one of these at the same moment; or one of them can't be stored. A
            // second look finds the former, and one by one the latter does no harm to the others.
            await OneByOneAsync(batch);
        }
    }

    private async Task OneByOneAsync(List<AuditReport> batch)
    {
        var failures = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            try
            {
                await WriteOnceAsync([batch[i]]);
                failures = 0;
            }
            catch (DbUpdateException) when (i < batch.Count - 1 && ++failures < 3)
            {
                batch[i].End(AuditOutcome.Failed);
            }
        }
    }

    private async Task WriteOnceAsync(List<AuditReport> batch)
    {
        await using var db = parts.Store.CreateDb();
        var work = new AuditBatch(db, budgets, alarms, rates);
        var outcomes = await work.StoreAsync(batch, CancellationToken.None);
        for (var i = 0; i < batch.Count; i++) batch[i].End(outcomes[i]);
        foreach (var row in work.Changed) Tell(row);
    }

    private void Tell(ConnectionAudit row)
    {
        if (row.EndedAt is null) connections.Opened(row.DeviceId, row.ConnId);
        else connections.Closed(row.DeviceId, row.ConnId);
        parts.Feed.Publish(new LiveEvent("audit-connection", row.Guid.ToString()));
    }

    private static partial class Log
    {
        [LoggerMessage(6400, LogLevel.Error, "Audit reports could not be stored")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
