using System.Globalization;
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
    private static readonly TimeSpan SecretAge = TimeSpan.FromDays(180);

    private static readonly Sorts<Row> Orders = new Sorts<Row>("name")
        .Add("name", r => r.User.NormalizedName).Add("created_at", r => r.User.CreatedAt)
        .Add("last_login", r => r.User.LastLoginAt).Add("group_name", r => r.Group).Add("status", r => r.User.Status)
        .Add("email", r => r.User.NormalizedEmail);

    private static readonly string[] Columns =
    [
        "guid", "name", "display_name", "email", "note", "status", "is_admin", "group_name", "third_auth_type",
        "created_at", "last_login",
    ];

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser caller, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var users = AdminScope.Users(db, caller, AdminRight.UsersView).AsNoTracking();
        if (int.TryParse(context.Request.Query["status"], CultureInfo.InvariantCulture, out var status))
        {
            users = users.Where(u => u.Status == (UserStatus)status);
        }

        if (context.Request.Query["is_admin"] == "1") users = users.Where(u => u.IsAdmin);
        var rows = (
            from u in users
            join g in db.UserGroups on u.UserGroupGuid equals g.Guid
            select new Row { User = u, Group = g.Name })
            .Matching(context, "name", r => r.User.Name)
            .Matching(context, "group_name", r => r.Group)
            .Matching(context, "email", r => r.User.Email)
            .Matching(context, "note", r => r.User.Note)
            .Searching(context, r => r.User.Name, r => r.User.DisplayName, r => r.User.Email, r => r.User.Note);
        if (FileOfRows.IsAsked(context)) return new FileOfRows("users", Columns, CsvAsync());
        var total = await rows.CountAsync(cancellationToken);
        var some = await Sorted().Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var items = await CompleteAsync(context, db, some, cancellationToken);
        return ClientResults.Json(new Page<UserItem>(total, items), GroupsJson.Default.PageUserItem);

        IQueryable<Row> Sorted() => Orders.Apply(rows, context).ThenBy(r => r.User.Guid);

        async IAsyncEnumerable<string?[]> CsvAsync()
        {
            await foreach (var row in Sorted().AsAsyncEnumerable()) yield return Cells(row);
        }
    }

    /// <summary>One user; null: there is none.</summary>
    internal static async Task<UserItem?> FindAsync(
        HttpContext context, HawserDb db, Guid guid, CancellationToken cancellationToken)
    {
        var seen = AdminScope.Users(db, CurrentUser.Of(context), AdminRight.UsersView).AsNoTracking();
        var rows = await (
            from u in seen
            where u.Guid == guid
            join g in db.UserGroups on u.UserGroupGuid equals g.Guid
            select new Row { User = u, Group = g.Name }).ToListAsync(cancellationToken);
        return (await CompleteAsync(context, db, rows, cancellationToken)).FirstOrDefault();
    }

    // What belongs to a user is looked up for the page only.
    private static async Task<List<UserItem>> CompleteAsync(
        HttpContext context, HawserDb db, List<Row> rows, CancellationToken cancellationToken)
    {
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var guids = rows.ConvertAll(r => r.User.Guid);
        var strategies = await (
            from a in db.StrategyAssignments
            where a.TargetKind == StrategyTarget.User && guids.Contains(a.TargetGuid)
            join s in db.Strategies on a.StrategyGuid equals s.Guid
            select new { a.TargetGuid, s.Name }).ToDictionaryAsync(s => s.TargetGuid, s => s.Name, cancellationToken);
        var roles = await db.ControlRoles.AsNoTracking()
            .ToDictionaryAsync(r => r.Guid, r => r.Name, cancellationToken);
        var devices = await db.DeviceDetails.Where(d => d.OwnerGuid != null && guids.Contains(d.OwnerGuid.Value))
            .GroupBy(d => d.OwnerGuid!.Value).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return rows.ConvertAll(r => UsersEndpoint.Full(r.User, r.Group) with
        {
            StrategyName = strategies.GetValueOrDefault(r.User.Guid, ""),
            ControlRole = r.User.ControlRoleGuid is { } role ? roles.GetValueOrDefault(role, "") : "",
            Tfa = TfaOf(r.User, now),
            EmailVerification = r.User.EmailLogin,
            DeviceCount = devices.GetValueOrDefault(r.User.Guid),
        });
    }

    // Old secrets go on working; people are to be asked for a new one (admin reference §6.6).
    private static string TfaOf(User user, DateTime now) =>
        !user.TotpEnabled ? user.TotpEnforced ? "enforced" : "none"
        : user.TotpSince is { } since && now - since > SecretAge ? "expired" : "enabled";

    private static string?[] Cells(Row row)
    {
        var item = UsersEndpoint.Full(row.User, row.Group);
        return
        [
            item.Guid, item.Name, item.DisplayName, item.Email, item.Note,
            item.Status.ToString(CultureInfo.InvariantCulture), item.IsAdmin ? "1" : "0", item.GroupName,
            item.ThirdAuthType, item.CreatedAt?.ToString(CultureInfo.InvariantCulture),
            item.LastLogin?.ToString(CultureInfo.InvariantCulture),
        ];
    }

    private sealed class Row
    {
        public required User User { get; init; }

        public required string Group { get; init; }
    }
}
