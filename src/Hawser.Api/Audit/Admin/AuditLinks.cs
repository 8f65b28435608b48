using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit.Admin;

/// <summary>What rows of the logs lead to: the recording of a connection, the connection of a transfer.</summary>
internal static class AuditLinks
{
    // A connection that began earlier has another number by now.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(2);

    /// <summary>The recordings of connections that the caller may watch, by connection; of several the first.</summary>
    public static async Task<Dictionary<Guid, string>> RecordingsAsync(
        HawserDb db, CurrentUser user, IEnumerable<Guid> connections, CancellationToken cancellationToken)
    {
        var guids = connections.ToArray();
        var rows = AdminScope.Recordings(db, user)
            .Where(r => r.ConnectionGuid != null && guids.Contains(r.ConnectionGuid.Value));
        var found = await rows.OrderBy(r => r.CreatedAt).Select(r => new { r.ConnectionGuid, r.RecordId })
            .ToListAsync(cancellationToken);
        return found.GroupBy(r => r.ConnectionGuid!.Value).ToDictionary(g => g.Key, g => g.First().RecordId);
    }

    /// <summary>The connections that transfers went over, by transfer: the last with its number before it.</summary>
    public static async Task<Dictionary<Guid, ConnectionAudit>> ConnectionsAsync(
        HawserDb db, IReadOnlyList<FileAudit> transfers, CancellationToken cancellationToken)
    {
        var known = transfers.Where(t => t.DeviceGuid is not null && t.ConnId is not null).ToArray();
        if (known.Length == 0) return [];
        var devices = known.Select(t => t.DeviceGuid).Distinct().ToArray();
        var numbers = known.Select(t => t.ConnId!.Value).Distinct().ToArray();
        var (from, to) = (known.Min(t => t.CreatedAt) - Longest, known.Max(t => t.CreatedAt));
        var candidates = await db.ConnectionAudits.AsNoTracking()
            .Where(c => devices.Contains(c.DeviceGuid) && numbers.Contains(c.ConnId) && c.CreatedAt >= from
                && c.CreatedAt <= to)
            .OrderByDescending(c => c.CreatedAt).Take(5000).ToListAsync(cancellationToken);
        var byDevice = candidates.ToLookup(c => (c.DeviceGuid, c.ConnId));
        var found = new Dictionary<Guid, ConnectionAudit>();
        foreach (var transfer in known)
        {
            var over = byDevice[(transfer.DeviceGuid, transfer.ConnId!.Value)]
                .FirstOrDefault(c => c.CreatedAt <= transfer.CreatedAt && c.PeerId == transfer.PeerId);
            if (over is not null) found[transfer.Guid] = over;
        }

        return found;
    }
}
