using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>One end of a relation in Pro's form: a kind and a name.</summary>
/// <param name="Type">0 user group, 1 device group, 2 user.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct GroupPeer(int Type, string Name);

/// <summary>
/// Pro's <c>allowed_incomings</c> and <c>allowed_outgoings</c> of groups (admin reference §4.2, §4.3, §6.1): two
/// views of
/// the same relation, kept as plain access rules, without name, hours or role. Rules that have these are left alone.
/// </summary>
internal sealed class GroupAccess(TimeProvider time)
{
    /// <summary>A user group.</summary>
    internal const int UserGroup = 0;

    /// <summary>A device group.</summary>
    internal const int DeviceGroup = 1;

    /// <summary>A user.</summary>
    internal const int User = 2;

    /// <summary>Who may reach the devices of the users of groups.</summary>
    public static Task<ILookup<Guid, GroupPeer>> IncomingsOfUserGroupsAsync(
        HawserDb db, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken) =>
        SubjectsAsync(db, AccessTarget.UserGroup, groups, cancellationToken);

    /// <summary>Who may reach the devices of device groups.</summary>
    public static Task<ILookup<Guid, GroupPeer>> IncomingsOfDeviceGroupsAsync(
        HawserDb db, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken) =>
        SubjectsAsync(db, AccessTarget.DeviceGroup, groups, cancellationToken);

    /// <summary>Who may reach the devices of a group's users.</summary>
    public static async Task<List<GroupPeer>> IncomingsOfUserGroupAsync(
        HawserDb db, Guid group, CancellationToken cancellationToken) =>
        [.. (await IncomingsOfUserGroupsAsync(db, [group], cancellationToken))[group]];

    /// <summary>Who may reach the devices of a device group.</summary>
    public static async Task<List<GroupPeer>> IncomingsOfDeviceGroupAsync(
        HawserDb db, Guid group, CancellationToken cancellationToken) =>
        [.. (await IncomingsOfDeviceGroupsAsync(db, [group], cancellationToken))[group]];

    /// <summary>What the users of a group may reach.</summary>
    public static async Task<List<GroupPeer>> OutgoingsOfUserGroupAsync(
        HawserDb db, Guid group, CancellationToken cancellationToken) =>
        [.. (await OutgoingsOfUserGroupsAsync(db, [group], cancellationToken))[group]];

    /// <summary>What the users of groups may reach.</summary>
    public static async Task<ILookup<Guid, GroupPeer>> OutgoingsOfUserGroupsAsync(
        HawserDb db, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken)
    {
        var rules = await Plain(db).AsNoTracking()
            .Where(r => r.SubjectKind == AccessSubject.UserGroup && r.SubjectGuid != null
                && groups.Contains(r.SubjectGuid.Value))
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).ToListAsync(cancellationToken);
        var userGroups = await NamesAsync(rules, AccessTarget.UserGroup, guids => db.UserGroups
            .Where(g => guids.Contains(g.Guid)).ToDictionaryAsync(g => g.Guid, g => g.Name, cancellationToken));
        var deviceGroups = await NamesAsync(rules, AccessTarget.DeviceGroup, guids => db.DeviceGroups
            .Where(g => guids.Contains(g.Guid)).ToDictionaryAsync(g => g.Guid, g => g.Name, cancellationToken));
        var peers = new List<(Guid Group, GroupPeer Peer)>();
        foreach (var rule in rules)
        {
            var group = rule.SubjectGuid!.Value;
            if (rule.TargetKind == AccessTarget.UserGroup
                && userGroups.TryGetValue(rule.TargetGuid!.Value, out var name))
            {
                peers.Add((group, new(UserGroup, name)));
            }
            else if (rule.TargetKind == AccessTarget.DeviceGroup
                && deviceGroups.TryGetValue(rule.TargetGuid!.Value, out name))
            {
                peers.Add((group, new(DeviceGroup, name)));
            }
        }

