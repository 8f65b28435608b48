using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// What scripts do to many users at once (admin reference §4.1). Repeating a call changes nothing more; users that are
/// gone are passed over.
/// </summary>
internal static class UsersBulk
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPut("/api/users/tfa/totp/enforce", EnforceAsync).AfterStepUp()
            .ForAdmins(Area.User, write: true, AdminRight.UsersSecondFactor)
            .WithSummary("Demands an authenticator of users, or demands none any more.")
            .Reads<UsersBody>("""
                {"user_guids":["019a7c5e-0000-7000-8000-000000000000"],"enforce":true,"url":"https://example.com"}
                """)
            .AnswersNothing().OrError();
        routes.MapPut("/api/users/disable_login_verification", DisableVerificationAsync).AfterStepUp()
            .ForAdmins(Area.User, write: true, AdminRight.UsersSecondFactor)
            .WithSummary("Switches mailed codes off for users, or takes every second factor away.")
            .Reads<UsersBody>("""{"user_guids":["019a7c5e-0000-7000-8000-000000000000"],"type":"2fa"}""")
            .AnswersNothing().OrError();
        routes.MapPost("/api/users/force-logout", ForceLogoutAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersLogout)
            .WithSummary("Ends every login of users; API tokens stay.")
            .Reads<UsersBody>("""{"user_guids":["019a7c5e-0000-7000-8000-000000000000"]}""")
            .AnswersNothing().OrError();
    }

    private static async Task<IResult> EnforceAsync(
        HttpContext context, HawserDb db, AccountRules rules, ConsoleLog log, Outbox outbox,
        CancellationToken cancellationToken)
    {
        var (body, users, error) = await ReadAsync(
            context, db, AdminRight.UsersSecondFactor, cancellationToken);
        if (body is null) return error!;
        if (body.Enforce is not { } enforce) return Refuse("enforce is missing.");
        if (enforce && !rules.Policy.AllowAuthenticator) return Refuse("Authenticators are switched off here.");
        var url = body.Url?.Trim() ?? "";
        // It goes into mails that people trust.
        if (url.Length > 0 && (url.Length > 300 || !SignInRules.IsWeb(url, allowHttp: true)))
        {
            return Refuse("url is not an http(s) address.");
        }

        var names = await NamesAsync(db, users, cancellationToken);
        log.Add(db, context, enforce ? ConsoleOperation.EnforceTwoFactor : ConsoleOperation.ReleaseTwoFactor, names);
        if (enforce && url.Length > 0 && outbox.CanSend(Outbox.Email))
        {
            await AskAsync(db, outbox, users, url, cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await rules.EnforceTotpAsync(users, enforce, cancellationToken);
        outbox.Wake();
        return ClientResults.Empty;
    }

    /// <summary>
    /// Mails an address where to set an authenticator up to those of whom one is demanded now, so that repeating it
    /// sends no mails; the caller saves.
    /// </summary>
    internal static async Task AskAsync(
        HawserDb db, Outbox outbox, IReadOnlyCollection<Guid> users, string url, CancellationToken cancellationToken)
    {
        foreach (var some in users.Chunk(500))
        {
            var people = await db.Users.AsNoTracking()
                .Where(u => some.Contains(u.Guid) && !u.TotpEnabled && !u.TotpEnforced && u.Email != ""
                    && u.Status == UserStatus.Normal)
                .Select(u => new { u.Email, u.Name, u.DisplayName }).ToListAsync(cancellationToken);
            foreach (var person in people)
            {
                outbox.Add(db, Outbox.Email, person.Email, Notice.AuthenticatorWanted,
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["name"] = person.DisplayName.Length > 0 ? person.DisplayName : person.Name, ["url"] = url,
                    });
            }
        }
    }

    private static async Task<IResult> DisableVerificationAsync(
        HttpContext context, HawserDb db, AccountRules rules, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, users, error) = await ReadAsync(
            context, db, AdminRight.UsersSecondFactor, cancellationToken);
        if (body is null) return error!;
        if (body.Type is not ("email" or "2fa")) return Refuse("type is email or 2fa.");
        var names = await NamesAsync(db, users, cancellationToken);
        var email = body.Type == "email";
        log.Add(db, context, email ? ConsoleOperation.DropEmailVerification : ConsoleOperation.ResetTwoFactor, names);
        await db.SaveChangesAsync(cancellationToken);
        if (email)
        {
            await rules.DropEmailVerificationAsync(users, cancellationToken);
            return ClientResults.Empty;
        }

        foreach (var user in users) await rules.ResetTwoFactorAsync(user, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> ForceLogoutAsync(
        HttpContext context, HawserDb db, AccountRules rules, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, users, error) = await ReadAsync(context, db, AdminRight.UsersLogout, cancellationToken);
        if (body is null) return error!;
        log.Add(db, context, ConsoleOperation.ForceLogout, await NamesAsync(db, users, cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await rules.LogOutEverywhereAsync(users, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<(UsersBody? Body, List<Guid> Users, IResult? Error)> ReadAsync(
        HttpContext context, HawserDb db, AdminRight right, CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, AccountsAdminJson.Default.UsersBody, 1 << 20);
        if (body is null) return (null, [], error);
        var (users, complaint) = body.Users();
        if (users is null) return (null, [], Refuse(complaint));
        // Whom a role does not reach is not there for its holder.
        var known = await AdminScope.EditableAsync(
            db, CurrentUser.Of(context), right, users, cancellationToken);
        return (body, known, null);
    }

    private static async Task<List<string>> NamesAsync(
        HawserDb db, List<Guid> users, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        foreach (var some in users.Chunk(500))
        {
            names.AddRange(await db.Users.Where(u => some.Contains(u.Guid)).OrderBy(u => u.NormalizedName)
                .Select(u => u.Name).ToListAsync(cancellationToken));
        }

        return names;
    }

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
