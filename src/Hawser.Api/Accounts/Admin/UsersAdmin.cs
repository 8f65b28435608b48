using Hawser.Api.Access;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Admin;

/// <summary>
/// <c>/api/users</c> but its list (admin reference §4.1). Mutations are 200, refusals 200 with <c>error</c>.
/// </summary>
internal static class UsersAdmin
{
    private const string NoSuchUser = "There is no such user.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/users", AddAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersCreate)
            .WithSummary("Makes a user with a password.").Reads<UserBody>(UserBody.Example).Answers<MadeUser>()
            .OrError();
        routes.MapPost("/api/users/invite", InviteAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersInvite)
            .WithSummary("Makes a user who chooses the password by a mailed link.")
            .Reads<UserBody>("""{"name":"mara","email":"mara@example.com","group_name":"Help desk"}""")
            .Answers<MadeUser>().OrError();
        routes.MapPost("/api/users/{guid}/enable", EnableAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersEnable)
            .WithSummary("Lets a user log in again.").ReadsNothing().AnswersNothing().OrError();
        routes.MapPost("/api/users/{guid}/disable", DisableAsync)
            .ForAdmins(Area.User, write: true, AdminRight.UsersEnable)
            .WithSummary("Ends a user's logins and lets nobody reach the user's devices.").ReadsNothing()
            .AnswersNothing().OrError();
        routes.MapDelete("/api/users/{guid}", DeleteAsync).AfterStepUp()
            .ForAdmins(Area.User, write: true, AdminRight.UsersDelete)
            .WithSummary("Deletes a user; from the bin he comes back with devices and address books.").ReadsNothing()
            .AnswersNothing().OrError();
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser caller, HawserDb db, AccountRules rules, AccountEvents events, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, AccountsAdminJson.Default.UserBody);
        if (body is null) return error!;
        if (NewUsers.IsGrave(body) && StepUp.IsNeeded(context)) return Problem.StepUp;
        var once = body.OneTimePassword == true ? NewUsers.MakePassword() : null;
        if (body.Password is null == once is null)
        {
            return Refuse(once is null ? "A password is missing." : "Either password or one_time_password.");
        }

        var status = once is null ? UserStatus.Normal : UserStatus.Unverified;
        var (wanted, refusal) = await NewUsers.ReadAsync(
            db, caller, body, (status, AdminRight.UsersCreate), cancellationToken);
        if (wanted is null) return Refuse(refusal);
        NewUsers.Log(log, db, context, ConsoleOperation.AddUser, body);
        var (user, complaint) = await NewUsers.MakeAsync(
            db, rules, wanted with { Password = once ?? body.Password }, body, cancellationToken);
        if (user is null) return Refuse(complaint);
        events.Changed(user.Guid);
        if (once is not null) context.Response.Headers.CacheControl = "no-store";
        return Made(user, once);
    }

    private static async Task<IResult> InviteAsync(
        HttpContext context, CurrentUser caller, HawserDb db, AccountRules rules, AccountEvents events, ConsoleLog log,
        Invitations invitations, Outbox outbox, SettingsStore settings, CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, AccountsAdminJson.Default.UserBody);
        if (body is null) return error!;
        if (NewUsers.IsGrave(body) && StepUp.IsNeeded(context)) return Problem.StepUp;
        if (string.IsNullOrEmpty(body.Email)) return Refuse("A mail address is missing.");
        if (!invitations.CanInvite) return Refuse("This server can't send mails yet: see the setting \"mail\".");
        if (PublicAddress.Of(context, settings.Get(SignInSettings.Key), null) is not { } address)
        {
            return Refuse("This server does not know its address: see publicUrls in the setting \"signIn\".");
        }

        // Somebody who was invited before is invited again.
        var user = body.Name is null ? null : await rules.FindAsync(body.Name, cancellationToken);
        if (user is not null && (user.Status != UserStatus.Unverified || user.NormalizedEmail
            != AccountNames.Normalize(body.Email) || !await AdminScope.Editable(db, caller, AdminRight.UsersInvite)
                .AnyAsync(u => u.Guid == user.Guid, cancellationToken))) return Refuse("Another user has that name.");
        if (user is null)
        {
            var (wanted, refusal) = await NewUsers.ReadAsync(
                db, caller, body, (UserStatus.Unverified, AdminRight.UsersInvite), cancellationToken);
            if (wanted is null) return Refuse(refusal);
            NewUsers.Log(log, db, context, ConsoleOperation.InviteUser, body);
            (user, var complaint) = await NewUsers.MakeAsync(
                db, rules, wanted with { Password = null }, body, cancellationToken);
            if (user is null) return Refuse(complaint);
        }
        else
        {
            log.Add(db, context, ConsoleOperation.InviteUser, user.Name, ("email", user.Email));
        }

        await invitations.AddAsync(db, user, address, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        events.Changed(user.Guid);
        outbox.Wake();
        return Made(user);
    }

    private static Task<IResult> EnableAsync(
        HttpContext context, string guid, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken) =>
        SetStatusAsync(context, guid, UserStatus.Normal, (db, rules, log), cancellationToken);

    private static Task<IResult> DisableAsync(
        HttpContext context, string guid, HawserDb db, AccountRules rules, ConsoleLog log,
        CancellationToken cancellationToken) =>
        SetStatusAsync(context, guid, UserStatus.Disabled, (db, rules, log), cancellationToken);

    private static async Task<IResult> SetStatusAsync(
        HttpContext context, string guid, UserStatus status, (HawserDb Db, AccountRules Rules, ConsoleLog Log) with,
        CancellationToken cancellationToken)
    {
        var (db, rules, log) = with;
        if (await FindAsync(db, context, guid, AdminRight.UsersEnable, cancellationToken) is not { } user)
        {
            return Refuse(NoSuchUser);
        }

        if (user.Status == status && user.LockoutEnd is null) return ClientResults.Empty;
        log.Add(db, context,
            status == UserStatus.Normal ? ConsoleOperation.EnableUser : ConsoleOperation.DisableUser, user.Name);
        var (done, error) = await rules.SetStatusAsync(user.Guid, status, cancellationToken);
        return done is null ? Refuse(error) : ClientResults.Empty;
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, CurrentUser caller, HawserDb db, AccountRules rules, AccountEvents events,
        ConsoleLog log, StrategyEpoch epoch, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, context, guid, AdminRight.UsersDelete, cancellationToken) is not { } user)
        {
            return Refuse(NoSuchUser);
        }

        if (user.Guid == caller.Guid) return Refuse("You can't delete your own account.");
        // Roles delete who is disabled only (admin reference §6.4).
        if (!caller.IsAdmin && user.Status != UserStatus.Disabled)
        {
            return Refuse("Disable the user before you delete the account.");
        }

        try
        {
            await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
            var devices = await db.DeviceDetails.CountAsync(d => d.OwnerGuid == user.Guid, cancellationToken);
            log.Add(db, context, ConsoleOperation.DeleteUser, user.Name, ("devices_unassigned", $"{devices}"));
            await db.SaveChangesAsync(cancellationToken);
            var (done, error) = await RemoveAsync(
                db, rules, user, (caller.Guid, caller.Name), time.GetUtcNow().UtcDateTime, cancellationToken);
            if (done is null) return Refuse(error);
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            // Somebody else put it into the bin in this moment.
            return Refuse(NoSuchUser);
        }

        // Again: who asked before the commit was told of what was.
        events.Changed(user.Guid);
        await epoch.BumpAsync(db, cancellationToken);
        return ClientResults.Empty;
    }

    /// <summary>Moves a user to the bin, with what refers to him; the caller saves and commits.</summary>
    internal static async Task<AccountResult> RemoveAsync(
        HawserDb db, AccountRules rules, User user, (Guid Guid, string Name) by, DateTime now,
        CancellationToken cancellationToken)
    {
        // Before anything is changed: a job goes on after a refusal.
        await db.HoldAdministratorsAsync(cancellationToken);
        if (await rules.IsLastAdminAsync(user, cancellationToken)) return AccountResult.Refused(AccountRules.LastAdmin);
        var guid = user.Guid;
        if (!await UserBin.PutAsync(db, guid, by, now, cancellationToken)) return AccountResult.Refused(NoSuchUser);
        await AccessRules.ForgetAsync(db, guid, cancellationToken);
        await db.AddressBookShares.Where(s => s.SubjectGuid == guid).ExecuteDeleteAsync(cancellationToken);
        await db.StrategyAssignments.Where(a => a.TargetKind == StrategyTarget.User && a.TargetGuid == guid)
            .ExecuteDeleteAsync(cancellationToken);
        return await rules.DeleteAsync(guid, cancellationToken);
    }

    /// <summary>A user group by its name; null without one: the default group.</summary>
    internal static async Task<(Guid? Group, string Error)> GroupAsync(
        HawserDb db, string? name, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(name)) return (null, "");
        var normalized = NameText.Normalize(name);
        var group = await db.UserGroups.Where(g => g.NormalizedName == normalized).Select(g => (Guid?)g.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        return group is null ? (null, $"There is no user group \"{name}\".") : (group, "");
    }

    private static async Task<User?> FindAsync(
        HawserDb db, HttpContext context, string guid, AdminRight right, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await AdminScope.Editable(db, CurrentUser.Of(context), right)
                .FirstOrDefaultAsync(u => u.Guid == wanted, cancellationToken)
            : null;

    private static IResult Made(User user, string? password = null) =>
        ClientResults.Json(new MadeUser(user.Guid.ToString(), password), AccountsAdminJson.Default.MadeUser);

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
