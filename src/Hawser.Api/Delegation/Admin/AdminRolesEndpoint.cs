using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Delegation.Admin;

/// <summary>
/// <c>/api/admin-roles</c>: ours. Only administrators make roles and hand them out, and only in person: a token that
/// may write access rules must not become one that administers.
/// </summary>
internal static class AdminRolesEndpoint
{
    private const int MostRoles = 1000;
    private const int MostGroups = 1000;
    private const int MostHolders = 1000;
    private const int MostSources = 1000;
    private static readonly string[] Types = ["global", "individual", "group"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/admin-roles", ListAsync).ForAdmins(Area.Access, write: false)
            .WithSummary("Admin roles by name; not paged.").Answers<IReadOnlyList<AdminRoleItem>>();
        routes.MapGet("/api/admin-roles/rights", Rights).ForAdmins(Area.Access, write: false)
            .WithSummary("The rights that roles can have, what they include, and which kinds of roles have them.")
            .Answers<IReadOnlyList<AdminRightItem>>();
        routes.MapGet("/api/admin-roles/sources", SourcesAsync).ForAdmins(Area.Access, write: false)
            .WithSummary("The providers and directories by whose groups admin roles are held, and by how many people.")
            .Answers<IReadOnlyList<RoleSourceItem>>();
        routes.MapGet("/api/admin-roles/{guid:guid}", GetAsync).ForAdmins(Area.Access, write: false)
            .WithSummary("An admin role, with its rights, its groups and who holds it.").Answers<AdminRoleItem>();
        routes.MapPost("/api/admin-roles", AddAsync).AfterStepUp().ForAdminsInPerson()
            .WithSummary("Makes an admin role.").Reads<AdminRoleBody>(AdminRoleBody.Example).Answers<AdminRoleItem>();
        routes.MapPatch("/api/admin-roles/{guid}", UpdateAsync).AfterStepUp().ForAdminsInPerson()
            .WithSummary("Changes an admin role and who holds it; what is missing stays, lists are replaced.")
            .Reads<AdminRoleBody>("""{"users":["mara","otto"]}""").Answers<AdminRoleItem>();
        routes.MapDelete("/api/admin-roles/{guid}", DeleteAsync).AfterStepUp().ForAdminsInPerson()
            .WithSummary("Deletes an admin role; who held it has its rights no more.").ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> ListAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var rows = await db.AdminRoles.AsNoTracking().OrderBy(r => r.NormalizedName).Take(MostRoles)
            .ToListAsync(cancellationToken);
        IReadOnlyList<AdminRoleItem> items = await ItemsAsync(db, rows, cancellationToken);
        return ClientResults.Json(items, DelegationJson.Default.IReadOnlyListAdminRoleItem);
    }

    private static async Task<IResult> GetAsync(Guid guid, HawserDb db, CancellationToken cancellationToken)
    {
        var rows = await db.AdminRoles.AsNoTracking().Where(r => r.Guid == guid).ToListAsync(cancellationToken);
        return rows.Count == 0 ? Problem.NotFound("admin role") : ClientResults.Json(
            (await ItemsAsync(db, rows, cancellationToken))[0], DelegationJson.Default.AdminRoleItem);
    }

    private static IResult Rights()
    {
        IReadOnlyList<AdminRightItem> items = [.. AdminRightTable.All.Select(row => new AdminRightItem(
            row.Name, AdminRightTable.NamesOf(row.Includes)[0],
            [.. Types.Where((_, kind) => AdminRightTable.IsFor(row, (AdminRoleKind)kind))], row.About))];
        return ClientResults.Json(items, DelegationJson.Default.IReadOnlyListAdminRightItem);
    }

    private static async Task<IResult> SourcesAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var rows = await db.AdminRoleHolders.Where(h => h.Source != "").GroupBy(h => h.Source).OrderBy(g => g.Key)
            .Select(g => new { g.Key, Roles = g.Count(), People = g.Select(h => h.UserGuid).Distinct().Count() })
            .Take(MostSources).ToListAsync(cancellationToken);
        IReadOnlyList<RoleSourceItem> items = [.. rows.Select(r => new RoleSourceItem(r.Key, r.People, r.Roles))];
        return ClientResults.Json(items, DelegationJson.Default.IReadOnlyListRoleSourceItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, ConsoleLog log, AccountEvents events, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DelegationJson.Default.AdminRoleBody, 1 << 18);
        if (body is null) return error!;
        if (NameText.Complaint(body.Name) is { } nameless) return Problem.Invalid(nameless, "name");
        if (AdminRoleBody.KindOf(body.Type) is not { } kind)
        {
            return Problem.Invalid("type is global, individual or group.", "type");
        }

        if (await db.AdminRoles.CountAsync(cancellationToken) >= MostRoles)
        {
            return Problem.Conflict($"There are {MostRoles} admin roles already.");
        }

