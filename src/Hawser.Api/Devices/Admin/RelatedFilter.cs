using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// Filters by what decides about a device or is on it: <c>effective_strategy</c>, <c>in_session</c>, and <c>guids</c>
/// for those that were ticked.
/// </summary>
internal static class RelatedFilter
{
    private const string Key = "effective_strategy";

    /// <summary>Devices that may be named one by one.</summary>
    private const int MostNamed = 1000;

    /// <summary>Narrows devices; what can't be read matches none.</summary>
    public static async Task<IQueryable<DeviceRow>> ApplyAsync(
        HawserDb db, IQueryable<DeviceRow> rows, HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        if (query["guids"].ToString() is { Length: > 0 } named)
        {
            var guids = named.Split(',', MostNamed + 1).Take(MostNamed)
                .Select(g => Guid.TryParse(g, out var guid) ? guid : Guid.Empty).ToArray();
            rows = rows.Where(r => guids.Contains(r.Guid));
        }

        rows = query["in_session"].ToString() switch
        {
            "" => rows,
            "1" => rows.Where(r => r.Managed
                && db.ConnectionAudits.Any(c => c.DeviceGuid == r.Guid && c.EndedAt == null)),
            "0" => rows.Where(r => !(r.Managed
                && db.ConnectionAudits.Any(c => c.DeviceGuid == r.Guid && c.EndedAt == null))),
            _ => rows.Where(r => false),
        };
        var asked = TextFilter.Values(context, Key);
        if (asked.Count == 0) return rows;
        // Strategies are few: they are named to the database, which finds for each device the one that decides.
        var enabled = db.Strategies.Where(s => s.Enabled);
        var all = await GuidsAsync(enabled);
        var wanted = await GuidsAsync(enabled.Matching(context, Key, s => s.Name));
        return asked.Contains("-")
            ? rows.Where(r => r.Managed && (!all.Contains(r.Deciding) || wanted.Contains(r.Deciding)))
            : rows.Where(r => r.Managed && wanted.Contains(r.Deciding));

        Task<Guid?[]> GuidsAsync(IQueryable<Strategy> some) =>
            some.OrderBy(s => s.Guid).Select(s => (Guid?)s.Guid).ToArrayAsync(cancellationToken);
    }
}
