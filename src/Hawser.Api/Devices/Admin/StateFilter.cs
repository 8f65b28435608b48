using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>online=1</c>, <c>online=0</c>, and <c>needs=conflict|api|any</c>. Who is there is known in memory only: the ids
/// are one parameter of the question, however many they are.
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

    /// <summary>Narrows devices to those that somebody should look at; what can't be read matches none.</summary>
    public static IQueryable<DeviceRow> Needs(IQueryable<DeviceRow> rows, string asked) => asked switch
    {
        "" => rows,
        "conflict" => rows.Where(r => r.Managed && r.HasConflict),
        // It registered, and never described itself: its client has no API address.
        "api" => rows.Where(r => r.LastSeenAt != null && (r.Details == null || r.Details.SysinfoAt == null)),
        "any" => rows.Where(r => (r.Managed && r.HasConflict)
            || (r.LastSeenAt != null && (r.Details == null || r.Details.SysinfoAt == null))),
        _ => rows.Where(r => false),
    };
}
