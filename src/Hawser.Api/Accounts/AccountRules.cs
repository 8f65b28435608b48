using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// What can be done with an account, by whoever may do it: the console, scripts, and the command line, which works on
/// the database while a server runs or not. Everything that takes rights away ends tokens at once.
/// </summary>
internal sealed partial class AccountRules(
    HawserDb db, UserDesk users, PasswordWork passwords, TokenDesk desk, AccountEvents events, Secrets secrets,
    SettingsStore settings, TimeProvider time)
{
    private const string Unknown = "There is no such user.";
    internal const string LastAdmin = "This is the last administrator who can log in; make another one first.";

    /// <summary>Makes a user.</summary>
    public async Task<AccountResult> CreateAsync(NewUser wanted, CancellationToken cancellationToken)
    {
        var user = new User
        {
            Name = wanted.Name, Email = wanted.Email, DisplayName = wanted.DisplayName, Note = wanted.Note,
            IsAdmin = wanted.IsAdmin, Status = wanted.Status, UserGroupGuid = wanted.UserGroup ?? Guid.Empty,
            ControlRoleGuid = wanted.ControlRole, Origin = wanted.Origin, SecurityStamp = Secrets.NewHandle(),
            AwaitsApproval = wanted.AwaitsApproval,
        };
        if (wanted.Password is { } password)
        {
            // Before the slow work.
            var complaint = PasswordPolicy.Complaint(wanted.Name, password, Policy);
            if (complaint is not null) return AccountResult.Refused(complaint);
            user.PasswordHash = await passwords.HashAsync(password, cancellationToken);
        }

        var made = await users.CreateAsync(user);
        if (!made.Succeeded) return Refused(made);
        if (user is { IsAdmin: true, Status: UserStatus.Normal }) await SetupCode.ForgetAsync(db, cancellationToken);
        // Open lists of users show it.
        events.Changed(user.Guid);
        return AccountResult.Done(user);
    }

    /// <summary>Finds by name; null: there is none.</summary>
    public Task<User?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var normalized = AccountNames.Normalize(name.Trim());
        return db.Users.FirstOrDefaultAsync(u => u.NormalizedName == normalized, cancellationToken);
    }

    /// <summary>All users by name, with the names of their groups; read in pages.</summary>
    public async IAsyncEnumerable<UserSummary> SummariesAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int Size = 500;
        for (var skip = 0; ; skip += Size)
        {
            var page = await (
                from user in db.Users.AsNoTracking()
                join g in db.UserGroups.AsNoTracking() on user.UserGroupGuid equals g.Guid
                orderby user.NormalizedName
                select new UserSummary(user, g.Name)).Skip(skip).Take(Size).ToListAsync(cancellationToken);
            foreach (var summary in page) yield return summary;
            if (page.Count < Size) yield break;
        }
    }

    /// <summary>Whether a password is the user's; the console asks before it lets anybody change credentials.</summary>
    public Task<bool> IsPasswordAsync(User user, string password, CancellationToken cancellationToken) =>
        passwords.VerifyAsync(user.PasswordHash, password, cancellationToken);

    /// <summary>Sets a password. All logins of the user end, but the one that did it.</summary>
    /// <param name="guid">The user.</param>
    /// <param name="password">The new password.</param>
    /// <param name="keep">The token that goes on; null: none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<AccountResult> SetPasswordAsync(
        Guid guid, string password, Guid? keep, CancellationToken cancellationToken)
    {
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        if (PasswordPolicy.Complaint(user.Name, password, Policy) is { } complaint)
        {
            return AccountResult.Refused(complaint);
        }

        user.PasswordHash = await passwords.HashAsync(password, cancellationToken);
        user.SecurityStamp = Secrets.NewHandle();
        user.LockoutEnd = null;
        user.AccessFailedCount = 0;
        if (user.Status == UserStatus.Unverified) user.Status = UserStatus.Normal;
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return Refused(saved);
        await EndLoginsAsync(guid, keep, cancellationToken);
        return AccountResult.Done(user);
    }

    /// <summary>Switches an account on or off. Off ends every login and makes API tokens void, both at once.</summary>
    public async Task<AccountResult> SetStatusAsync(Guid guid, UserStatus status, CancellationToken cancellationToken)
    {
        if (status != UserStatus.Normal)
        {
            return await TakeAwayAsync(
                guid, user => SwitchOffAsync(user, status, cancellationToken), cancellationToken);
        }

        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        (user.Status, user.LockoutEnd, user.AwaitsApproval) = (status, null, false);
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return Refused(saved);
        events.Changed(guid);
        return AccountResult.Done(user);
    }

    /// <summary>Makes an administrator, or takes that away.</summary>
    public async Task<AccountResult> SetAdminAsync(Guid guid, bool admin, CancellationToken cancellationToken)
    {
        if (!admin)
        {
            return await TakeAwayAsync(
                guid,
                user =>
                {
                    user.IsAdmin = false;
                    return users.UpdateAsync(user);
                },
                cancellationToken);
        }

        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        user.IsAdmin = true;
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return Refused(saved);
        await SetupCode.ForgetAsync(db, cancellationToken);
        events.Changed(guid);
        return AccountResult.Done(user);
    }

    /// <summary>Changes what is no credential; null keeps.</summary>
    public async Task<AccountResult> EditAsync(Guid guid, UserEdit edit, CancellationToken cancellationToken)
    {
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        if (edit.Name is { } name) user.Name = name;
        if (edit.Email is { } email) user.Email = email;
        if (edit.DisplayName is { } shown) user.DisplayName = AccountNames.Clean(shown, 128);
        if (edit.Note is { } note) user.Note = note;
        if (edit.UserGroup is { } group) user.UserGroupGuid = group;
        if (edit.EmailLogin is { } ask) user.EmailLogin = ask;
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return Refused(saved);
        events.Changed(guid);
        return AccountResult.Done(user);
    }

    /// <summary>Deletes a user with sign-ins and tokens; what can be had back is in the bin by then.</summary>
    public Task<AccountResult> DeleteAsync(Guid guid, CancellationToken cancellationToken) =>
        TakeAwayAsync(guid, users.DeleteAsync, cancellationToken);

    /// <summary>What administrators set about accounts.</summary>
    internal AccountSettings Policy => settings.Get(AccountSettings.Key);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Whether nobody could administer the server without this user.</summary>
    internal async Task<bool> IsLastAdminAsync(User user, CancellationToken cancellationToken) =>
        user is { IsAdmin: true, Status: UserStatus.Normal } && !await db.Users.AnyAsync(
            u => u.IsAdmin && u.Status == UserStatus.Normal && u.Guid != user.Guid, cancellationToken);

    /// <summary>What may take the last administrator away: refused then, also when two go at the same moment.</summary>
    private async Task<AccountResult> TakeAwayAsync(
        Guid guid, Func<User, Task<IdentityResult>> change, CancellationToken cancellationToken)
    {
        await using var turn = await AdminTurn.TakeAsync(db, cancellationToken);
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        if (await IsLastAdminAsync(user, cancellationToken)) return AccountResult.Refused(LastAdmin);
        var saved = await change(user);
        if (!saved.Succeeded) return Refused(saved);
        await turn.CommitAsync(cancellationToken);
        events.Changed(guid);
        return AccountResult.Done(user);
    }

    private async Task<IdentityResult> SwitchOffAsync(
        User user, UserStatus status, CancellationToken cancellationToken)
    {
        (user.Status, user.SecurityStamp) = (status, Secrets.NewHandle());
        var saved = await users.UpdateAsync(user);
        if (saved.Succeeded) await EndLoginsAsync(user.Guid, null, cancellationToken);
        return saved;
    }

    private async Task EndLoginsAsync(Guid guid, Guid? keep, CancellationToken cancellationToken)
    {
        await db.AccessTokens.Where(t => t.UserGuid == guid && t.Kind < TokenKind.Api && t.Guid != keep)
            .ExecuteDeleteAsync(cancellationToken);
        await db.LoginChallenges.Where(c => c.UserGuid == guid).ExecuteDeleteAsync(cancellationToken);
        events.Changed(guid);
    }

    private static AccountResult Refused(IdentityResult result) =>
        AccountResult.Refused(string.Join(' ', result.Errors.Select(e => e.Description)));
}

