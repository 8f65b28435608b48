using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Delegation;

/// <summary>
/// What a right reaches (admin reference §6.4): everything for administrators and global roles; one's own things; the
/// users of chosen groups, their devices, the devices of chosen groups, and those of nobody when the role says so.
/// Sets, so that the database narrows and pages them. What is not in the set is not there for the caller.
/// </summary>
internal static class AdminScope
{
    /// <summary>The devices.</summary>
    public static IQueryable<Device> Devices(HawserDb db, CurrentUser user, AdminRight right)
    {
        if (user.MayEverywhere(right)) return db.Devices;
        var (roles, unassigned) = (user.Rights.OfGroups(right), user.Rights.Unassigned(right));
        // Nobody has the empty guid.
        var me = user.Rights.Own(right) ? user.Guid : Guid.Empty;
        if (roles.Length == 0 && me == Guid.Empty) return db.Devices.Where(d => false);
        var (people, places) = (UserGroups(db, user, right), DeviceGroups(db, user, right));
        return db.Devices.Where(d =>
            db.DeviceGroupMembers.Any(m => m.DeviceGuid == d.Guid && places.Contains(m.GroupGuid))
            || db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && (x.OwnerGuid == me || db.Users.Any(
                u => u.Guid == x.OwnerGuid && people.Contains(u.UserGroupGuid))))
            || (unassigned && !db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.OwnerGuid != null)
                && !db.DeviceGroupMembers.Any(m => m.DeviceGuid == d.Guid)));
    }

    /// <summary>What somebody is shown anyway, and what a role lets see.</summary>
    public static IQueryable<Device> Shown(HawserDb db, CurrentUser user, IQueryable<Device> reach)
    {
        if (user.IsAdmin || !user.May(AdminRight.DevicesView)) return reach;
        if (user.MayEverywhere(AdminRight.DevicesView)) return db.Devices.AsNoTracking();
        var reached = reach.Select(d => d.Guid);
        var managed = Devices(db, user, AdminRight.DevicesView).Select(d => d.Guid);
        return db.Devices.AsNoTracking().Where(d => reached.Contains(d.Guid) || managed.Contains(d.Guid));
    }

    /// <summary>The users who are seen.</summary>
    public static IQueryable<User> Users(HawserDb db, CurrentUser user, AdminRight right)
    {
        if (user.MayEverywhere(right)) return db.Users;
        var people = UserGroups(db, user, right);
        return db.Users.Where(u => people.Contains(u.UserGroupGuid));
    }

    /// <summary>The recordings that are listed and played: one's own, and those of devices in reach.</summary>
    public static IQueryable<RecordingRow> Recordings(HawserDb db, CurrentUser user)
    {
        var rows = db.Recordings.AsNoTracking().Where(r => r.Status != RecordingStatus.Deleting);
        if (user.MayEverywhere(AdminRight.RecordingsView)) return rows;
        var me = user.Guid;
        var devices = Devices(db, user, AdminRight.RecordingsView).Select(d => d.Guid);
        return rows.Where(r => r.OwnerGuid == me || (r.DeviceGuid != null && devices.Contains(r.DeviceGuid.Value)));
    }

    /// <summary>The recordings that are changed and deleted: one's own, and those of devices in reach.</summary>
    public static IQueryable<RecordingRow> EditableRecordings(HawserDb db, CurrentUser user)
    {
        var rows = db.Recordings.AsNoTracking().Where(r => r.Status != RecordingStatus.Deleting);
        if (user.IsAdmin) return rows;
        var me = RecordingRow.OwnerOf(user.Guid);
        var devices = Devices(db, user, AdminRight.RecordingsEdit).Select(d => d.Guid);
        return rows.Where(r => r.Owner == me || (r.DeviceGuid != null && devices.Contains(r.DeviceGuid.Value)));
    }

    // A role that is only tried out has no rows; everything else is the same for it.
    private static IQueryable<Guid> UserGroups(HawserDb db, CurrentUser user, AdminRight right)
    {
        if (user.Rights.Draft(right) is { } draft)
        {
            var wanted = draft.UserGroups;
            return db.UserGroups.Where(g => wanted.Contains(g.Guid)).Select(g => g.Guid);
        }

        var roles = user.Rights.OfGroups(right);
        return db.AdminRoleUserGroups.Where(g => roles.Contains(g.RoleGuid)).Select(g => g.GroupGuid);
    }

    private static IQueryable<Guid> DeviceGroups(HawserDb db, CurrentUser user, AdminRight right)
    {
        if (user.Rights.Draft(right) is { } draft)
        {
            var wanted = draft.DeviceGroups;
            return db.DeviceGroups.Where(g => wanted.Contains(g.Guid)).Select(g => g.Guid);
        }

        var roles = user.Rights.OfGroups(right);
        return db.AdminRoleDeviceGroups.Where(g => roles.Contains(g.RoleGuid)).Select(g => g.GroupGuid);
    }

    /// <summary>
    /// The users who may be changed. Administrators are changed by administrators only, and so are the credentials of
    /// those who hold a role: else its holder's password would be worth the role.
    /// </summary>
    public static IQueryable<User> Editable(HawserDb db, CurrentUser user, AdminRight right)
    {
        var users = Users(db, user, right);
        if (user.IsAdmin) return users;
        users = users.Where(u => !u.IsAdmin);
        const AdminRight Credentials =
            AdminRight.UsersPassword | AdminRight.UsersEmail | AdminRight.UsersSecondFactor;
        return (right & Credentials) == AdminRight.None ? users
            : users.Where(u => !db.AdminRoleHolders.Any(h => h.UserGuid == u.Guid));
    }

    /// <summary>Those of some users who may be changed.</summary>
    public static async Task<List<Guid>> EditableAsync(
        HawserDb db, CurrentUser user, AdminRight right, IReadOnlyCollection<Guid> guids,
        CancellationToken cancellationToken)
    {
        if (user.IsAdmin) return [.. guids];
        var all = new List<Guid>();
        foreach (var some in guids.Chunk(500))
        {
            all.AddRange(await Editable(db, user, right).Where(u => some.Contains(u.Guid)).Select(u => u.Guid)
                .ToListAsync(cancellationToken));
        }

        return all;
    }

    /// <summary>Whether a user may be put into a user group when he is made.</summary>
    public static async Task<bool> MayPutAsync(
        HawserDb db, CurrentUser user, AdminRight right, Guid? group, CancellationToken cancellationToken)
    {
        if (user.MayEverywhere(right)) return true;
        var wanted = group ?? await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid)
            .FirstAsync(cancellationToken);
        return await UserGroups(db, user, right).ContainsAsync(wanted, cancellationToken);
    }
}
