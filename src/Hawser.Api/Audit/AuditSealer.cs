using Hawser.Data;
using Hawser.Data.Audit;
using Hawser.Data.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Audit;

/// <summary>
/// Seals what was done in the console, on one of the nodes at a time (<see cref="ConsoleChain"/>). A row waits for a
/// few seconds at most; without new rows nothing is written.
/// </summary>
internal sealed partial class AuditSealer(
    ApiParts parts, JobLeases leases, ApiGate gate, TimeProvider time, ILogger<AuditSealer> log)
    : PeriodicWork(gate, time, Period)
{
    /// <summary>The lease's name.</summary>
    internal const string Job = "audit-seal";

    private const int BatchSize = 500;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    /// <summary>Seals what waits; nothing happens while another node does.</summary>
    /// <returns>How many rows.</returns>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        try
        {
            if (!await IsWantedAsync(cancellationToken)) return 0;
            await leases.RunAsync(Job, Lease, async ct => all = await SealAsync(ct), cancellationToken);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            // A node whose lease had run out was not done yet: the next turn goes on from where it ended.
            Log.Repeated(log);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }

        return all;
    }

    private async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        return await db.ConsoleAudits.AnyAsync(r => r.Sequence == null, cancellationToken);
    }

    private async Task<int> SealAsync(CancellationToken cancellationToken)
    {
        var all = 0;
        while (true)
        {
            await using var db = parts.Store.CreateDb();
            var some = await ConsoleChain.SealAsync(db, BatchSize, cancellationToken);
            all += some;
            if (some < BatchSize) return all;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6610, LogLevel.Warning, "What was done in the console is sealed later: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(6611, LogLevel.Debug, "Another node sealed in the same moment")]
        internal static partial void Repeated(ILogger logger);
    }
}