        var role = new AdminRole { Kind = kind, CreatedAt = time.GetUtcNow().UtcDateTime };
        db.AdminRoles.Add(role);
        return await StoreAsync(context, role, body, (db, log, events, time), cancellationToken);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, AccountEvents events, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, DelegationJson.Default.AdminRoleBody, 1 << 18);
        if (body is null) return error!;
        if (await FindAsync(db, guid, cancellationToken) is not { } role) return Problem.NotFound("admin role");
        if (body.Type is not null && AdminRoleBody.KindOf(body.Type) != role.Kind)
        {
            return Problem.Invalid("The type of a role stays as it was made.", "type");
        }

        return body.Name is not null && NameText.Complaint(body.Name) is { } nameless
            ? Problem.Invalid(nameless, "name")
            : await StoreAsync(context, role, body, (db, log, events, time), cancellationToken);
    }

    private static async Task<IResult> StoreAsync(
        HttpContext context, AdminRole role, AdminRoleBody body,
        (HawserDb Db, ConsoleLog Log, AccountEvents Events, TimeProvider Time) with,
        CancellationToken cancellationToken)
    {
        var db = with.Db;
        var isNew = db.Entry(role).State == EntityState.Added;
        if (NameText.NoteComplaint(body.Note) is { } noteless) return Problem.Invalid(noteless, "note");
        var (rights, wrong) = AdminRightTable.Parse(body.Rights ?? [], role.Kind);
        if (wrong is not null)
        {
            return Problem.Invalid($"\"{wrong}\" is no right of a role of this type.", "rights");
        }

        var before = role.Name;
        if (body.Name is { } name) (role.Name, role.NormalizedName) = (name.Trim(), NameText.Normalize(name));
        if (body.Note is { } note) role.Note = note;
        if (body.Rights is not null) role.Rights = string.Join(' ', AdminRightTable.NamesOf(rights));
        if (body.Unassigned is { } unassigned) role.Unassigned = unassigned && role.Kind == AdminRoleKind.Group;
        role.UpdatedAt = with.Time.GetUtcNow().UtcDateTime;
        if (await db.AdminRoles.AnyAsync(
            r => r.NormalizedName == role.NormalizedName && r.Guid != role.Guid, cancellationToken))
        {
            return Problem.Conflict($"There is an admin role \"{role.Name}\" already.");
        }

        if (await SetGroupsAsync(db, role, body, cancellationToken) is { } noGroup) return noGroup;
        var (changed, nobody) = await SetHoldersAsync(db, role.Guid, body.Users, cancellationToken);
        if (nobody is not null) return nobody;
        if (!isNew) changed.UnionWith(await HoldersAsync(db, role.Guid, cancellationToken));
        with.Log.Add(db, context, isNew ? ConsoleOperation.AddAdminRole : ConsoleOperation.UpdateAdminRole,
            isNew ? role.Name : before, ("new_name", isNew || role.Name == before ? null : role.Name),
            ("rights", body.Rights is null ? null : role.Rights), ("users", Told(body.Users)),
            ("user_groups", Told(body.UserGroups)), ("device_groups", Told(body.DeviceGroups)));
        await db.SaveChangesAsync(cancellationToken);
        foreach (var user in changed) with.Events.Changed(user);
        return ClientResults.Json(
            (await ItemsAsync(db, [role], cancellationToken))[0], DelegationJson.Default.AdminRoleItem);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, AccountEvents events,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } role) return Problem.NotFound("admin role");
        var holders = await HoldersAsync(db, role.Guid, cancellationToken);
        db.AdminRoles.Remove(role);
        log.Add(db, context, ConsoleOperation.DeleteAdminRole, role.Name);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var user in holders) events.Changed(user);
        return ClientResults.Empty;
    }

    private static async Task<IResult?> SetGroupsAsync(
        HawserDb db, AdminRole role, AdminRoleBody body, CancellationToken cancellationToken)
    {
        if (body.UserGroups is { } users)
        {
            var (wanted, refusal) = await GuidsAsync(users, "user_groups", name => db.UserGroups
                .Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken));
            if (refusal is not null) return refusal;
            var rows = await db.AdminRoleUserGroups.Where(g => g.RoleGuid == role.Guid)
                .ToListAsync(cancellationToken);
            db.AdminRoleUserGroups.RemoveRange(rows.Where(r => !wanted.Contains(r.GroupGuid)));
            db.AdminRoleUserGroups.AddRange(wanted.Except(rows.Select(r => r.GroupGuid))
                .Select(g => new AdminRoleUserGroup { RoleGuid = role.Guid, GroupGuid = g }));
        }

        if (body.DeviceGroups is { } devices)
        {
            var (wanted, refusal) = await GuidsAsync(devices, "device_groups", name => db.DeviceGroups
                .Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid)
                .FirstOrDefaultAsync(cancellationToken));
            if (refusal is not null) return refusal;
            var rows = await db.AdminRoleDeviceGroups.Where(g => g.RoleGuid == role.Guid)
                .ToListAsync(cancellationToken);
            db.AdminRoleDeviceGroups.RemoveRange(rows.Where(r => !wanted.Contains(r.GroupGuid)));
            db.AdminRoleDeviceGroups.AddRange(wanted.Except(rows.Select(r => r.GroupGuid))
                .Select(g => new AdminRoleDeviceGroup { RoleGuid = role.Guid, GroupGuid = g }));
        }

        return role.Kind != AdminRoleKind.Group && (body.UserGroups is { Count: > 0 }
            || body.DeviceGroups is { Count: > 0 })
            ? Problem.Invalid("Only a role of type group has groups.", "user_groups") : null;
    }

    private static async Task<(HashSet<Guid> Changed, IResult? Refusal)> SetHoldersAsync(
        HawserDb db, Guid role, IReadOnlyList<string?>? names, CancellationToken cancellationToken)
    {
        if (names is null) return ([], null);
        var (wanted, refusal) = await GuidsAsync(names, "users", name => db.Users
            .Where(u => u.NormalizedName == name).Select(u => (Guid?)u.Guid).FirstOrDefaultAsync(cancellationToken));
        if (refusal is not null) return ([], refusal);
        var rows = await db.AdminRoleHolders.Where(h => h.RoleGuid == role).ToListAsync(cancellationToken);
        var gone = rows.Where(r => !wanted.Contains(r.UserGuid)).ToList();
        db.AdminRoleHolders.RemoveRange(gone);
        var come = wanted.Except(rows.Select(r => r.UserGuid)).ToList();
        db.AdminRoleHolders.AddRange(come.Select(u => new AdminRoleHolder { RoleGuid = role, UserGuid = u }));
        return ([.. come, .. gone.Select(g => g.UserGuid)], null);
    }

    internal static async Task<(HashSet<Guid> Guids, IResult? Refusal)> GuidsAsync(
        IReadOnlyList<string?> names, string field, Func<string, Task<Guid?>> find)
    {
        var all = new HashSet<Guid>();
        if (names.Count > MostGroups) return (all, Problem.Invalid($"At most {MostGroups} at once.", field));
        foreach (var name in names)
        {
            var known = NameText.Complaint(name) is null ? await find(NameText.Normalize(name!)) : null;
            if (known is not { } guid) return (all, Problem.Invalid($"There is no \"{name}\".", field));
            all.Add(guid);
        }

        return (all, null);
    }

    private static async Task<AdminRole?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted) ? await db.AdminRoles.FindAsync([wanted], cancellationToken) : null;

    private static Task<List<Guid>> HoldersAsync(HawserDb db, Guid role, CancellationToken cancellationToken) =>
        db.AdminRoleHolders.Where(h => h.RoleGuid == role).Select(h => h.UserGuid).ToListAsync(cancellationToken);

    private static string? Told(IReadOnlyList<string?>? names) => names is null ? null : string.Join(", ", names);

    private static async Task<List<AdminRoleItem>> ItemsAsync(
        HawserDb db, List<AdminRole> rows, CancellationToken cancellationToken)
    {
        var items = new List<AdminRoleItem>();
        foreach (var row in rows)
        {
            var holders = db.AdminRoleHolders.Where(h => h.RoleGuid == row.Guid);
            var named = await holders.Join(db.Users, h => h.UserGuid, u => u.Guid, (h, u) => new { u.Name, h.Source })
                .OrderBy(n => n.Name).Take(MostHolders).ToListAsync(cancellationToken);
            items.Add(new AdminRoleItem
            {
                Guid = row.Guid,
                Name = row.Name,
                Note = row.Note,
                Type = Types[(int)row.Kind],
                Rights = row.Rights.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                UserGroups = await db.AdminRoleUserGroups.Where(g => g.RoleGuid == row.Guid)
                    .Join(db.UserGroups, r => r.GroupGuid, g => g.Guid, (r, g) => g.Name).OrderBy(n => n)
                    .ToListAsync(cancellationToken),
                DeviceGroups = await db.AdminRoleDeviceGroups.Where(g => g.RoleGuid == row.Guid)
                    .Join(db.DeviceGroups, r => r.GroupGuid, g => g.Guid, (r, g) => g.Name).OrderBy(n => n)
                    .ToListAsync(cancellationToken),
                Unassigned = row.Unassigned,
                Users = [.. named.Select(n => n.Name)],
                BySources = [.. named.Where(n => n.Source.Length > 0).Select(n => new RoleOfSource(n.Name, n.Source))],
                UserCount = await holders.CountAsync(cancellationToken),
            });
        }

        return items;
    }
}
