using System.Security.Cryptography;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>How a new user is described and made, by invitation or with a password.</summary>
internal static class NewUsers
{
    // What looks like something else on paper or over the telephone is not in it.
    private const string Letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Whether whoever asks must have proved lately who he is.</summary>
    public static bool IsGrave(UserBody body) => body.IsAdmin == true || body.AdminRoles is { Count: > 0 };

    /// <summary>A password for the first sign-in only: four groups of four, ninety bits.</summary>
    public static string MakePassword() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Letters, 4)));

    /// <summary>Reads who is to be made, and whether the caller may.</summary>
    public static async Task<(NewUser? User, string Error)> ReadAsync(
        HawserDb db, CurrentUser caller, UserBody body, (UserStatus Status, AdminRight Right) with,
        CancellationToken cancellationToken)
    {
        if (NameText.Complaint(body.Name) is { } nameless) return (null, nameless);
        if (NameText.NoteComplaint(body.Note) is { } noteless) return (null, noteless);
        var (group, error) = await UsersAdmin.GroupAsync(db, body.GroupName, cancellationToken);
        if (error.Length > 0) return (null, error);
        if (IsGrave(body) && caller.Kind == TokenKind.Api) return (null, UserEdits.NotByScript);
        if (IsGrave(body) && !caller.IsAdmin) return (null, "Administrators are made by administrators.");
        if (!await AdminScope.MayPutAsync(db, caller, with.Right, group, cancellationToken))
        {
            return (null, "Your admin role does not reach this user group.");
        }

        Guid? role = null;
        if (!string.IsNullOrEmpty(body.ControlRole))
        {
            if (!await AdminScope.MayPutAsync(db, caller, AdminRight.UsersControlRole, group, cancellationToken))
            {
                return (null, "Your admin role does not give control roles in this user group.");
            }

            role = await ControlRoleAsync(db, body.ControlRole, cancellationToken);
            if (role is null) return (null, $"There is no control role \"{body.ControlRole}\" to give.");
        }

        return (new NewUser(body.Name!.Trim(), body.Password)
        {
            Email = body.Email?.Trim() ?? "",
            Note = body.Note ?? "",
            DisplayName = AccountNames.Clean(body.DisplayName, 128),
            IsAdmin = body.IsAdmin == true,
            Status = with.Status,
            UserGroup = group,
            ControlRole = role,
        }, "");
    }

    /// <summary>Makes the user and has him hold his admin roles, or neither.</summary>
    public static async Task<AccountResult> MakeAsync(
        HawserDb db, AccountRules rules, NewUser wanted, UserBody body, CancellationToken cancellationToken)
    {
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var (made, error) = await rules.CreateAsync(wanted, cancellationToken);
        if (made is null) return AccountResult.Refused(error);
        foreach (var name in (body.AdminRoles ?? []).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var normalized = NameText.Normalize(name ?? "");
            var role = await db.AdminRoles.Where(r => r.NormalizedName == normalized).Select(r => (Guid?)r.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            if (role is not { } guid) return AccountResult.Refused($"There is no admin role \"{name}\".");
            db.AdminRoleHolders.Add(new AdminRoleHolder { RoleGuid = guid, UserGuid = made.Guid });
        }

        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return AccountResult.Done(made);
    }

    /// <summary>Writes down who is made and with which rights; the maker saves.</summary>
    public static void Log(
        ConsoleLog log, HawserDb db, HttpContext context, ConsoleOperation operation, UserBody body) =>
        log.Add(db, context, operation, body.Name!.Trim(), ("user_group", body.GroupName), ("email", body.Email),
            ("control_role", body.ControlRole), ("is_admin", body.IsAdmin == true ? "true" : null),
            ("admin_roles", body.AdminRoles is { Count: > 0 } roles ? string.Join(", ", roles) : null));

    /// <summary>A control role that can be given, by its name.</summary>
    public static Task<Guid?> ControlRoleAsync(HawserDb db, string name, CancellationToken cancellationToken)
    {
        var normalized = NameText.Normalize(name);
        return db.ControlRoles.AsNoTracking()
            .Where(r => r.NormalizedName == normalized && r.Kind != ControlRoleKind.NotLoggedIn)
            .Select(r => (Guid?)r.Guid).FirstOrDefaultAsync(cancellationToken);
    }
}
