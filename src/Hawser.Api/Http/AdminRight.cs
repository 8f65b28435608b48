using System.Collections.Immutable;
using Hawser.Data.Accounts;

namespace Hawser.Api.Http;

/// <summary>
/// What an admin role can allow (admin reference §6.4). The numbers are stored nowhere, the names are.
/// </summary>
[Flags]
internal enum AdminRight : long
{
    None = 0,
    UsersView = 1L << 0,
    UsersCreate = 1L << 1,
    UsersInvite = 1L << 2,
    UsersDelete = 1L << 3,
    UsersEnable = 1L << 4,
    UsersEmail = 1L << 5,
    UsersPassword = 1L << 6,
    UsersNote = 1L << 7,
    UsersSecondFactor = 1L << 8,
    UsersLogout = 1L << 9,
    UsersGroup = 1L << 10,
    UsersStrategy = 1L << 11,
    UsersControlRole = 1L << 12,
    DevicesView = 1L << 13,
    DevicesEnable = 1L << 14,
    DevicesDelete = 1L << 15,
    DevicesInfo = 1L << 16,
    DevicesOwner = 1L << 17,
    DevicesGroup = 1L << 18,
    DevicesStrategy = 1L << 19,
    UserGroupsView = 1L << 20,
    UserGroupsEdit = 1L << 21,
    DeviceGroupsView = 1L << 22,
    DeviceGroupsEdit = 1L << 23,
    AuditView = 1L << 24,
    AuditEdit = 1L << 25,
    StrategiesView = 1L << 26,
    StrategiesEdit = 1L << 27,
    ControlRolesView = 1L << 28,
    ControlRolesEdit = 1L << 29,
    AccessView = 1L << 30,
    AccessEdit = 1L << 31,
    RelaysView = 1L << 32,
    RelaysEdit = 1L << 33,
    ChannelsView = 1L << 34,
    ChannelsEdit = 1L << 35,
    DeployTokensView = 1L << 36,
    DeployTokensEdit = 1L << 37,
    BackupsView = 1L << 38,
    BackupsEdit = 1L << 39,
    RetentionView = 1L << 40,
    RetentionEdit = 1L << 41,
    RecordingsView = 1L << 42,
    RecordingsEdit = 1L << 43,
}

/// <summary>A right: how it is spelled, what it includes, and which kinds of roles may have it.</summary>
/// <param name="Right">The right.</param>
/// <param name="Name">Its name, as <c>subject.right</c>.</param>
/// <param name="Includes">Editing includes seeing.</param>
/// <param name="Own">Whether a role for one's own things may have it.</param>
/// <param name="Groups">Whether a role for chosen groups may have it.</param>
/// <param name="About">What it allows, for people.</param>
internal sealed record AdminRightRow(
    AdminRight Right, string Name, AdminRight Includes, bool Own, bool Groups, string About);

