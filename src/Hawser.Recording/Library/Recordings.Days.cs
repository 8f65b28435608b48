using Hawser.Data.Recordings;
using Hawser.Data.Retention;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How long recordings are kept.</summary>
internal sealed partial class Recordings
{
    /// <summary>The days now.</summary>
    internal ValueTask<DaysByGroup> DaysAsync(CancellationToken cancellationToken) =>
        parts.Days?.Invoke(cancellationToken) ?? ValueTask.FromResult(new DaysByGroup(options.KeepDays, []));

    // Groups are asked for only where one of them says something.
    private async Task<List<RecordView>> ViewsAsync(
        List<RecordingRow> rows, CancellationToken cancellationToken)
    {
        var days = await DaysAsync(cancellationToken);
        var named = days.Named;
        var devices = rows.Select(r => r.DeviceGuid).OfType<Guid>().Distinct().ToArray();
        if (named.Length == 0 || devices.Length == 0) return rows.ConvertAll(r => ViewOf(r, days.Of([])));
        await using var db = parts.Store.CreateDb();
        var members = (await db.DeviceGroupMembers.AsNoTracking()
            .Where(m => devices.Contains(m.DeviceGuid) && named.Contains(m.GroupGuid))
            .Select(m => new { m.DeviceGuid, m.GroupGuid }).ToListAsync(cancellationToken))
            .ToLookup(m => m.DeviceGuid, m => m.GroupGuid);
        return rows.ConvertAll(r => ViewOf(r, days.Of(r.DeviceGuid is { } device ? members[device] : [])));
    }
}
