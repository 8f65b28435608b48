using System.Text.Json.Serialization;
using Hawser.Api.Groups.Admin;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Client;

/// <summary>
/// <c>GET /api/users</c>: with <c>accessible=</c> the users whose devices the caller may reach (reference §7.2),
/// without it all users, for administrators (admin reference §4.1).
/// </summary>
internal static class UsersEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, DeviceReach reach, SettingsStore settings,
        CancellationToken cancellationToken)
    {
        if (GroupLists.Refuse(context, user, settings) is { } refusal) return refusal;
        if (!GroupLists.IsClient(context))
        {
            return await UsersList.HandleAsync(context, user, page, db, cancellationToken);
        }

        var users = (await reach.OfAsync(db, user, cancellationToken)).Users;
        if (GroupLists.EnabledOnly(context)) users = users.Where(u => u.Status == UserStatus.Normal);
        users = users.Matching(context, "name", u => u.Name);
        var withGroups =
            from u in users
            join g in db.UserGroups on u.UserGroupGuid equals g.Guid
            select new Row { User = u, Group = g.Name };
        withGroups = withGroups.Matching(context, "group_name", r => r.Group);
        var total = await withGroups.CountAsync(cancellationToken);
        var rows = await withGroups.OrderBy(r => r.User.NormalizedName).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        var items = rows.ConvertAll(r => user.IsAdmin || r.User.Guid == user.Guid ? Full(r) : Brief(r.User));
        return ClientResults.Json(new Page<UserItem>(total, items), GroupsJson.Default.PageUserItem);
    }

    private static UserItem Brief(User user) => new()
    {
        Name = user.Name,
        DisplayName = user.DisplayName,
        Avatar = user.Avatar,
        Status = (int)user.Status,
        IsAdmin = user.IsAdmin,
    };

    private static UserItem Full(Row row) => Full(row.User, row.Group);

    /// <summary>Everything that the user and administrators are told.</summary>
    internal static UserItem Full(User user, string group) => Brief(user) with
    {
        Guid = user.Guid.ToString(),
        Email = user.Email,
        Note = user.Note,
        GroupName = group,
        ThirdAuthType = user.Origin.Length == 0 ? null : user.Origin,
        CreatedAt = WireTime.Seconds(user.CreatedAt),
        LastLogin = WireTime.Seconds(user.LastLoginAt),
    };

    private sealed class Row
    {
        public required User User { get; init; }

        public required string Group { get; init; }
    }
}

/// <summary>
/// A user (reference §4.3). What only the user and administrators are told is empty or missing for others.
/// </summary>
internal sealed record UserItem
{
    [JsonPropertyName("guid")]
    public string? Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("display_name")]
    public required string DisplayName { get; init; }

    [JsonPropertyName("avatar")]
    public required string Avatar { get; init; }

    [JsonPropertyName("email")]
    public string Email { get; init; } = "";

    [JsonPropertyName("note")]
    public string Note { get; init; } = "";

    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("is_admin")]
    public required bool IsAdmin { get; init; }

    [JsonPropertyName("group_name")]
    public string? GroupName { get; init; }

    [JsonPropertyName("third_auth_type")]
    public string? ThirdAuthType { get; init; }

    [JsonPropertyName("created_at")]
    public long? CreatedAt { get; init; }

    [JsonPropertyName("last_login")]
    public long? LastLogin { get; init; }

    /// <summary>The user's own strategy; for administrators, as what follows.</summary>
    [JsonPropertyName("strategy_name")]
    public string? StrategyName { get; init; }

    [JsonPropertyName("control_role")]
    public string? ControlRole { get; init; }

    /// <summary>none, enabled, expired: older than 180 days, or enforced: one is demanded and not there yet.</summary>
    [JsonPropertyName("tfa")]
    public string? Tfa { get; init; }

    [JsonPropertyName("email_verification")]
    public bool? EmailVerification { get; init; }

    /// <summary>active, locked, invited or disabled.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>One is demanded, whether it is there or not.</summary>
    [JsonPropertyName("tfa_enforced")]
    public bool? TfaEnforced { get; init; }

    [JsonPropertyName("device_count")]
    public int? DeviceCount { get; init; }

    /// <summary>The admin roles that the user holds.</summary>
    [JsonPropertyName("admin_roles")]
    public IReadOnlyList<string>? AdminRoles { get; init; }

    /// <summary>Without him nobody could administer the server: he can't be disabled, demoted or deleted.</summary>
    [JsonPropertyName("last_admin")]
    public bool? LastAdmin { get; init; }

    [JsonPropertyName("info")]
    public UserItemInfo Info { get; } = new();

    /// <summary>Moves with every change of what is edited; for administrators; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string? Version => State is null ? null : EditVersion.Of(
        Name, DisplayName, Email, Note, IsAdmin, GroupName, ControlRole, EmailVerification, TfaEnforced);
}

/// <summary>Always there and empty.</summary>
internal sealed record UserItemInfo;
