using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Audit;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>
/// Which account belongs to a person that a provider or directory vouches for: the one that is linked already, else
/// one with the same verified mail address, else a new one, each as far as the source's rules allow.
/// </summary>
internal sealed partial class ExternalAccounts(
    AccountEvents events, ConsoleLog audit, TimeProvider time, ILogger<ExternalAccounts> log)
{
    private const int Attempts = 6;

    /// <summary>Finds, links or makes the account, brings it up to date and saves.</summary>
    /// <param name="db">The database.</param>
    /// <param name="source">Whose word it is.</param>
    /// <param name="person">Who it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isSignIn">The person is there; false: only the directory's list.</param>
    public async Task<ExternalAccount> AdmitAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken,
        bool isSignIn = true)
    {
        if (source.Refusal(person) is { } refusal) return new(null, refusal);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var turn = await TurnAsync(db, source, person, cancellationToken);
                var account = await TryAdmitAsync(db, source, person, isSignIn, turn is not null, cancellationToken);
                if (account.User is null) return account;
                var changed = db.ChangeTracker.Entries<User>().Any(e => e.State == EntityState.Modified)
                    || db.ChangeTracker.Entries<AdminRoleHolder>().Any(e => e.State != EntityState.Unchanged);
                await db.SaveChangesAsync(cancellationToken);
                if (turn is not null) await turn.CommitAsync(cancellationToken);
                if (changed) events.Changed(account.User.Guid);
                return account;
            }
            catch (DbUpdateException) when (attempt < Attempts)
            {
                // Somebody took the name, or made the same person, meanwhile: look again.
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Whether at least one other administrator may log in.</summary>
    public static Task<bool> HasOtherAdminAsync(HawserDb db, Guid user, CancellationToken cancellationToken) =>
        db.Users.AnyAsync(u => u.IsAdmin && u.Status == UserStatus.Normal && u.Guid != user, cancellationToken);

    /// <summary>Only where an administrator may be lost: all others need not wait for each other.</summary>
    private static async Task<AdminTurn?> TurnAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken)
    {
        if (source.IsAdmin(person) != false) return null;
        var mayBeLost = await db.ExternalLogins.AnyAsync(
            l => l.Provider == source.Provider && l.Subject == person.Subject && db.Users.Any(
                u => u.Guid == l.UserGuid && u.IsAdmin && u.Origin == source.Origin),
            cancellationToken);
        return mayBeLost ? await AdminTurn.TakeAsync(db, cancellationToken) : null;
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<ExternalAccount> TryAdmitAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, bool isSignIn, bool isTurn,
        CancellationToken cancellationToken)
    {
        var link = await db.ExternalLogins.FindAsync([source.Provider, person.Subject], cancellationToken);
        var user = link is null
            ? await LinkAsync(db, source, person, cancellationToken)
            : await db.Users.FindAsync([link.UserGuid], cancellationToken);
        if (user is null)
        {
            return new(null, "There is no account for you here. Please ask your administrator.");
        }

        if (link is not null)
        {
            if (isSignIn) link.LastUsedAt = Now;
            // The directory knows this person again.
            if (link.VanishedAt is not null)
            {
                link.VanishedAt = null;
                user.Status = UserStatus.Normal;
            }
        }

        if (user.Status != UserStatus.Normal) return new(null, "Your account is disabled.");
        await UpdateAsync(db, source, person, user, isTurn, cancellationToken);
        return new(user, "");
    }

    private async Task<User?> LinkAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken)
    {
        var user = await FindUnlinkedAsync(db, source, person, cancellationToken);
        if (user is null)
        {
            if (!source.CreateUsers) return null;
            user = await CreateAsync(db, source, person, cancellationToken);
            Log.Created(log, user.Name, source.Provider);
        }
        else
        {
            Log.Linked(log, user.Name, source.Provider);
        }

        db.ExternalLogins.Add(new ExternalLogin
        {
            Provider = source.Provider,
            Subject = person.Subject,
            UserGuid = user.Guid,
            CreatedAt = Now,
            LastUsedAt = Now,
        });
        return user;
    }

    // An address that two accounts have says nothing; nor does an account that another person of the same source has.
    private static async Task<User?> FindUnlinkedAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken)
    {
        User? found = null;
        if (source.LinkByEmail && person.EmailIsVerified)
        {
            var email = AccountNames.Normalize(person.Email);
            var users = await db.Users.Where(u => u.NormalizedEmail == email).OrderBy(u => u.Guid).Take(2)
                .ToListAsync(cancellationToken);
            if (users.Count == 1) found = users[0];
        }

        if (found is null && source.LinkByName && person.LoginName.Length > 0)
        {
            var name = AccountNames.Normalize(person.LoginName);
            found = await db.Users.FirstOrDefaultAsync(u => u.NormalizedName == name, cancellationToken);
        }

        return found is not null && await db.ExternalLogins.AnyAsync(
            l => l.Provider == source.Provider && l.UserGuid == found.Guid, cancellationToken) ? null : found;
    }

    private async Task<User> CreateAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken)
    {
        var name = await FreeNameAsync(db, source, person, cancellationToken);
        var user = new User
        {
            Name = name,
            NormalizedName = AccountNames.Normalize(name),
            Status = UserStatus.Normal,
            SecurityStamp = Guid.NewGuid().ToString("N"),
            ConcurrencyStamp = Guid.NewGuid().ToString("N"),
            Origin = source.Origin,
            CreatedAt = Now,
            UserGroupGuid = await DefaultGroupAsync(db, cancellationToken),
        };
        db.Users.Add(user);
        return user;
    }

    /// <summary>Profile, group and administrator's rights follow the source.</summary>
    private async Task UpdateAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, User user, bool isTurn,
        CancellationToken cancellationToken)
    {
        var isOurs = user.Origin == source.Origin;
        if (isOurs)
        {
            if (person.DisplayName.Length > 0) user.DisplayName = person.DisplayName;
            if (person.Avatar.Length > 0) user.Avatar = person.Avatar;
            await UpdateEmailAsync(db, person, user, cancellationToken);
        }

        if (source.GroupOf(person) is { } group)
        {
            user.UserGroupGuid = await GroupAsync(db, group, cancellationToken);
        }

        if (person.GroupsAreElsewhere) Log.Unnamed(log, source.Provider, user.Name);
        // Rights are taken only from those who have them from here, and never from the last one.
        var admin = source.IsAdmin(person);
        if (admin == true && !user.IsAdmin)
        {
            user.IsAdmin = true;
            audit.AddOfServer(
                db, ConsoleOperation.UpdateUser, user.Name, ("is_admin", "true"), ("source", source.Origin));
            Log.Promoted(log, user.Name, source.Provider);
        }
        else if (admin == false && user.IsAdmin && isOurs && isTurn
            && await HasOtherAdminAsync(db, user.Guid, cancellationToken))
        {
            user.IsAdmin = false;
            audit.AddOfServer(
                db, ConsoleOperation.UpdateUser, user.Name, ("is_admin", "false"), ("source", source.Origin));
            Log.Demoted(log, user.Name, source.Provider);
        }

        await ExternalRoles.ApplyAsync(db, audit, source, person, user, cancellationToken);
    }

    private static async Task UpdateEmailAsync(
        HawserDb db, ExternalPerson person, User user, CancellationToken cancellationToken)
    {
        if (!person.EmailIsVerified || person.Email == user.Email) return;
        var email = AccountNames.Normalize(person.Email);
        if (await db.Users.AnyAsync(u => u.NormalizedEmail == email && u.Guid != user.Guid, cancellationToken)) return;
        user.Email = person.Email;
        user.NormalizedEmail = email;
    }

    // Never an existing account: a name at a provider proves nothing here.
    private static async Task<string> FreeNameAsync(
        HawserDb db, ExternalSource source, ExternalPerson person, CancellationToken cancellationToken)
    {
        var wanted = NameFrom(person.LoginName);
        if (wanted.Length == 0 && person.Email.Length > 0) wanted = NameFrom(person.Email[..person.Email.IndexOf('@')]);
        if (wanted.Length == 0) wanted = NameFrom(person.DisplayName);
        if (wanted.Length == 0) wanted = source.Provider + "-user";
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? wanted : $"{wanted}-{number}";
            var normalized = AccountNames.Normalize(name);
            if (!await db.Users.AnyAsync(u => u.NormalizedName == normalized, cancellationToken)) return name;
            if (number == 100) return $"{wanted}-{Guid.NewGuid().ToString("N")[..12]}";
        }
    }

    /// <summary>A login name of somebody else's text.</summary>
    internal static string NameFrom(string text)
    {
        static bool Fits(char c) => char.IsLetterOrDigit(c) || "._-@+".Contains(c, StringComparison.Ordinal);
        var name = new string([.. text.Trim().Select(c => Fits(c) ? c : '-')]);
        name = name.Trim('-', '.');
        return name.Length <= 100 ? name : name[..100];
    }

    private static async Task<Guid> DefaultGroupAsync(HawserDb db, CancellationToken cancellationToken) =>
        await db.UserGroups.Where(g => g.IsDefault).OrderBy(g => g.Guid).Select(g => (Guid?)g.Guid)
            .FirstOrDefaultAsync(cancellationToken)
        ?? throw new InvalidOperationException("there is no default user group");

    private async Task<Guid> GroupAsync(HawserDb db, string name, CancellationToken cancellationToken)
    {
        var normalized = AccountNames.Normalize(name);
        var group = db.UserGroups.Local.FirstOrDefault(g => g.NormalizedName == normalized)
            ?? await db.UserGroups.FirstOrDefaultAsync(g => g.NormalizedName == normalized, cancellationToken);
        if (group is not null) return group.Guid;
        group = new UserGroup { Name = name, NormalizedName = normalized, CreatedAt = Now };
        db.UserGroups.Add(group);
        return group.Guid;
    }

    private static partial class Log
    {
        [LoggerMessage(6100, LogLevel.Information, "Made the user {User} for somebody of {Provider}")]
        internal static partial void Created(ILogger logger, string user, string provider);

        [LoggerMessage(6101, LogLevel.Information, "Linked the user {User} to somebody of {Provider}")]
        internal static partial void Linked(ILogger logger, string user, string provider);

        [LoggerMessage(6102, LogLevel.Warning, "{User} is an administrator now, by a group of {Provider}")]
        internal static partial void Promoted(ILogger logger, string user, string provider);

        [LoggerMessage(6103, LogLevel.Warning, "{User} is no administrator any more, by the groups of {Provider}")]
        internal static partial void Demoted(ILogger logger, string user, string provider);

        [LoggerMessage(
            6108, LogLevel.Warning,
            "{Provider} does not name the groups of {User}, because they are too many: rights and roles stay. "
            + "Have it send only the groups that are assigned to the application")]
        internal static partial void Unnamed(ILogger logger, string provider, string user);
    }
}

/// <summary>The account of a person from outside, or why there is none.</summary>
/// <param name="User">The account; null when there is none.</param>
/// <param name="Refusal">A sentence for the person.</param>
internal readonly record struct ExternalAccount(User? User, string Refusal);