        return peers.ToLookup(p => p.Group, p => p.Peer);
    }

    /// <summary>Replaces who may reach the devices of a group's users; <c>[]</c> clears.</summary>
    public Task<EditResult> SetIncomingsOfUserGroupAsync(
        HawserDb db, Guid group, IReadOnlyList<GroupPeer> peers, CancellationToken cancellationToken) =>
        SetIncomingsAsync(db, AccessTarget.UserGroup, group, peers, cancellationToken);

    /// <summary>Replaces who may reach the devices of a device group; <c>[]</c> clears.</summary>
    public Task<EditResult> SetIncomingsOfDeviceGroupAsync(
        HawserDb db, Guid group, IReadOnlyList<GroupPeer> peers, CancellationToken cancellationToken) =>
        SetIncomingsAsync(db, AccessTarget.DeviceGroup, group, peers, cancellationToken);

    /// <summary>Replaces what the users of a group may reach; <c>[]</c> clears.</summary>
    public async Task<EditResult> SetOutgoingsOfUserGroupAsync(
        HawserDb db, Guid group, IReadOnlyList<GroupPeer> peers, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<(AccessTarget Kind, Guid Guid)>();
        foreach (var peer in peers)
        {
            if (peer.Type is not (UserGroup or DeviceGroup))
            {
                return EditResult.Refuse($"\"{peer.Name}\" has a wrong type.");
            }
            if (await ResolveAsync(db, peer, cancellationToken) is not { } guid) return Unknown(peer);
            wanted.Add((peer.Type == UserGroup ? AccessTarget.UserGroup : AccessTarget.DeviceGroup, guid));
        }

        var have = await Plain(db)
            .Where(r => r.SubjectKind == AccessSubject.UserGroup && r.SubjectGuid == group
                && (r.TargetKind == AccessTarget.UserGroup || r.TargetKind == AccessTarget.DeviceGroup))
            .ToListAsync(cancellationToken);
        db.AccessRules.RemoveRange(have.Where(r => !wanted.Contains((r.TargetKind, r.TargetGuid!.Value))));
        foreach (var (kind, guid) in wanted)
        {
            if (have.Exists(r => r.TargetKind == kind && r.TargetGuid == guid)) continue;
            Add(db, AccessSubject.UserGroup, group, kind, guid);
        }

        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(group);
    }

    private async Task<EditResult> SetIncomingsAsync(
        HawserDb db, AccessTarget target, Guid group, IReadOnlyList<GroupPeer> peers,
        CancellationToken cancellationToken)
    {
        var wanted = new HashSet<(AccessSubject Kind, Guid Guid)>();
        foreach (var peer in peers)
        {
            if (peer.Type is not (UserGroup or User)) return EditResult.Refuse($"\"{peer.Name}\" has a wrong type.");
            if (await ResolveAsync(db, peer, cancellationToken) is not { } guid) return Unknown(peer);
            wanted.Add((peer.Type == UserGroup ? AccessSubject.UserGroup : AccessSubject.User, guid));
        }

        var have = await Plain(db)
            .Where(r => r.TargetKind == target && r.TargetGuid == group && r.SubjectKind != AccessSubject.Everybody)
            .ToListAsync(cancellationToken);
        db.AccessRules.RemoveRange(have.Where(r => !wanted.Contains((r.SubjectKind, r.SubjectGuid!.Value))));
        foreach (var (kind, guid) in wanted)
        {
            if (have.Exists(r => r.SubjectKind == kind && r.SubjectGuid == guid)) continue;
            Add(db, kind, guid, target, group);
        }

        await db.SaveChangesAsync(cancellationToken);
        return EditResult.Done(group);
    }

    private void Add(HawserDb db, AccessSubject subjectKind, Guid subject, AccessTarget targetKind, Guid target)
    {
        var now = time.GetUtcNow().UtcDateTime;
        db.AccessRules.Add(new AccessRule
        {
            SubjectKind = subjectKind,
            SubjectGuid = subject,
            TargetKind = targetKind,
            TargetGuid = target,
            Enabled = true,
            CreatedAt = now,
            UpdatedAt = now,
        });
    }

    private static IQueryable<AccessRule> Plain(HawserDb db) =>
        db.AccessRules.Where(r => r.Enabled && r.Name == "" && r.Schedule == "" && r.ControlRoleGuid == null);

    private static async Task<ILookup<Guid, GroupPeer>> SubjectsAsync(
        HawserDb db, AccessTarget target, IReadOnlyCollection<Guid> targets, CancellationToken cancellationToken)
    {
        var rules = await Plain(db).AsNoTracking()
            .Where(r => r.TargetKind == target && r.TargetGuid != null && targets.Contains(r.TargetGuid.Value)
                && r.SubjectKind != AccessSubject.Everybody)
            .OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).ToListAsync(cancellationToken);
        var guids = rules.Select(r => r.SubjectGuid).Distinct().ToArray();
        var users = await db.Users.Where(u => guids.Contains(u.Guid))
            .ToDictionaryAsync(u => u.Guid, u => u.Name, cancellationToken);
        var groups = await db.UserGroups.Where(g => guids.Contains(g.Guid))
            .ToDictionaryAsync(g => g.Guid, g => g.Name, cancellationToken);
        var peers = new List<(Guid Target, GroupPeer Peer)>();
        foreach (var rule in rules)
        {
            var isUser = rule.SubjectKind == AccessSubject.User;
            if ((isUser ? users : groups).TryGetValue(rule.SubjectGuid!.Value, out var name))
            {
                peers.Add((rule.TargetGuid!.Value, new(isUser ? User : UserGroup, name)));
            }
        }

        return peers.ToLookup(p => p.Target, p => p.Peer);
    }

    private static Task<Dictionary<Guid, string>> NamesAsync(
        List<AccessRule> rules, AccessTarget kind, Func<Guid[], Task<Dictionary<Guid, string>>> read) =>
        read([.. rules.Where(r => r.TargetKind == kind).Select(r => r.TargetGuid!.Value)]);

    private static async Task<Guid?> ResolveAsync(HawserDb db, GroupPeer peer, CancellationToken cancellationToken)
    {
        var name = (peer.Name ?? "").ToUpperInvariant();
        return peer.Type switch
        {
            UserGroup => await db.UserGroups.Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken),
            DeviceGroup => await db.DeviceGroups.Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken),
            _ => await db.Users.Where(u => u.NormalizedName == name).Select(u => (Guid?)u.Guid)
                .FirstOrDefaultAsync(cancellationToken),
        };
    }

    private static EditResult Unknown(GroupPeer peer) => EditResult.Refuse($"There is nothing called \"{peer.Name}\".");
}
