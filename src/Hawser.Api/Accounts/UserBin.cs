using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// Accounts that were deleted, until the bin's days are over: profile, password and factors, group, roles, rules,
/// shares, devices and address books come back with them. Sign-ins and tokens do not: they ended at once.
/// </summary>
internal static class UserBin
{
    private const int Some = 500;

    /// <summary>Puts what an account is now into the bin, and its address books out of sight; the caller saves, and
    /// removes the account.</summary>
    /// <returns>False: somebody else did it a moment before.</returns>
    public static async Task<bool> PutAsync(
        HawserDb db, Guid guid, (Guid Guid, string Name) by, DateTime now, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Guid == guid, cancellationToken);
        if (user is null) return false;
        var content = await ReadAsync(db, user, cancellationToken);
        var books = await db.AddressBooks.Where(b => b.OwnerGuid == guid && !b.IsPersonal)
            .CountAsync(cancellationToken);
        var row = await db.DeletedUsers.FindAsync([guid], cancellationToken);
        if (row is null) db.DeletedUsers.Add(row = new DeletedUser { Guid = guid });
        (row.Name, row.NormalizedName) = (user.Name, user.NormalizedName);
        (row.DisplayName, row.Email) = (user.DisplayName, user.Email);
        (row.IsAdmin, row.Devices, row.Books) = (user.IsAdmin, content.Devices.Count, books);
        row.UserGroup = await db.UserGroups.Where(g => g.Guid == user.UserGroupGuid).Select(g => g.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";
        (row.DeletedAt, row.DeletedByGuid, row.DeletedBy) = (now, by.Guid, by.Name);
        row.Content = JsonSerializer.Serialize(content, UserBinJson.Default.UserContent);
        await db.AddressBooks.Where(b => b.OwnerGuid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.DeletedAt, (DateTime?)now), cancellationToken);
        return true;
    }

    /// <summary>Takes an account out of the bin; saves.</summary>
    /// <param name="db">A context in a transaction.</param>
    /// <param name="guid">Which.</param>
    /// <param name="name">Its name from now on; empty: the one it had.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Its name, and the ids of its devices; or why it stays.</returns>
    public static async Task<(string Name, IReadOnlyList<string> Devices, string? Refusal)> TakeOutAsync(
        HawserDb db, Guid guid, string name, DateTime now, CancellationToken cancellationToken)
    {
        if (await db.DeletedUsers.FindAsync([guid], cancellationToken) is not { } row)
        {
            // Done before a crash, or never gone.
            var there = await db.Users.Where(u => u.Guid == guid).Select(u => u.Name)
                .FirstOrDefaultAsync(cancellationToken);
            return (there ?? "", [], there is null ? "It is not in the bin any more." : null);
        }

        var content = JsonSerializer.Deserialize(row.Content, UserBinJson.Default.UserContent)!;
        var user = content.User;
        if (name.Length > 0) user.Name = name;
        user.NormalizedName = AccountNames.Normalize(user.Name);
        if (await db.Users.AnyAsync(u => u.NormalizedName == user.NormalizedName, cancellationToken))
        {
            return (user.Name, [], $"Another account is called {user.Name} now; restore this one under another name.");
        }

        await FitAsync(db, user, cancellationToken);
        // What was signed with the old one ended when it was deleted.
        (user.SecurityStamp, user.ConcurrencyStamp) = (Secrets.NewHandle(), Secrets.NewHandle());
        db.Users.Add(user);
        db.DeletedUsers.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await JoinAsync(db, content, now, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await GiveBooksBackAsync(db, guid, cancellationToken);
        return (user.Name, await GiveDevicesBackAsync(db, content, cancellationToken), null);
    }

    /// <summary>Removes an account from the bin for good, with its address books; the caller saves.</summary>
    public static async Task<string?> PurgeAsync(HawserDb db, Guid guid, CancellationToken cancellationToken)
    {
        if (await db.DeletedUsers.FindAsync([guid], cancellationToken) is not { } row) return null;
        db.DeletedUsers.Remove(row);
        await db.AddressBooks.IgnoreQueryFilters().Where(b => b.OwnerGuid == guid && b.DeletedAt != null)
            .ExecuteDeleteAsync(cancellationToken);
        return row.Name;
    }

    private static async Task<UserContent> ReadAsync(
        HawserDb db, User user, CancellationToken cancellationToken)
    {
        var guid = user.Guid;
        return new UserContent
        {
            User = user,
            // What a provider or directory gave it gives again, if it still does.
            AdminRoles = await db.AdminRoleHolders.Where(h => h.UserGuid == guid && h.Source == "")
                .Select(h => h.RoleGuid).ToListAsync(cancellationToken),
            Passkeys = await db.Passkeys.AsNoTracking().Where(p => p.UserGuid == guid).ToListAsync(cancellationToken),
            Logins = await db.ExternalLogins.AsNoTracking().Where(l => l.UserGuid == guid)
                .ToListAsync(cancellationToken),
            Views = await db.SavedViews.AsNoTracking().Where(v => v.UserGuid == guid).ToListAsync(cancellationToken),
            Places = await db.SeenPlaces.AsNoTracking().Where(p => p.UserGuid == guid).ToListAsync(cancellationToken),
            Shares = await db.AddressBookShares.AsNoTracking()
                .Where(s => s.SubjectKind == ShareSubject.User && s.SubjectGuid == guid)
                .ToListAsync(cancellationToken),
            Rules = await db.AccessRules.AsNoTracking().Where(r => r.SubjectGuid == guid || r.TargetGuid == guid)
                .ToListAsync(cancellationToken),
            Strategy = await db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.User && a.TargetGuid == guid)
                .Select(a => (Guid?)a.StrategyGuid).FirstOrDefaultAsync(cancellationToken),
            Devices = await db.DeviceDetails.Where(d => d.OwnerGuid == guid).Select(d => d.DeviceGuid)
                .ToListAsync(cancellationToken),
        };
    }

    // What is gone since is left out.
    private static async Task FitAsync(HawserDb db, User user, CancellationToken cancellationToken)
    {
        if (!await db.UserGroups.AnyAsync(g => g.Guid == user.UserGroupGuid, cancellationToken))
        {
            user.UserGroupGuid = (await db.UserGroups.FirstAsync(g => g.IsDefault, cancellationToken)).Guid;
        }

        if (user.ControlRoleGuid is { } role
            && !await db.ControlRoles.AnyAsync(r => r.Guid == role, cancellationToken)) user.ControlRoleGuid = null;
    }

    private static async Task JoinAsync(
        HawserDb db, UserContent content, DateTime now, CancellationToken cancellationToken)
    {
        var guid = content.User.Guid;
        var roles = await db.AdminRoles.Where(r => content.AdminRoles.Contains(r.Guid)).Select(r => r.Guid)
            .ToListAsync(cancellationToken);
        db.AdminRoleHolders.AddRange(roles.Select(r => new AdminRoleHolder { RoleGuid = r, UserGuid = guid }));
        db.Passkeys.AddRange(content.Passkeys);
        db.SavedViews.AddRange(content.Views);
        db.SeenPlaces.AddRange(content.Places);
        foreach (var login in content.Logins)
        {
            // The person may have signed in again meanwhile, and have a new account by it.
            if (!await db.ExternalLogins.AnyAsync(
                l => l.Provider == login.Provider && l.Subject == login.Subject, cancellationToken))
            {
                db.ExternalLogins.Add(login);
            }
        }

        foreach (var share in content.Shares)
        {
            if (await db.AddressBooks.IgnoreQueryFilters().AnyAsync(b => b.Guid == share.BookGuid, cancellationToken))
            {
                db.AddressBookShares.Add(share);
            }
        }

        foreach (var rule in content.Rules)
        {
            if (!await IsWholeAsync(db, rule, cancellationToken)) continue;
            if (rule.ControlRoleGuid is { } role
                && !await db.ControlRoles.AnyAsync(r => r.Guid == role, cancellationToken)) rule.ControlRoleGuid = null;
            rule.UpdatedAt = now;
            db.AccessRules.Add(rule);
        }

        if (content.Strategy is { } strategy
            && await db.Strategies.AnyAsync(s => s.Guid == strategy, cancellationToken))
        {
            db.StrategyAssignments.Add(new StrategyAssignment
            {
                TargetKind = StrategyTarget.User, TargetGuid = guid, StrategyGuid = strategy, AssignedAt = now,
            });
        }
    }

    // A rule about what is gone since would only confuse; guids are of one kind each.
    private static async Task<bool> IsWholeAsync(HawserDb db, AccessRule rule, CancellationToken cancellationToken)
    {
        foreach (var guid in new[] { rule.SubjectGuid, rule.TargetGuid })
        {
            if (guid is { } known && !await db.Users.AnyAsync(u => u.Guid == known, cancellationToken)
                && !await db.UserGroups.AnyAsync(g => g.Guid == known, cancellationToken)
                && !await db.Devices.AnyAsync(d => d.Guid == known, cancellationToken)
                && !await db.DeviceGroups.AnyAsync(g => g.Guid == known, cancellationToken)) return false;
        }

        return !await db.AccessRules.AnyAsync(r => r.Guid == rule.Guid, cancellationToken);
    }

    // Names of shared books are unique: whose name was given away meanwhile gets a number.
    private static async Task GiveBooksBackAsync(HawserDb db, Guid owner, CancellationToken cancellationToken)
    {
        var hidden = db.AddressBooks.IgnoreQueryFilters().Where(b => b.OwnerGuid == owner && b.DeletedAt != null);
        // The filter is ignored in the whole question.
        var taken = await hidden.Where(b => !b.IsPersonal && db.AddressBooks.Any(
            o => !o.IsPersonal && o.DeletedAt == null && o.NormalizedName == b.NormalizedName))
            .ToListAsync(cancellationToken);
        foreach (var book in taken)
        {
            var name = book.Name;
            for (var number = 2; ; number++)
            {
                var ending = $" ({number})";
                book.Name = name[..Math.Min(name.Length, 128 - ending.Length)] + ending;
                book.NormalizedName = book.Name.ToUpperInvariant();
                if (!await db.AddressBooks.AnyAsync(
                    b => !b.IsPersonal && b.NormalizedName == book.NormalizedName, cancellationToken)) break;
            }

            book.DeletedAt = null;
            await db.SaveChangesAsync(cancellationToken);
        }

        await hidden.ExecuteUpdateAsync(s => s.SetProperty(b => b.DeletedAt, (DateTime?)null), cancellationToken);
    }

    // Those that somebody else was given meanwhile stay his.
    private static async Task<IReadOnlyList<string>> GiveDevicesBackAsync(
        HawserDb db, UserContent content, CancellationToken cancellationToken)
    {
        Guid? owner = content.User.Guid;
        foreach (var some in content.Devices.Chunk(Some))
        {
            await db.DeviceDetails.Where(d => some.Contains(d.DeviceGuid) && d.OwnerGuid == null).ExecuteUpdateAsync(
                s => s.SetProperty(d => d.OwnerGuid, owner), cancellationToken);
        }

        return await db.Devices
            .Where(d => db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.OwnerGuid == owner))
            .Select(d => d.Id).ToListAsync(cancellationToken);
    }
}

/// <summary>What a deleted account was.</summary>
internal sealed record UserContent
{
    public required User User { get; init; }

    public IReadOnlyList<Guid> AdminRoles { get; init; } = [];

    public IReadOnlyList<Passkey> Passkeys { get; init; } = [];

    public IReadOnlyList<ExternalLogin> Logins { get; init; } = [];

    public IReadOnlyList<SavedView> Views { get; init; } = [];

    public IReadOnlyList<SeenPlace> Places { get; init; } = [];

    public IReadOnlyList<AddressBookShare> Shares { get; init; } = [];

    public IReadOnlyList<AccessRule> Rules { get; init; } = [];

    public Guid? Strategy { get; init; }

    public IReadOnlyList<Guid> Devices { get; init; } = [];
}

/// <summary>How it is kept.</summary>
[JsonSerializable(typeof(UserContent))]
internal sealed partial class UserBinJson : JsonSerializerContext;
