using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Leases;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Retention;

/// <summary>
/// Removes what is past its time, every hour on one of the nodes, in small statements so that nobody waits for it.
/// </summary>
internal sealed partial class RetentionJob(
    ApiParts parts, SettingsStore settings, JobLeases leases, ApiGate gate, TimeProvider time,
    ILogger<RetentionJob> log) : PeriodicWork(gate, time, Period)
{
    /// <summary>The lease's name.</summary>
    internal const string Job = "retention";

    /// <summary>The time between two runs.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private const int BatchSize = 1000;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // Long enough for a key registration or a request to get its turn at SQLite's one writer.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    /// <summary>One run; nothing happens while another node has one.</summary>
    /// <returns>How many rows were removed.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        try
        {
            await leases.RunAsync(Job, Lease, async ct => removed = await RemoveAsync(ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }

        return removed;
    }

    private async Task<int> RemoveAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        foreach (var rule in RetentionRules.Of(settings.Get(RetentionSettings.Key), Time.GetUtcNow().UtcDateTime))
        {
            var removed = await RemoveAsync(rule, cancellationToken);
            if (removed > 0) Log.Removed(log, removed, rule.Name);
            all += removed;
        }

        return all;
    }

    private async Task<int> RemoveAsync(RetentionRule rule, CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            int batch;
            await using (var db = parts.Store.CreateDb())
            {
                batch = await rule.DeleteAsync(db, BatchSize, cancellationToken);
            }

            removed += batch;
            if (batch < BatchSize) return removed;
            if (removed % (100 * BatchSize) == 0) Log.Progress(log, removed, rule.Name);
            await Task.Delay(Breath, TimeProvider.System, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6600, LogLevel.Information, "Retention: {Rows} {Kind} removed")]
        internal static partial void Removed(ILogger logger, int rows, string kind);

        [LoggerMessage(6601, LogLevel.Information, "Retention: {Rows} {Kind} removed so far")]
        internal static partial void Progress(ILogger logger, int rows, string kind);

        [LoggerMessage(6602, LogLevel.Warning, "Retention: the rest is removed an hour later: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
