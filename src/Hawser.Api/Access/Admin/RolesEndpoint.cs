using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Access.Admin;

/// <summary><c>/api/control-roles</c>: what operators may do while connected (admin reference §6.2). Ours.</summary>
internal static class RolesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/control-roles", ListAsync)
            .ForAdmins(Area.Access, write: false, AdminRight.ControlRolesView)
            .WithSummary("Control roles, the built-in ones first; not paged.").Answers<IReadOnlyList<RoleItem>>();
        routes.MapPost("/api/control-roles", AddAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.ControlRolesEdit)
            .WithSummary("Makes a control role.").Reads<RoleBody>(RoleBody.Example).Answers<RoleItem>();
        routes.MapPatch("/api/control-roles/{guid}", UpdateAsync).GuardsEdits("control role", "guid", VersionAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.ControlRolesEdit)
            .WithSummary("Changes a control role; what is missing stays, permissions are replaced as a whole.")
            .Reads<RoleBody>(RoleBody.Example).Answers<RoleItem>();
        routes.MapDelete("/api/control-roles/{guid}", DeleteAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.ControlRolesEdit)
            .WithSummary("Deletes a control role; who had it gets the default one.").ReadsNothing().AnswersNothing();
        routes.MapPost("/api/control-roles/{guid}/users", AssignAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.UsersControlRole)
            .WithSummary("Gives users a control role.")
            .Reads<RoleAssignBody>("""{"user_guids":["019a7c5e-0000-7000-8000-000000000000"]}""").AnswersNothing();
    }

    private static async Task<IResult> ListAsync(HawserDb db, CancellationToken cancellationToken)
    {
        IReadOnlyList<RoleItem> items = await ItemsAsync(db, cancellationToken);
        return ClientResults.Json(items, AccessAdminJson.Default.IReadOnlyListRoleItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, ControlRoles roles, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.RoleBody);
        if (body is null) return error!;
        if (NameText.Complaint(body.Name) is { } nameless) return Problem.Invalid(nameless, "name");
        if (NameText.NoteComplaint(body.Note) is { } noteless) return Problem.Invalid(noteless, "note");
        log.Add(db, context, ConsoleOperation.AddRole, body.Name!.Trim());
        var result = await roles.AddAsync(
            db, new ControlRoleDraft(body.Name, body.Permissions ?? new Dictionary<string, PermissionState>(),
                body.Enabled ?? true, body.Note ?? ""), cancellationToken);
        return result.IsDone ? await AnswerAsync(db, result.Guid, cancellationToken) : Problem.Invalid(result.Error);
    }

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken)
    {
        var db = context.RequestServices.GetRequiredService<HawserDb>();
        return Guid.TryParse(guid, out var wanted)
            ? (await ItemsAsync(db, cancellationToken)).Find(r => r.Guid == wanted)?.Version : null;
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, ControlRoles roles, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.RoleBody);
        if (body is null) return error!;
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("control role");
        if (body.Name is not null && NameText.Complaint(body.Name) is { } nameless)
        {
            return Problem.Invalid(nameless, "name");
        }

        if (NameText.NoteComplaint(body.Note) is { } noteless) return Problem.Invalid(noteless, "note");
        log.Add(db, context, ConsoleOperation.UpdateRole, row.Name, ("new_name", body.Name),
            ("permissions", body.Permissions is null ? null
                : string.Join(' ', body.Permissions.Select(p => $"{p.Key}:{p.Value}"))));
        var permissions = body.Permissions ?? PermissionMap.Describe(PermissionMap.Clean(row.Permissions));
        var result = await roles.UpdateAsync(
            db, row.Guid, new ControlRoleDraft(body.Name ?? row.Name, permissions, body.Enabled ?? row.Enabled,
                body.Note ?? row.Note), cancellationToken);
        return result.IsDone ? await AnswerAsync(db, result.Guid, cancellationToken) : Problem.Invalid(result.Error);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("control role");
        if (row.Kind != ControlRoleKind.Custom)
        {
            return Problem.Conflict("A built-in role can't be deleted.", "built_in");
        }

        log.Add(db, context, ConsoleOperation.DeleteRole, row.Name);
        await db.SaveChangesAsync(cancellationToken);
        await ControlRoles.DeleteAsync(db, row.Guid, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> AssignAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.RoleAssignBody, 1 << 20);
        if (body is null) return error!;
        if (body.UserGuids is not { Count: <= 10_000 } users)
        {
            return Problem.Invalid("user_guids is a list of at most 10000 guids.", "user_guids");
        }

        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("control role");
        if (row.Kind == ControlRoleKind.NotLoggedIn)
        {
            return Problem.Conflict("This role is for those who are not logged in.", "built_in");
        }

        var known = await AdminScope.EditableAsync(
            db, caller, AdminRight.UsersControlRole, [.. users.Distinct()], cancellationToken);
        foreach (var some in known.Chunk(500))
        {
            var names = await db.Users.Where(u => some.Contains(u.Guid)).OrderBy(u => u.NormalizedName)
                .Select(u => u.Name).ToListAsync(cancellationToken);
            log.Add(db, context, ConsoleOperation.AssignRole, names, ("control_role", row.Name));
            await db.SaveChangesAsync(cancellationToken);
            var role = row.Kind == ControlRoleKind.Default ? (Guid?)null : row.Guid;
            await ControlRoles.AssignAsync(db, some, role, cancellationToken);
        }

        return ClientResults.Empty;
    }

    private static async Task<ControlRole?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await db.ControlRoles.AsNoTracking().FirstOrDefaultAsync(r => r.Guid == wanted, cancellationToken)
            : null;

    private static async Task<IResult> AnswerAsync(HawserDb db, Guid guid, CancellationToken cancellationToken) =>
        ClientResults.Json(
            (await ItemsAsync(db, cancellationToken)).First(r => r.Guid == guid), AccessAdminJson.Default.RoleItem);

    private static async Task<List<RoleItem>> ItemsAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var rows = await ControlRoles.ListAsync(db, cancellationToken);
        var counts = await db.Users.Where(u => u.ControlRoleGuid != null).GroupBy(u => u.ControlRoleGuid!.Value)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return rows.ConvertAll(r => new RoleItem
        {
            Guid = r.Guid,
            Name = r.Name,
            Note = r.Note,
            Kind = r.Kind switch
            {
                ControlRoleKind.Default => "default", ControlRoleKind.NotLoggedIn => "not_logged_in", _ => "custom",
            },
            Enabled = r.Enabled,
            Permissions = PermissionMap.Describe(PermissionMap.Clean(r.Permissions)),
            UserCount = counts.GetValueOrDefault(r.Guid),
        });
    }
}