/// <summary>All rights.</summary>
internal static class AdminRightTable
{
    /// <summary>In the order of the reference.</summary>
    public static ImmutableArray<AdminRightRow> All { get; } =
    [
        User(AdminRight.UsersView, "view", "See users"),
        User(AdminRight.UsersCreate, "create", "Make users, but no administrators"),
        User(AdminRight.UsersInvite, "invite", "Invite users by mail"),
        User(AdminRight.UsersDelete, "delete", "Delete users that are disabled"),
        User(AdminRight.UsersEnable, "enable", "Enable and disable users"),
        User(AdminRight.UsersEmail, "email", "Change mail addresses"),
        User(AdminRight.UsersPassword, "password", "Set passwords"),
        User(AdminRight.UsersNote, "note", "Change notes on users"),
        User(AdminRight.UsersSecondFactor, "second_factor", "Demand, reset and release second factors"),
        User(AdminRight.UsersLogout, "logout", "Sign users out everywhere"),
        User(AdminRight.UsersGroup, "group", "Move users to other groups") with { Groups = false },
        User(AdminRight.UsersStrategy, "strategy", "Give strategies to users"),
        User(AdminRight.UsersControlRole, "control_role", "Give control roles to users"),
        Device(AdminRight.DevicesView, "view", "See devices"),
        Device(AdminRight.DevicesEnable, "enable", "Enable and disable devices"),
        Device(AdminRight.DevicesDelete, "delete", "Delete devices that are disabled"),
        Device(AdminRight.DevicesInfo, "info", "Change names and notes of devices"),
        Device(AdminRight.DevicesOwner, "owner", "Give devices an owner") with { Own = false, Groups = false },
        Device(AdminRight.DevicesGroup, "group", "Put devices into groups") with { Own = false, Groups = false },
        Device(AdminRight.DevicesStrategy, "strategy", "Give strategies to devices"),
        Other(AdminRight.UserGroupsView, "user_groups.view", AdminRight.UserGroupsView, "See user groups"),
        Other(AdminRight.UserGroupsEdit, "user_groups.edit", AdminRight.UserGroupsView, "Change user groups"),
        Other(AdminRight.DeviceGroupsView, "device_groups.view", AdminRight.DeviceGroupsView, "See device groups"),
        Other(AdminRight.DeviceGroupsEdit, "device_groups.edit", AdminRight.DeviceGroupsView,
            "Change device groups and their strategies"),
        Other(AdminRight.AuditView, "audit.view", AdminRight.AuditView, "See logs and alarms") with { Own = true },
        Other(AdminRight.AuditEdit, "audit.edit", AdminRight.AuditView, "End sessions, handle alarms") with
        {
            Own = true,
        },
        Other(AdminRight.StrategiesView, "strategies.view", AdminRight.StrategiesView, "See strategies"),
        Other(AdminRight.StrategiesEdit, "strategies.edit", AdminRight.StrategiesView, "Change strategies"),
        Other(AdminRight.ControlRolesView, "control_roles.view", AdminRight.ControlRolesView, "See control roles"),
        Other(AdminRight.ControlRolesEdit, "control_roles.edit", AdminRight.ControlRolesView,
            "Change control roles"),
        Other(AdminRight.AccessView, "access.view", AdminRight.AccessView,
            "See access rules, and who reaches what by them"),
        Other(AdminRight.AccessEdit, "access.edit", AdminRight.AccessView,
            "Change access rules: its holder can open any device to anybody"),
        Other(AdminRight.RelaysView, "relays.view", AdminRight.RelaysView, "See relays"),
        Other(AdminRight.RelaysEdit, "relays.edit", AdminRight.RelaysView, "Add, switch off and remove relays"),
        Other(AdminRight.ChannelsView, "channels.view", AdminRight.ChannelsView,
            "See notification channels and their deliveries"),
        Other(AdminRight.ChannelsEdit, "channels.edit", AdminRight.ChannelsView,
            "Change and test notification channels, retry deliveries"),
        Other(AdminRight.DeployTokensView, "deploy_tokens.view", AdminRight.DeployTokensView,
            "See deployment tokens"),
        Other(AdminRight.DeployTokensEdit, "deploy_tokens.edit", AdminRight.DeployTokensView,
            "Make and end deployment tokens"),
        Other(AdminRight.BackupsView, "backups.view", AdminRight.BackupsView, "See which backups there are"),
        Other(AdminRight.BackupsEdit, "backups.edit", AdminRight.BackupsView,
            "Make and delete backups; only administrators fetch them"),
        Other(AdminRight.RetentionView, "retention.view", AdminRight.RetentionView,
            "See how long things are kept"),
        Other(AdminRight.RetentionEdit, "retention.edit", AdminRight.RetentionView,
            "Change how long things are kept"),
        Other(AdminRight.RecordingsView, "recordings.view", AdminRight.RecordingsView,
            "See and play recordings of devices") with { Own = true, Groups = true },
        Other(AdminRight.RecordingsEdit, "recordings.edit", AdminRight.RecordingsView,
            "Name, note and delete recordings of devices") with { Own = true, Groups = true },
    ];

    /// <summary>Each of them: for what whoever administers anything may see, of his own doing.</summary>
    public static AdminRight Any { get; } = All.Aggregate(AdminRight.None, (all, row) => all | row.Right);