/// <summary>A user as lists show it.</summary>
/// <param name="User">The row.</param>
/// <param name="Group">The name of the user group.</param>
internal sealed record UserSummary(User User, string Group);

/// <summary>How a change of an account ended.</summary>
/// <param name="User">The account as it is now; null when it was refused.</param>
/// <param name="Error">Why, as a sentence; empty when it was not.</param>
internal readonly record struct AccountResult(User? User, string Error)
{
    public static AccountResult Done(User user) => new(user, "");

    public static AccountResult Refused(string error) => new(null, error);
}

/// <summary>What is changed of a user; null keeps.</summary>
internal sealed record UserEdit(
    string? Name, string? Email, string? DisplayName, string? Note, Guid? UserGroup, bool? EmailLogin);

/// <summary>A user to be made.</summary>
/// <param name="Name">The login name.</param>
/// <param name="Password">The password; null: none, the user can't log in with one.</param>
internal sealed record NewUser(string Name, string? Password)
{
    public string Email { get; init; } = "";

    public string DisplayName { get; init; } = "";

    public string Note { get; init; } = "";

    public bool IsAdmin { get; init; }

    public UserStatus Status { get; init; } = UserStatus.Normal;

    /// <summary>Its owner makes it, and somebody has to switch it on.</summary>
    public bool AwaitsApproval { get; init; }

    public Guid? UserGroup { get; init; }

    /// <summary>Null: the default one.</summary>
    public Guid? ControlRole { get; init; }

    public string Origin { get; init; } = "";
}
