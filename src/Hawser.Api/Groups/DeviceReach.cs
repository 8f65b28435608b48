using Hawser.Api.Access;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups;

/// <summary>
/// Which devices, users and device groups somebody is shown: what is his, his user group's, or opened to him by a rule,
/// as far as the policy of access goes (<see cref="AccessSettings"/>); devices of nobody when settings say so;
/// everything for administrators. Where everybody may connect to everything, foreign devices are still not listed.
/// Sets, so that the database pages them.
/// </summary>
internal sealed class DeviceReach(SettingsStore settings)
{
    /// <summary>What a user is shown.</summary>
    public async Task<Reach> OfAsync(HawserDb db, CurrentUser user, CancellationToken cancellationToken)
    {
        if (user.IsAdmin)
        {
            return new(db.Devices.AsNoTracking(), db.Users.AsNoTracking(), db.DeviceGroups.AsNoTracking());
        }

        var rules = RulesFor(db, user);
        var kinds = await rules.Select(r => r.TargetKind).Distinct().ToListAsync(cancellationToken);
        if (kinds.Contains(AccessTarget.AllDevices))
        {
            return new(Usable(db, db.Devices.AsNoTracking()), Enabled(db), db.DeviceGroups.AsNoTracking());
        }

        var access = settings.Get(AccessSettings.Key);
        var owners = OwnersFor(db, user, access, rules, kinds.Contains(AccessTarget.OwnDevices));
        var groups = Targets(rules, AccessTarget.DeviceGroup);
        var guids = Owned(db, owners);
        if (Others(db, rules, kinds, ListsUnassigned(access)) is { } others)
        {
            guids = guids.Union(Usable(db, db.Devices.Where(d => others.Contains(d.Guid))).Select(d => d.Guid));
        }

        var devices = db.Devices.AsNoTracking().Where(d => guids.Contains(d.Guid));
        // Owners of single devices too: clients list a device under its owner's name (reference §7.3).
        var owning = db.DeviceDetails.Where(x => x.OwnerGuid != null && guids.Contains(x.DeviceGuid))
            .Select(x => x.OwnerGuid!.Value);
        var holding = db.DeviceGroupMembers.Where(m => guids.Contains(m.DeviceGuid)).Select(m => m.GroupGuid);
        var me = user.Guid;
        return new(
            devices,
            Enabled(db).Where(u => u.Guid == me || owners.Contains(u.Guid) || owning.Contains(u.Guid)),
            db.DeviceGroups.AsNoTracking().Where(g => groups.Contains(g.Guid) || holding.Contains(g.Guid)));
    }

    private bool ListsUnassigned(AccessSettings access) => access.DefaultPolicy switch
    {
        DefaultPolicy.Open => settings.Get(GroupSettings.Key).UnassignedForEverybody,
        DefaultPolicy.Own => !access.UnassignedAdminsOnly,
        _ => false,
    };

    private static IQueryable<AccessRule> RulesFor(HawserDb db, CurrentUser user)
    {
        var (me, group) = (user.Guid, user.UserGroup);
        return db.AccessRules.Where(r => r.Enabled && (r.SubjectKind == AccessSubject.Everybody
            || (r.SubjectKind == AccessSubject.User && r.SubjectGuid == me)
            || (r.SubjectKind == AccessSubject.UserGroup && r.SubjectGuid == group)));
    }

    private static IQueryable<Guid> Targets(IQueryable<AccessRule> rules, AccessTarget kind) =>
        rules.Where(r => r.TargetKind == kind && r.TargetGuid != null).Select(r => r.TargetGuid!.Value);

    private static IQueryable<User> Enabled(HawserDb db) =>
        db.Users.AsNoTracking().Where(u => u.Status == UserStatus.Normal);

    // No user and no group has the empty guid: it takes somebody out without another query for each policy.
    private static IQueryable<Guid> OwnersFor(
        HawserDb db, CurrentUser user, AccessSettings access, IQueryable<AccessRule> rules, bool ownByRule)
    {
        var byPolicy = access.DefaultPolicy != DefaultPolicy.Rules;
        var me = byPolicy || ownByRule ? user.Guid : Guid.Empty;
        var sameGroup = access.DefaultPolicy == DefaultPolicy.Open || access.SameGroup;
        var group = byPolicy && sameGroup ? user.UserGroup : Guid.Empty;
        var users = Targets(rules, AccessTarget.User);
        var groups = Targets(rules, AccessTarget.UserGroup);
        return Enabled(db).Where(u => u.Guid == me || u.UserGroupGuid == group || users.Contains(u.Guid)
            || groups.Contains(u.UserGroupGuid)).Select(u => u.Guid);
    }

    // The owners are enabled already.
    private static IQueryable<Guid> Owned(HawserDb db, IQueryable<Guid> owners) =>
        db.DeviceDetails.Where(x => x.Enabled && x.OwnerGuid != null && owners.Contains(x.OwnerGuid.Value))
            .Select(x => x.DeviceGuid);

    // What is opened otherwise than by its owner; null, and so out of the query, when nothing is.
    private static IQueryable<Guid>? Others(
        HawserDb db, IQueryable<AccessRule> rules, List<AccessTarget> kinds, bool unassigned)
    {
        IQueryable<Guid>? all = null;
        if (kinds.Contains(AccessTarget.DeviceGroup))
        {
            var groups = Targets(rules, AccessTarget.DeviceGroup);
            all = db.DeviceGroupMembers.Where(m => groups.Contains(m.GroupGuid)).Select(m => m.DeviceGuid);
        }

        if (kinds.Contains(AccessTarget.Device)) Add(Targets(rules, AccessTarget.Device));
        if (unassigned) Add(Unassigned(db));
        return all;

        void Add(IQueryable<Guid> more) => all = all is null ? more : all.Union(more);
    }

    private static IQueryable<Guid> Unassigned(HawserDb db) => db.Devices.Where(d =>
        !db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.OwnerGuid != null)
        && !db.DeviceGroupMembers.Any(m => m.DeviceGuid == d.Guid)).Select(d => d.Guid);

    /// <summary>Without those that nobody can connect to: disabled, or of a disabled owner.</summary>
    public static IQueryable<Device> Usable(HawserDb db, IQueryable<Device> devices) => devices.Where(d =>
        !db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && (!x.Enabled
            || (x.OwnerGuid != null
                && db.Users.Any(u => u.Guid == x.OwnerGuid && u.Status != UserStatus.Normal)))));
}

/// <summary>What somebody is shown; each a query that can be narrowed, sorted and paged.</summary>
/// <param name="Devices">The devices.</param>
/// <param name="Users">Their owners, and the users whose devices would be shown.</param>
/// <param name="Groups">The device groups.</param>
internal sealed record Reach(IQueryable<Device> Devices, IQueryable<User> Users, IQueryable<DeviceGroup> Groups);
