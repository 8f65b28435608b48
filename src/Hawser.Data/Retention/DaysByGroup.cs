using Hawser.Data.Recordings;

namespace Hawser.Data.Retention;

/// <summary>
/// How many days evidence is kept: some for all devices, others for devices of some groups. Where several of a device's
/// groups say something, the longest counts; 0 is for ever, which is the longest.
/// </summary>
/// <param name="Days">Of devices that are in none of the groups, and of what belongs to no device.</param>
/// <param name="Groups">Groups with days of their own.</param>
public sealed record DaysByGroup(int Days, IReadOnlyList<GroupDays> Groups)
{
    /// <summary>The groups that say something.</summary>
    public Guid[] Named => [.. Groups.Select(g => g.Group).Distinct()];

    /// <summary>What is removed, in steps that have no row in common; what is kept for ever is in none.</summary>
    public IEnumerable<DaysStep> Steps()
    {
        var longer = new List<Guid>();
        foreach (var level in Groups.GroupBy(g => g.Days).OrderBy(g => g.Key <= 0 ? 0 : 1).ThenByDescending(g => g.Key))
        {
            Guid[] own = [.. level.Select(g => g.Group).Distinct()];
            if (level.Key > 0) yield return new DaysStep(level.Key, own, [.. longer]);
            longer.AddRange(own);
        }

        if (Days > 0) yield return new DaysStep(Days, [], Named);
    }

    /// <summary>The days of a device in some groups; 0: for ever.</summary>
    public int Of(IEnumerable<Guid> groups)
    {
        var own = groups.ToHashSet();
        var said = Groups.Where(g => own.Contains(g.Group)).Select(g => g.Days).ToList();
        if (said.Count == 0) return Math.Max(Days, 0);
        return said.Exists(d => d <= 0) ? 0 : said.Max();
    }

    /// <summary>Recordings that are past their days. What is held never is, nor what is not finished.</summary>
    public IEnumerable<IQueryable<RecordingRow>> RecordingsPast(HawserDb db, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(db);
        return Steps().Select(step =>
        {
            var end = now.AddDays(-step.Days);
            return step.Narrow(db, db.Recordings.Where(r =>
                (r.Status == RecordingStatus.Ready || r.Status == RecordingStatus.Failed)
                && r.FinishedAt < end && r.HeldAt == null));
        });
    }
}

/// <summary>Days of the devices of a group.</summary>
/// <param name="Group">The group of devices.</param>
/// <param name="Days">How many; 0: for ever.</param>
public readonly record struct GroupDays(Guid Group, int Days);

/// <summary>Evidence that is kept the same number of days.</summary>
/// <param name="Days">How many.</param>
/// <param name="In">Only of devices in one of these groups; empty: whichever they are in.</param>
/// <param name="NotIn">Not of devices in one of these.</param>
public sealed record DaysStep(int Days, Guid[] In, Guid[] NotIn)
{
    /// <summary>Leaves those rows that the step is about.</summary>
    public IQueryable<T> Narrow<T>(HawserDb db, IQueryable<T> rows)
        where T : class, IOfDevice
    {
        ArgumentNullException.ThrowIfNull(db);
        var (own, not) = (In, NotIn);
        if (own.Length > 0)
        {
            rows = rows.Where(r => db.DeviceGroupMembers.Any(
                m => m.DeviceGuid == r.DeviceGuid && own.Contains(m.GroupGuid)));
        }

        return not.Length == 0 ? rows : rows.Where(r => !db.DeviceGroupMembers.Any(
            m => m.DeviceGuid == r.DeviceGuid && not.Contains(m.GroupGuid)));
    }
}
