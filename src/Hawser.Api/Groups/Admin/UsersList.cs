using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Groups.Client;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups.Admin;

/// <summary><c>GET /api/users</c> as administrators and their scripts ask it (admin reference §4.1, §4.8).</summary>
internal static class UsersList
{
    private static readonly Sorts<UserRow> Orders = new Sorts<UserRow>("name")
        .Add("name", r => r.User.NormalizedName).Add("created_at", r => r.User.CreatedAt)
        .Add("last_login", r => r.User.LastLoginAt).Add("group_name", r => r.Group).Add("status", r => r.User.Status)
        .Add("email", r => r.User.NormalizedEmail).Add("display_name", r => r.User.DisplayName)
        .Add("control_role", r => r.ControlRole).Add("third_auth_type", r => r.User.Origin)
        .Add("device_count", r => r.Devices);

    private static readonly string[] Columns =
    [
        "guid", "name", "display_name", "email", "note", "status", "is_admin", "group_name", "third_auth_type",
        "created_at", "last_login", "state", "tfa", "control_role", "device_count", "admin_roles",
    ];

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser caller, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var view = UserView.Of(context);
        var users = AdminScope.Users(db, caller, AdminRight.UsersView).AsNoTracking();
        var rows = UserRow.Filter(db, UserRow.Of(db, users), context, view);
        if (FileOfRows.IsAsked(context))
        {
            await context.RequestServices.GetRequiredService<ConsoleLog>()
                .ExportedAsync(db, context, ConsoleOperation.ExportList, "users", cancellationToken);
            return new FileOfRows("users", Columns, GroupText.InPortions(
                context, Sorted(), (beside, found) => CompleteAsync(beside, caller, found, view, cancellationToken),
                Cells), keys: 2);
        }

        var total = await rows.CountAsync(cancellationToken);
        var some = await Sorted().Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var items = await CompleteAsync(db, caller, some, view, cancellationToken);
        return ClientResults.Json(
            new PageAsOf<UserItem>(total, items, AskedAgain.AsOf(view.Now)), GroupsJson.Default.PageAsOfUserItem);

        IQueryable<UserRow> Sorted() => Orders.Apply(rows, context).ThenBy(r => r.User.Guid);
    }

    /// <summary>One user; null: there is none.</summary>
    internal static async Task<UserItem?> FindAsync(
        HttpContext context, HawserDb db, Guid guid, CancellationToken cancellationToken)
    {
        var caller = CurrentUser.Of(context);
        var seen = AdminScope.Users(db, caller, AdminRight.UsersView).AsNoTracking();
        var rows = await UserRow.Of(db, seen.Where(u => u.Guid == guid)).ToListAsync(cancellationToken);
        return (await CompleteAsync(db, caller, rows, UserView.Of(context), cancellationToken)).FirstOrDefault();
    }

    // What belongs to a user is looked up for the page only.
    private static async Task<List<UserItem>> CompleteAsync(
        HawserDb db, CurrentUser caller, List<UserRow> rows, UserView view, CancellationToken cancellationToken)
    {
        var guids = rows.ConvertAll(r => r.User.Guid);
        var strategies = await (
            from a in db.StrategyAssignments
            where a.TargetKind == StrategyTarget.User && guids.Contains(a.TargetGuid)
            join s in db.Strategies on a.StrategyGuid equals s.Guid
            select new { a.TargetGuid, s.Name }).ToDictionaryAsync(s => s.TargetGuid, s => s.Name, cancellationToken);
        var held = (await (
            from h in db.AdminRoleHolders
            where guids.Contains(h.UserGuid)
            join r in db.AdminRoles on h.RoleGuid equals r.Guid
            orderby r.NormalizedName
            select new { h.UserGuid, r.Name }).ToListAsync(cancellationToken)).ToLookup(h => h.UserGuid, h => h.Name);
        // Two tell whether there is another one.
        var admins = await db.Users.Where(u => u.IsAdmin && u.Status == UserStatus.Normal).OrderBy(u => u.Guid)
            .Select(u => u.Guid).Take(2).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => UsersEndpoint.Full(r.User, r.Group) with
        {
            StrategyName = strategies.GetValueOrDefault(r.User.Guid, ""),
            ControlRole = r.ControlRole,
            Tfa = UserRow.TfaOf(r.User, view.Policy, view.Now),
            State = UserRow.StateOf(r.User, view),
            EmailVerification = r.User.EmailLogin,
            TfaEnforced = r.User.TotpEnforced,
            DeviceCount = r.Devices,
            // Roles are the administrators' business.
            AdminRoles = caller.IsAdmin ? [.. held[r.User.Guid]] : null,
            LastAdmin = admins.Count == 1 && admins[0] == r.User.Guid ? true : null,
        });
    }

    private static string?[] Cells(UserItem item) =>
    [
        item.Guid, item.Name, item.DisplayName, item.Email, item.Note,
        item.Status.ToString(CultureInfo.InvariantCulture), item.IsAdmin ? "1" : "0", item.GroupName,
        item.ThirdAuthType, item.CreatedAt?.ToString(CultureInfo.InvariantCulture),
        item.LastLogin?.ToString(CultureInfo.InvariantCulture), item.State, item.Tfa, item.ControlRole,
        item.DeviceCount?.ToString(CultureInfo.InvariantCulture), string.Join(", ", item.AdminRoles ?? []),
    ];
}
