using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Delegation.Admin;

/// <summary>
/// <c>POST /api/admin-roles/preview</c>: what the holder of a role would see, also of one that is not stored. Counted
/// by the queries that the lists are made of, for somebody who holds nothing but this role. Ours.
/// </summary>
internal static class RolePreviewEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/admin-roles/preview", HandleAsync).ForAdmins(Area.Access, write: false)
            .WithSummary("What a holder of a role, as it is sent, would see; nothing is stored.")
            .Reads<RolePreviewBody>(RolePreviewBody.Example).Answers<RolePreview>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, DeviceReach reach, SettingsStore settings, AuditLists lists,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DelegationJson.Default.RolePreviewBody, 1 << 18);
        if (body is null) return error!;
        if (AdminRoleBody.KindOf(body.Type) is not { } kind)
        {
            return Problem.Invalid("type is global, individual or group.", "type");
        }

        var (rights, wrong) = AdminRightTable.Parse(body.Rights ?? [], kind);
        if (wrong is not null)
        {
            return Problem.Invalid($"\"{wrong}\" is no right of a role of this type.", "rights");
        }

        var (groups, refusal) = await GroupsAsync(db, body, kind, cancellationToken);
        if (refusal is not null) return refusal;
        var (holder, stranger) = await HolderAsync(db, body.As, cancellationToken);
        if (holder is null) return stranger!;
        var grant = new AdminGrant(Guid.Empty, kind, rights, kind == AdminRoleKind.Group && body.Unassigned == true)
        {
            Draft = groups,
        };
        var user = holder with { Rights = new AdminRights([grant]) };
        var preview = new RolePreview(
            PageRights.Of(user), await CountAsync(db, user, (reach, lists, settings), cancellationToken));
        return ClientResults.Json(preview, DelegationJson.Default.RolePreview);
    }

    private static async Task<(DraftGroups? Groups, IResult? Refusal)> GroupsAsync(
        HawserDb db, RolePreviewBody body, AdminRoleKind kind, CancellationToken cancellationToken)
    {
        var (people, noPeople) = await AdminRolesEndpoint.GuidsAsync(
            body.UserGroups ?? [], "user_groups", name => db.UserGroups.Where(g => g.NormalizedName == name)
                .Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken));
        if (noPeople is not null) return (null, noPeople);
        var (places, nowhere) = await AdminRolesEndpoint.GuidsAsync(
            body.DeviceGroups ?? [], "device_groups", name => db.DeviceGroups.Where(g => g.NormalizedName == name)
                .Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken));
        return nowhere is not null ? (null, nowhere)
            : (kind == AdminRoleKind.Group ? new DraftGroups(people, places) : null, null);
    }

    // Somebody of the usual group who has nothing yet; or a person, with what is the person's already.
    private static async Task<(CurrentUser? Holder, IResult? Refusal)> HolderAsync(
        HawserDb db, string? name, CancellationToken cancellationToken)
    {
        var (guid, group) = (Guid.CreateVersion7(), await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid)
            .FirstAsync(cancellationToken));
        if (!string.IsNullOrEmpty(name))
        {
            var normalized = NameText.Complaint(name) is null ? NameText.Normalize(name) : "";
            var known = await db.Users.Where(u => u.NormalizedName == normalized)
                .Select(u => new { u.Guid, u.UserGroupGuid }).FirstOrDefaultAsync(cancellationToken);
            if (known is null) return (null, Problem.Invalid("There is no user of this name.", "as"));
            (guid, group) = (known.Guid, known.UserGroupGuid);
        }

        return (new CurrentUser(
            guid, name ?? "", false, group, Guid.Empty, TokenKind.Console, Scopes.None, ""), null);
    }

    private static async Task<RoleCounts> CountAsync(
        HawserDb db, CurrentUser user, (DeviceReach Reach, AuditLists Lists, SettingsStore Settings) with,
        CancellationToken cancellationToken)
    {
        var devices = AdminScope.Shown(db, user, (await with.Reach.OfAsync(db, user, cancellationToken)).Devices);
        var seesLogs = user.May(AdminRight.AuditView) || !with.Settings.Get(AuditSettings.Key).AdminsOnly;
        var open = new AuditFilter { Open = true };
        return new RoleCounts
        {
            Devices = await devices.CountAsync(cancellationToken),
            Users = user.May(AdminRight.UsersView)
                ? await AdminScope.Users(db, user, AdminRight.UsersView).CountAsync(cancellationToken) : null,
            UserGroups = user.May(AdminRight.UserGroupsView) ? await db.UserGroups.CountAsync(cancellationToken) : null,
            DeviceGroups = user.May(AdminRight.DeviceGroupsView)
                ? await db.DeviceGroups.CountAsync(cancellationToken) : null,
            Sessions = seesLogs ? (await with.Lists.ConnectionsAsync(
                db, user, open, new PageQuery(1, 1), cancellationToken)).Total : null,
            Alarms = seesLogs ? await AuditLists.Alarms(db, user, new AuditFilter { States = [AlarmState.New] })
                .CountAsync(cancellationToken) : null,
            Recordings = await AdminScope.Recordings(db, user).CountAsync(cancellationToken),
        };
    }
}

/// <summary>A role that is tried out; its name and its holders do not matter.</summary>
internal sealed record RolePreviewBody : AdminRoleBody
{
    internal new const string Example = """
        {"type":"group","rights":["users.view","devices.enable"],"user_groups":["Shops"],"device_groups":["Tills"],
        "unassigned":false,"as":"mara"}
        """;

    /// <summary>The name of who holds it, for what is that person's already; missing: somebody new.</summary>
    [JsonPropertyName("as")]
    public string? As { get; init; }
}

/// <summary>What the holder of a role sees.</summary>
/// <param name="Rights">As the console is told of its own: a page is there when its right is.</param>
/// <param name="Counts">How much is on the pages.</param>
internal sealed record RolePreview(
    [property: JsonPropertyName("rights")] IReadOnlyList<string> Rights,
    [property: JsonPropertyName("counts")] RoleCounts Counts);

/// <summary>How much is on the pages; missing: the page is not there.</summary>
internal sealed record RoleCounts
{
    [JsonPropertyName("devices")]
    public required int Devices { get; init; }

    [JsonPropertyName("users")]
    public int? Users { get; init; }

    [JsonPropertyName("user_groups")]
    public int? UserGroups { get; init; }

    [JsonPropertyName("device_groups")]
    public int? DeviceGroups { get; init; }

    /// <summary>Those that go on.</summary>
    [JsonPropertyName("sessions")]
    public int? Sessions { get; init; }

    /// <summary>Those that nobody saw.</summary>
    [JsonPropertyName("alarms")]
    public int? Alarms { get; init; }

    [JsonPropertyName("recordings")]
    public required int Recordings { get; init; }
}