    /// <summary>The rights of a list of names, with what they include.</summary>
    /// <returns>The first name that is none for this kind of role, or null.</returns>
    public static (AdminRight Rights, string? Wrong) Parse(IEnumerable<string?> names, AdminRoleKind kind)
    {
        var rights = AdminRight.None;
        foreach (var name in names)
        {
            var row = All.FirstOrDefault(r => string.Equals(r.Name, name, StringComparison.Ordinal));
            if (row is null || !IsFor(row, kind)) return (rights, name ?? "null");
            rights |= row.Right | row.Includes;
        }

        return (rights, null);
    }

    /// <summary>The names of rights.</summary>
    public static IReadOnlyList<string> NamesOf(AdminRight rights) =>
        [.. All.Where(r => rights.HasFlag(r.Right)).Select(r => r.Name)];

    /// <summary>Whether a kind of role may have a right.</summary>
    public static bool IsFor(AdminRightRow row, AdminRoleKind kind) => kind switch
    {
        AdminRoleKind.Global => true, AdminRoleKind.Individual => row.Own, _ => row.Groups,
    };

    private static AdminRightRow User(AdminRight right, string name, string about) =>
        new(right, "users." + name, AdminRight.UsersView, Own: false, Groups: true, about);

    private static AdminRightRow Device(AdminRight right, string name, string about) =>
        new(right, "devices." + name, AdminRight.DevicesView, Own: true, Groups: true, about);

    private static AdminRightRow Other(AdminRight right, string name, AdminRight view, string about) =>
        new(right, name, view, Own: false, Groups: false, about);
}

/// <summary>One admin role of somebody.</summary>
/// <param name="Role">The row.</param>
/// <param name="Kind">What it reaches.</param>
/// <param name="Rights">What it allows there.</param>
/// <param name="Unassigned">For a role of groups: devices of nobody and of no group, too.</param>
internal readonly record struct AdminGrant(Guid Role, AdminRoleKind Kind, AdminRight Rights, bool Unassigned)
{
    /// <summary>The groups of a role that is no row yet; null: those of the row.</summary>
    public DraftGroups? Draft { get; init; }
}

/// <summary>The groups of a role of groups that somebody is only trying out.</summary>
/// <param name="UserGroups">Whose users.</param>
/// <param name="DeviceGroups">Whose devices.</param>
internal sealed record DraftGroups(IReadOnlyCollection<Guid> UserGroups, IReadOnlyCollection<Guid> DeviceGroups);

/// <summary>The admin roles of somebody: their union counts (admin reference §6.4).</summary>
internal sealed class AdminRights(ImmutableArray<AdminGrant> grants)
{
    /// <summary>No roles.</summary>
    public static AdminRights None { get; } = new([]);

    /// <summary>Everything that is allowed somewhere.</summary>
    public AdminRight Somewhere { get; } = grants.Aggregate(AdminRight.None, (all, g) => all | g.Rights);

    /// <summary>Everything that is allowed on the whole server.</summary>
    public AdminRight Everywhere { get; } = grants.Where(g => g.Kind == AdminRoleKind.Global)
        .Aggregate(AdminRight.None, (all, g) => all | g.Rights);

    /// <summary>Whether a right reaches the holder's own things.</summary>
    public bool Own(AdminRight right) => Has(right, AdminRoleKind.Individual, _ => true);

    /// <summary>Whether a right reaches devices of nobody.</summary>
    public bool Unassigned(AdminRight right) => Has(right, AdminRoleKind.Group, g => g.Unassigned);

    /// <summary>The roles of groups by which a right is given.</summary>
    public Guid[] OfGroups(AdminRight right) => [.. grants
        .Where(g => g.Kind == AdminRoleKind.Group && (g.Rights & right) != AdminRight.None).Select(g => g.Role)];

    /// <summary>The groups of a role that is tried out and gives a right; null: roles are rows.</summary>
    public DraftGroups? Draft(AdminRight right) => grants
        .Where(g => g.Kind == AdminRoleKind.Group && (g.Rights & right) != AdminRight.None)
        .Select(g => g.Draft).FirstOrDefault(d => d is not null);

    private bool Has(AdminRight right, AdminRoleKind kind, Func<AdminGrant, bool> more)
    {
        foreach (var grant in grants)
        {
            if (grant.Kind == kind && (grant.Rights & right) != AdminRight.None && more(grant)) return true;
        }

        return false;
    }
}
