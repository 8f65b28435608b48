using Hawser.Api.Access;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Groups.Admin;
using Hawser.Api.Groups.Client;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>GET</c> and <c>PATCH /api/users/{guid}</c>: ours; the vendor's scripts make users but change none.
/// </summary>
internal static class UserEdits
{
    /// <summary>A token made for users must not become one for everything.</summary>
    internal const string NotByScript =
        "Administrators are made, and their passwords changed, by administrators in person, not with an API token.";

    private const AdminRight Editing = AdminRight.UsersEmail | AdminRight.UsersPassword | AdminRight.UsersNote
        | AdminRight.UsersSecondFactor | AdminRight.UsersGroup | AdminRight.UsersControlRole;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/users/{guid}", GetAsync)
            .ForAdmins(Area.User, write: false, AdminRight.UsersView)
            .WithSummary("One user.").Answers<UserItem>();
        routes.MapPatch("/api/users/{guid}", UpdateAsync).GuardsEdits("user", "guid", VersionAsync)
            .ForAdmins(Area.User, write: true, Editing)
            .WithSummary("Changes a user; what is missing stays.")
            .Reads<UserBody>("""{"display_name":"Mara Lind","control_role":"View only"}""").Answers<UserItem>();
    }

    private static async Task<IResult> GetAsync(
        HttpContext context, string guid, HawserDb db, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            && await UsersList.FindAsync(context, db, wanted, cancellationToken) is { } user
            ? ClientResults.Json(user, GroupsJson.Default.UserItem) : Problem.NotFound("user");

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? (await UsersList.FindAsync(
                context, context.RequestServices.GetRequiredService<HawserDb>(), wanted, cancellationToken))?.Version
            : null;

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccountsAdminJson.Default.UserBody);
        if (body is null) return error!;
        // What lets somebody sign in as the user, or as an administrator.
        var grave = body.Password is not null || body.IsAdmin is not null || body.Email is not null
            || body.EmailVerification is not null;
        if (grave && StepUp.IsNeeded(context)) return Problem.StepUp;
        if (!Guid.TryParse(guid, out var wanted)) return Problem.NotFound("user");
        var user = await AdminScope.Users(db, caller, AdminRight.UsersView).AsNoTracking()
            .FirstOrDefaultAsync(u => u.Guid == wanted, cancellationToken);
        if (user is null) return Problem.NotFound("user");
        if (!caller.IsAdmin && !await ReachesAsync(db, caller, user.Guid, body, cancellationToken))
        {
            return Problem.Forbidden;
        }

        if (caller.Kind == TokenKind.Api && (body.IsAdmin is not null || (user.IsAdmin && body.Password is not null)))
        {
            return Problem.Of(StatusCodes.Status403Forbidden, "in_person", NotByScript);
        }

        // Whatever can be refused is, before anything is changed.
        if (body.IsAdmin == false && user.IsAdmin && await rules.IsLastAdminAsync(user, cancellationToken))
        {
            return Problem.Invalid(AccountRules.LastAdmin, "is_admin");
        }

        if (body.Password is { } chosen
            && PasswordPolicy.Complaint(body.Name ?? user.Name, chosen, rules.Policy) is { } weak)
        {
            return Problem.Invalid(weak, "password");
        }

        var (group, complaint) = await UsersAdmin.GroupAsync(db, body.GroupName, cancellationToken);
        if (complaint.Length > 0) return Problem.Invalid(complaint, "group_name");
        if (NameText.NoteComplaint(body.Note) is { } note) return Problem.Invalid(note, "note");
        Guid? role = null;
        if (body.ControlRole is { Length: > 0 } roleName)
        {
            var normalized = NameText.Normalize(roleName);
            role = await db.ControlRoles.Where(r => r.NormalizedName == normalized).Select(r => (Guid?)r.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            if (role is null) return Problem.Invalid($"There is no control role \"{roleName}\".", "control_role");
        }

        log.Add(db, context, ConsoleOperation.UpdateUser, user.Name, ("new_name", body.Name), ("email", body.Email),
            ("user_group", body.GroupName), ("note", body.Note), ("display_name", body.DisplayName),
            ("control_role", body.ControlRole), ("is_admin", body.IsAdmin?.ToString()),
            ("password", body.Password is null ? null : "changed"));
        var keep = caller.Guid == user.Guid ? caller.TokenGuid : (Guid?)null;
        var result = await ApplyAsync(db, rules, user, (body, group, role, keep), cancellationToken);
        return result.User is null ? Problem.Invalid(result.Error)
            : ClientResults.Json((await UsersList.FindAsync(context, db, user.Guid, cancellationToken))!,
                GroupsJson.Default.UserItem);
    }

    // Names are no part of what roles allow, and neither is making administrators.
    private static async Task<bool> ReachesAsync(
        HawserDb db, CurrentUser caller, Guid user, UserBody body, CancellationToken cancellationToken)
    {
        if (body.Name is not null || body.DisplayName is not null || body.IsAdmin is not null) return false;
        (bool Asked, AdminRight Right)[] all =
        [
            (body.Email is not null, AdminRight.UsersEmail), (body.Password is not null, AdminRight.UsersPassword),
            (body.Note is not null, AdminRight.UsersNote), (body.GroupName is not null, AdminRight.UsersGroup),
            (body.ControlRole is not null, AdminRight.UsersControlRole),
            (body.EmailVerification is not null, AdminRight.UsersSecondFactor),
        ];
        foreach (var (asked, right) in all)
        {
            if (asked && !await AdminScope.Editable(db, caller, right)
                .AnyAsync(u => u.Guid == user, cancellationToken)) return false;
        }

        return true;
    }

    private static async Task<AccountResult> ApplyAsync(
        HawserDb db, AccountRules rules, User user, (UserBody Body, Guid? Group, Guid? Role, Guid? Keep) wanted,
        CancellationToken cancellationToken)
    {
        var (body, group, role, keep) = wanted;
        var result = await rules.EditAsync(user.Guid, new UserEdit(
            body.Name?.Trim(), body.Email?.Trim(), body.DisplayName, body.Note, group, body.EmailVerification),
            cancellationToken);
        if (result.User is null) return result;
        if (body.ControlRole is not null)
        {
            var assigned = await ControlRoles.AssignAsync(db, [user.Guid], role, cancellationToken);
            if (!assigned.IsDone) return AccountResult.Refused(assigned.Error);
        }

        if (body.IsAdmin is { } admin && admin != user.IsAdmin)
        {
            result = await rules.SetAdminAsync(user.Guid, admin, cancellationToken);
        }

        return result.User is not null && body.Password is { } password
            ? await rules.SetPasswordAsync(user.Guid, password, keep, cancellationToken) : result;
    }
}
