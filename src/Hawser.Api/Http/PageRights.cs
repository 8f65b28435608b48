namespace Hawser.Api.Http;

/// <summary>
/// Which pages of the console somebody has, beside the single rights. The console only reads the list, and never works
/// a right out from a role.
/// </summary>
internal static class PageRights
{
    /// <summary>What somebody may do, as <c>subject.right</c>.</summary>
    public static string[] Of(CurrentUser user) =>
        [.. Pages(user).Concat(AdminRightTable.All.Where(r => user.May(r.Right)).Select(r => r.Name)).Distinct()];

    private static IEnumerable<string> PagesOfRoles(CurrentUser user)
    {
        const AdminRight Devices = AdminRight.DevicesEnable | AdminRight.DevicesDelete | AdminRight.DevicesInfo
            | AdminRight.DevicesOwner | AdminRight.DevicesGroup | AdminRight.DevicesStrategy;
        const AdminRight Users = AdminRight.UsersCreate | AdminRight.UsersInvite | AdminRight.UsersDelete
            | AdminRight.UsersEnable | AdminRight.UsersEmail | AdminRight.UsersPassword | AdminRight.UsersNote
            | AdminRight.UsersSecondFactor | AdminRight.UsersLogout | AdminRight.UsersGroup
            | AdminRight.UsersStrategy | AdminRight.UsersControlRole;
        yield return "devices.view";
        yield return "audit.view";
        // One's own, at least.
        yield return "recordings.view";
        if (user.May(AdminRightTable.Any)) yield return "jobs.view";
        if (user.May(AdminRight.AuditView)) yield return "alarms.view";
        if (user.May(Devices)) yield return "devices.edit";
        if (user.MayUnassigned(AdminRight.DevicesView)) yield return "devices.pending";
        if (user.May(Users)) yield return "users.edit";
        // Their page shows both kinds of groups.
        const AdminRight Both = AdminRight.UserGroupsView | AdminRight.DeviceGroupsView;
        if ((user.Rights.Somewhere & Both) == Both) yield return "groups.view";
        const AdminRight BothEdit = AdminRight.UserGroupsEdit | AdminRight.DeviceGroupsEdit;
        if ((user.Rights.Somewhere & BothEdit) == BothEdit) yield return "groups.edit";
    }

    private static IEnumerable<string> Pages(CurrentUser user) => user.IsAdmin
        ?
        [
            "devices.view", "devices.edit", "devices.pending", "users.view", "users.edit", "groups.view",
            "groups.edit", "access.view", "access.edit", "strategies.view", "strategies.edit", "audit.view",
            "audit.edit", "alarms.view", "recordings.view", "jobs.view", "settings.view", "settings.edit",
            "health.view",
        ]
        : PagesOfRoles(user);
}
