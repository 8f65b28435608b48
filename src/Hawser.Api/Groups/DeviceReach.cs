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
/// Which devices, users and device groups somebody is shown: what is his, his user group's, or opened to him by a rule;
/// devices of nobody when the setting says so; everything for administrators. Sets, so that the database pages them.
/// </summary>
internal sealed class DeviceReach(SettingsStore settings)
{
    /// <summary>What a user is shown.</summary>
    public async Task<Reach> OfAsync(HawserDb db, CurrentUser user, CancellationToken cancellationToken)
    {
        var rules = RulesFor(db, user);
        if (user.IsAdmin)
        {
            return new(db.Devices.AsNoTracking(), db.Users.AsNoTracking(), db.DeviceGroups.AsNoTracking());
        }

        if (await rules.AnyAsync(r => r.TargetKind == AccessTarget.AllDevices, cancellationToken))
        {
            return new(Usable(db, db.Devices.AsNoTracking()), Enabled(db), db.DeviceGroups.AsNoTracking());
        }

        var owners = OwnersFor(db, user, rules);
        var groups = Targets(rules, AccessTarget.DeviceGroup);
        var guids = Owned(db, owners)
            .Union(db.DeviceGroupMembers.Where(m => groups.Contains(m.GroupGuid)).Select(m => m.DeviceGuid))
            .Union(Targets(rules, AccessTarget.Device));
        if (settings.Get(GroupSettings.Key).UnassignedForEverybody) guids = guids.Union(Unassigned(db));
        var devices = Usable(db, db.Devices.AsNoTracking().Where(d => guids.Contains(d.Guid)));
        // Owners of single devices too: clients list a device under its owner's name (reference §7.3).
        var reached = devices.Select(d => d.Guid);
        var owning = db.DeviceDetails.Where(x => x.OwnerGuid != null && reached.Contains(x.DeviceGuid))
            .Select(x => x.OwnerGuid!.Value);
        var holding = db.DeviceGroupMembers.Where(m => reached.Contains(m.DeviceGuid)).Select(m => m.GroupGuid);
        return new(
            devices,
            Enabled(db).Where(u => owners.Contains(u.Guid) || owning.Contains(u.Guid)),
            db.DeviceGroups.AsNoTracking().Where(g => groups.Contains(g.Guid) || holding.Contains(g.Guid)));
    }

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

    private static IQueryable<Guid> OwnersFor(HawserDb db, CurrentUser user, IQueryable<AccessRule> rules)
    {
        var (me, group) = (user.Guid, user.UserGroup);
        var users = Targets(rules, AccessTarget.User);
        var groups = Targets(rules, AccessTarget.UserGroup);
        return Enabled(db).Where(u => u.Guid == me || u.UserGroupGuid == group || users.Contains(u.Guid)
            || groups.Contains(u.UserGroupGuid)).Select(u => u.Guid);
    }

    private static IQueryable<Guid> Owned(HawserDb db, IQueryable<Guid> owners) =>
        db.DeviceDetails.Where(x => x.OwnerGuid != null && owners.Contains(x.OwnerGuid.Value))
            .Select(x => x.DeviceGuid);

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
