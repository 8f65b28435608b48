using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>
/// How many pairs of a person and a device each thing that opens is about: rules, ownership, groups, settings. Counted
/// from groups and not pair by pair, so that it costs as little with a million pairs. Pairs that two things open count
/// for both; disabled devices, those of disabled owners, and accounts that can't log in count for none.
/// </summary>
internal sealed class AccessCoverage
{
    private readonly Dictionary<Guid, (Guid Group, bool IsAdmin)> _people;
    private readonly Dictionary<Guid, int> _peopleOfGroup;
    private readonly Dictionary<Guid, int> _ofOwner;
    private readonly Dictionary<Guid, int> _ofOwnerGroup;
    private readonly Dictionary<Guid, int> _ofGroup;
    private readonly HashSet<Guid> _alone;

    private AccessCoverage(
        Dictionary<Guid, (Guid Group, bool IsAdmin)> people, Dictionary<Guid, int> ofOwner,
        Dictionary<Guid, int> ofOwnerGroup, Dictionary<Guid, int> ofGroup, (int Devices, int Unassigned) counts,
        HashSet<Guid> alone)
    {
        (_people, _ofOwner, _ofOwnerGroup, _ofGroup, _alone) = (people, ofOwner, ofOwnerGroup, ofGroup, alone);
        _peopleOfGroup = people.Values.GroupBy(p => p.Group).ToDictionary(g => g.Key, g => g.Count());
        (Devices, Unassigned) = counts;
        Administrators = people.Values.Count(p => p.IsAdmin);
    }

    /// <summary>Accounts that can log in.</summary>
    public int People => _people.Count;

    /// <summary>Those of administrators.</summary>
    public int Administrators { get; }

    /// <summary>Devices that are enabled, as are their owners.</summary>
    public int Devices { get; }

    /// <summary>Those of them that belong to nobody.</summary>
    public int Unassigned { get; }

    /// <summary>Counts.</summary>
    /// <param name="db">The database.</param>
    /// <param name="rules">The rules that will be asked for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<AccessCoverage> ReadAsync(
        HawserDb db, IReadOnlyList<AccessRule> rules, CancellationToken cancellationToken)
    {
        var people = await db.Users.AsNoTracking().Where(u => u.Status == UserStatus.Normal)
            .Select(u => new { u.Guid, u.UserGroupGuid, u.IsAdmin })
            .ToDictionaryAsync(u => u.Guid, u => (u.UserGroupGuid, u.IsAdmin), cancellationToken);
        // Switched off: the device itself, or with its owner.
        var off = db.DeviceDetails.Where(d => !d.Enabled
            || db.Users.Any(u => u.Guid == d.OwnerGuid && u.Status == UserStatus.Disabled)).Select(d => d.DeviceGuid);
        var devices = db.Devices.AsNoTracking().Where(d => !off.Contains(d.Guid));
        var owned =
            from device in devices
            join details in db.DeviceDetails.AsNoTracking() on device.Guid equals details.DeviceGuid
            join owner in db.Users.AsNoTracking() on details.OwnerGuid equals (Guid?)owner.Guid
            select new { device.Guid, Owner = owner.Guid, Group = owner.UserGroupGuid };
        var ofOwner = await owned.GroupBy(o => new { o.Owner, o.Group })
            .Select(g => new { g.Key.Owner, g.Key.Group, Count = g.Count() }).ToListAsync(cancellationToken);
        var ofGroup = await db.DeviceGroupMembers.AsNoTracking().Where(m => devices.Any(d => d.Guid == m.DeviceGuid))
            .GroupBy(m => m.GroupGuid).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var named = rules.Where(r => r.TargetKind == AccessTarget.Device).Select(r => r.TargetGuid).OfType<Guid>();
        var alone = new HashSet<Guid>();
        foreach (var some in named.Distinct().Chunk(500))
        {
            alone.UnionWith(await devices.Where(d => some.Contains(d.Guid)).Select(d => d.Guid)
                .ToListAsync(cancellationToken));
        }

        var all = await devices.CountAsync(cancellationToken);
        var unassigned = await devices.CountAsync(
            d => !owned.Any(o => o.Guid == d.Guid) && !db.DeviceGroupMembers.Any(m => m.DeviceGuid == d.Guid),
            cancellationToken);
        return new AccessCoverage(
            people, ofOwner.ToDictionary(o => o.Owner, o => o.Count),
            ofOwner.GroupBy(o => o.Group).ToDictionary(g => g.Key, g => g.Sum(o => o.Count)), ofGroup,
            (all, unassigned), alone);
    }

    /// <summary>The pairs that a rule is about, whatever its hours and whether it is enabled.</summary>
    public long PairsOf(AccessRule rule)
    {
        if (rule.TargetKind == AccessTarget.OwnDevices)
        {
            return _ofOwner.Where(o => _people.TryGetValue(o.Key, out var person) && IsFor(rule, o.Key, person.Group))
                .Sum(o => (long)o.Value);
        }

        var target = rule.TargetGuid.GetValueOrDefault();
        long devices = rule.TargetKind switch
        {
            AccessTarget.AllDevices => Devices,
            AccessTarget.Device => _alone.Contains(target) ? 1 : 0,
            AccessTarget.DeviceGroup => _ofGroup.GetValueOrDefault(target),
            AccessTarget.User => _ofOwner.GetValueOrDefault(target),
            AccessTarget.UserGroup => _ofOwnerGroup.GetValueOrDefault(target),
            _ => 0,
        };
        var subject = rule.SubjectGuid.GetValueOrDefault();
        return devices * rule.SubjectKind switch
        {
            AccessSubject.User => _people.ContainsKey(subject) ? 1 : 0,
            AccessSubject.UserGroup => _peopleOfGroup.GetValueOrDefault(subject),
            _ => People,
        };
    }

    /// <summary>What opens without a rule, as the settings have it, with its pairs.</summary>
    public IReadOnlyList<(string Source, long Pairs)> SourcesOf(AccessSettings settings)
    {
        var sources = new List<(string, long)>();
        if (settings.AdminsReachAll) sources.Add(("administrator", (long)Administrators * Devices));
        var own = _ofOwner.Where(o => _people.ContainsKey(o.Key)).Sum(o => (long)o.Value);
        if (settings.DefaultPolicy != DefaultPolicy.Rules) sources.Add(("owner", own));
        if (settings is { DefaultPolicy: DefaultPolicy.Own, SameGroup: true })
        {
            var pairs = _ofOwnerGroup.Sum(g => (long)g.Value * _peopleOfGroup.GetValueOrDefault(g.Key));
            sources.Add(("same_group", pairs - own));
        }

        if (settings.DefaultPolicy == DefaultPolicy.Own)
        {
            var who = settings.UnassignedAdminsOnly ? Administrators : People;
            sources.Add(("unassigned", (long)who * Unassigned));
        }

        if (settings.DefaultPolicy == DefaultPolicy.Open) sources.Add(("open", (long)People * Devices));
        return sources;
    }

    /// <summary>The devices that callers without an account reach.</summary>
    public int OpenToAnybody(AccessSettings settings) => settings switch
    {
        { LoginRequired: true } => 0,
        { DefaultPolicy: DefaultPolicy.Open } => Devices,
        { DefaultPolicy: DefaultPolicy.Own, UnassignedAdminsOnly: false } => Unassigned,
        _ => 0,
    };

    private static bool IsFor(AccessRule rule, Guid user, Guid group) => rule.SubjectKind switch
    {
        AccessSubject.User => rule.SubjectGuid == user,
        AccessSubject.UserGroup => rule.SubjectGuid == group,
        _ => true,
    };
}
