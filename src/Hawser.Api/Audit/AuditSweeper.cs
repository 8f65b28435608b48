using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Audit;

/// <summary>
/// Once a minute: forgets marks that can't be repeated any more, and ends connections of devices that vanished. Any
/// number of nodes may do it at the same time.
/// </summary>
internal sealed partial class AuditSweeper(ApiParts parts, ApiGate gate, TimeProvider time, ILogger<AuditSweeper> log)
    : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>Clients repeat for two minutes; the reference asks for five (§10.2).</summary>
    internal static readonly TimeSpan MarkAge = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A device that nobody has seen for so long runs no session. Rows know when it was seen to the hour only.
    /// </summary>
    internal static readonly TimeSpan SilentFor = TimeSpan.FromHours(3);

    private const int Batch = 500;

    /// <summary>One round.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var db = parts.Store.CreateDb();
            var now = Time.GetUtcNow().UtcDateTime;
            var old = now - MarkAge;
            await db.AuditNonces.Where(n => n.AtUtc < old).ExecuteDeleteAsync(cancellationToken);
            await EndSilentAsync(db, now - SilentFor, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The edge of a background task: the next round is a minute away.
            Log.Failed(log, e.Message);
        }
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => SweepAsync(cancellationToken);

    private static async Task EndSilentAsync(HawserDb db, DateTime since, CancellationToken cancellationToken)
    {
        var rows = await db.ConnectionAudits
            .Where(c => c.EndedAt == null && c.CreatedAt < since
                && !db.Devices.Any(d => d.Guid == c.DeviceGuid && d.LastSeenAt >= since))
            .OrderBy(c => c.CreatedAt).ThenBy(c => c.Guid).Take(Batch)
            .Select(c => new { c.Guid, Begun = c.AuthorizedAt ?? c.CreatedAt, Device = c.DeviceGuid })
            .ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            // When it was last seen is the best guess of when it ended.
            var seen = await db.Devices.Where(d => d.Guid == row.Device).Select(d => d.LastSeenAt)
                .FirstOrDefaultAsync(cancellationToken);
            var end = seen > row.Begun ? seen.Value : row.Begun;
            await db.ConnectionAudits.Where(c => c.Guid == row.Guid && c.EndedAt == null).ExecuteUpdateAsync(
                s => s.SetProperty(c => c.EndedAt, end).SetProperty(c => c.MissedBeats, ConnectionAudit.LostAfter),
                cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6401, LogLevel.Warning, "Audits could not be looked after: {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
