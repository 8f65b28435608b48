using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Admin;

/// <summary>
/// <c>GET /api/users/facets</c>: how many users of a list have what, for its chips. The list's query runs
/// once, and its rows are counted as they come past. Ours.
/// </summary>
internal static class UserFacets
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/users/facets", HandleAsync).ForAdmins(Area.User, write: false, AdminRight.UsersView)
            .WithSummary("How many users have what, of those that the list shows for the same query.")
            .Query("q", "And all other filters of the list.").Answers<UserFacetsReply>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser caller, HawserDb db, CancellationToken cancellationToken)
    {
        var view = UserView.Of(context);
        var users = AdminScope.Users(db, caller, AdminRight.UsersView).AsNoTracking();
        var rows = UserRow.Filter(db, UserRow.Of(db, users), context, view);
        // Of an account only what the words are made of: secrets and pictures stay where they are.
        var facts = rows.Select(r => new
        {
            Of = new User
            {
                Status = r.User.Status, NormalizedName = r.User.NormalizedName,
                NormalizedEmail = r.User.NormalizedEmail, LockoutEnd = r.User.LockoutEnd, IsAdmin = r.User.IsAdmin,
                TotpEnabled = r.User.TotpEnabled, TotpSince = r.User.TotpSince,
                TotpEnforced = r.User.TotpEnforced, CreatedAt = r.User.CreatedAt, Origin = r.User.Origin,
                AwaitsApproval = r.User.AwaitsApproval, PasswordHash = r.User.PasswordHash == null ? null : "",
            },
            r.Group, r.ControlRole, HasDevices = r.Devices > 0,
        });
        var (total, admins, owners) = (0, 0, 0);
        var states = new FacetCounts();
        var factors = new FacetCounts();
        var groups = new FacetCounts();
        var sources = new FacetCounts();
        var roles = new FacetCounts();
        await foreach (var row in facts.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            total++;
            if (row.Of.IsAdmin) admins++;
            if (row.HasDevices) owners++;
            states.Add(UserRow.StateOf(row.Of, view));
            factors.Add(UserRow.TfaOf(row.Of, view.Policy, view.Now));
            groups.Add(row.Group);
            sources.Add(row.Of.Origin);
            roles.Add(row.ControlRole);
        }

        var held = new FacetCounts();
        var counted =
            from r in rows
            join h in db.AdminRoleHolders on r.User.Guid equals h.UserGuid
            join a in db.AdminRoles on h.RoleGuid equals a.Guid
            group a by a.Name into role
            select new { role.Key, Count = role.Count() };
        foreach (var role in caller.IsAdmin ? await counted.ToListAsync(cancellationToken) : [])
        {
            held.Add(role.Key, role.Count);
        }

        return ClientResults.Json(
            new UserFacetsReply
            {
                Total = total, Administrators = admins, Owners = owners, States = states.Top(), Factors = factors.Top(),
                Groups = groups.Top(), Sources = sources.Top(), ControlRoles = roles.Top(),
                AdminRoles = held.Top(),
            },
            UserFacetsJson.Default.UserFacetsReply);
    }
}

/// <summary>How many users have what; of each, the hundred values that most have.</summary>
internal sealed record UserFacetsReply
{
    [JsonPropertyName("total")]
    public required int Total { get; init; }

    [JsonPropertyName("administrators")]
    public required int Administrators { get; init; }

    /// <summary>Who owns a device.</summary>
    [JsonPropertyName("owners")]
    public required int Owners { get; init; }

    [JsonPropertyName("states")]
    public required IReadOnlyList<Facet> States { get; init; }

    /// <summary>The second factor: none, enabled, expired or enforced.</summary>
    [JsonPropertyName("factors")]
    public required IReadOnlyList<Facet> Factors { get; init; }

    [JsonPropertyName("user_groups")]
    public required IReadOnlyList<Facet> Groups { get; init; }

    /// <summary>Who keeps the accounts.</summary>
    [JsonPropertyName("sources")]
    public required IReadOnlyList<Facet> Sources { get; init; }

    [JsonPropertyName("control_roles")]
    public required IReadOnlyList<Facet> ControlRoles { get; init; }

    /// <summary>Empty for who is no administrator.</summary>
    [JsonPropertyName("admin_roles")]
    public required IReadOnlyList<Facet> AdminRoles { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(UserFacetsReply))]
internal sealed partial class UserFacetsJson : JsonSerializerContext;
