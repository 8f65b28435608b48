using Hawser.Api.Console.Account;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>online=1</c>, <c>online=0</c>, <c>sort=state</c>, <c>older</c>, and <c>needs</c>. Who is there is known in memory
/// only: the ids are one parameter of the question, however many they are.
/// </summary>
internal static class StateFilter
{
    /// <summary>Narrows devices to those that are there, or to the others; what can't be read matches none.</summary>
    public static IQueryable<DeviceRow> Online(IQueryable<DeviceRow> rows, string asked, DevicePresence presence)
    {
        if (asked.Length == 0) return rows;
        if (asked is not ("0" or "1")) return rows.Where(r => false);
        var ids = presence.Ids().ToArray();
        return asked == "1" ? rows.Where(r => EF.Parameter(ids).Contains(r.Id))
            : rows.Where(r => !EF.Parameter(ids).Contains(r.Id));
    }

    /// <summary>Those that are there, those that are not, those that are disabled, when that is asked for.</summary>
    public static IOrderedQueryable<DeviceRow>? Sorted(
        IQueryable<DeviceRow> rows, HttpContext context, DevicePresence presence)
    {
        var asked = context.Request.Query["sort"].ToString();
        if (asked is not ("state" or "-state")) return null;
        var ids = presence.Ids().ToArray();
        return asked == "state" ? rows.OrderBy(r => !r.Enabled ? 2 : EF.Parameter(ids).Contains(r.Id) ? 0 : 1)
            : rows.OrderByDescending(r => !r.Enabled ? 2 : EF.Parameter(ids).Contains(r.Id) ? 0 : 1);
    }

    /// <summary>Narrows devices to the favourites of who asks; what can't be read matches none.</summary>
    public static async Task<IQueryable<DeviceRow>> FavouriteAsync(
        HawserDb db, IQueryable<DeviceRow> rows, string asked, CurrentUser user, CancellationToken cancellationToken)
    {
        if (asked.Length == 0) return rows;
        if (asked != "1") return rows.Where(r => false);
        var guids = (await Preferences.OfAsync(db, user.Guid, cancellationToken)).FavouriteGuids().ToList();
        return rows.Where(r => guids.Contains(r.Guid));
    }

    /// <summary>Narrows devices to those with an older client; what is no version matches none.</summary>
    public static async Task<IQueryable<DeviceRow>> OlderAsync(
        HawserDb db, IQueryable<DeviceRow> rows, string asked, CancellationToken cancellationToken)
    {
        if (asked.Length == 0) return rows;
        var older = await ClientVersions.OlderAsync(db, asked, cancellationToken);
        return rows.Where(r => r.Details != null && older.Contains(r.Details.Version));
    }

    /// <summary>Narrows devices to those that somebody should look at; what can't be read matches none.</summary>
    public static async Task<IQueryable<DeviceRow>> NeedsAsync(
        HawserDb db, IQueryable<DeviceRow> rows, HttpContext context, DateTime now, CancellationToken cancellationToken)
    {
        var asked = TextFilter.Values(context, "needs");
        var since = now - RefusedSysinfo.Shown;
        var outdated = asked.Contains("any") || asked.Contains("outdated")
            ? await ClientVersions.OutdatedAsync(db, cancellationToken) : [];
        return rows.AnyOf(context, "needs", need => need switch
        {
            "conflict" => r => r.Managed && r.HasConflict,
            // It registered, and never described itself: its client has no API address.
            "api" => r => r.LastSeenAt != null && (r.Details == null || r.Details.SysinfoAt == null),
            "outdated" => r => r.Details != null && outdated.Contains(r.Details.Version),
            "sysinfo" => r => r.Managed && r.Details != null && r.Details.SysinfoRefusedAt > since,
            "any" => r => (r.Managed && r.HasConflict)
                || (r.LastSeenAt != null && (r.Details == null || r.Details.SysinfoAt == null))
                || (r.Details != null && outdated.Contains(r.Details.Version))
                || (r.Managed && r.Details != null && r.Details.SysinfoRefusedAt > since),
            _ => null,
        });
    }
}
