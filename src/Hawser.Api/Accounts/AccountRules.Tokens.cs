using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>Logins and API tokens of a user.</summary>
internal sealed partial class AccountRules
{
    private const int MaximumApiTokens = 200;

    /// <summary>The tokens of a user, of clients, consoles and scripts, newest first.</summary>
    public async Task<Page<AccessToken>> TokensAsync(
        Guid? user, TokenKind? kind, PageQuery page, CancellationToken cancellationToken)
    {
        var all = db.AccessTokens.AsNoTracking()
            .Where(t => (user == null || t.UserGuid == user) && (kind == null || t.Kind == kind));
        var total = await all.CountAsync(cancellationToken);
        var rows = await all.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Guid)
            .Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return new(total, rows);
    }

    /// <summary>The logins of a user, of clients and consoles, newest first.</summary>
    /// <param name="user">Whose; null: everybody's.</param>
    /// <param name="page">Which page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<AccessToken>> LoginsAsync(
        Guid? user, PageQuery page, CancellationToken cancellationToken)
    {
        var now = Now;
        var all = db.AccessTokens.AsNoTracking().Where(t => t.Kind < TokenKind.Api
            && (user == null || t.UserGuid == user) && (t.ExpiresAt == null || t.ExpiresAt > now));
        var total = await all.CountAsync(cancellationToken);
        var rows = await all.OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Guid)
            .Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return new(total, rows);
    }

    /// <summary>Makes an API token.</summary>
    /// <param name="guid">Whose rights it carries, within the scopes.</param>
    /// <param name="wanted">What it is.</param>
    /// <param name="creator">The name of who makes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The token's text, told once; or why not.</returns>
    public async Task<(string Text, string Error)> MakeApiTokenAsync(
        Guid guid, NewApiToken wanted, string creator, CancellationToken cancellationToken)
    {
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return ("", Unknown);
        if (Scopes.Complaint(wanted.Scopes) is { } complaint) return ("", complaint);
        if (AddressNetworks.Complaint(wanted.AllowedFrom) is { } word)
        {
            return ("", $"\"{word}\" is neither an address nor a network such as 10.0.0.0/8.");
        }

        if (wanted.AllowedFrom.Length > 1000) return ("", "The list of networks is too long.");
        if (wanted.Days is < 0 or > 3650) return ("", "A token lasts between 1 and 3650 days; 0: for ever.");
        var count = await db.AccessTokens.CountAsync(
            t => t.UserGuid == guid && t.Kind == TokenKind.Api, cancellationToken);
        if (count >= MaximumApiTokens) return ("", $"A user has at most {MaximumApiTokens} API tokens.");
        var text = desk.Issue(db, new AccessToken
        {
            Kind = TokenKind.Api,
            UserGuid = user.Guid,
            Name = AccountNames.Clean(wanted.Name, 128),
            Scopes = wanted.Scopes.Trim(),
            AllowedFrom = wanted.AllowedFrom.Trim(),
            CreatedBy = creator,
            ExpiresAt = wanted.Days == 0 ? null : Now.AddDays(wanted.Days),
        });
        await db.SaveChangesAsync(cancellationToken);
        return (text, "");
    }

    /// <summary>Ends a token of any kind.</summary>
    /// <param name="token">The token's row.</param>
    /// <param name="owner">Only if it is this user's; null: anybody's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when there is none.</returns>
    public async Task<bool> RevokeAsync(Guid token, Guid? owner, CancellationToken cancellationToken)
    {
        var row = await db.AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Guid == token && (owner == null || t.UserGuid == owner), cancellationToken);
        if (row is null) return false;
        await db.AccessTokens.Where(t => t.Guid == token).ExecuteDeleteAsync(cancellationToken);
        events.Changed(row.UserGuid);
        return true;
    }

    /// <summary>Ends every login of a user; API tokens stay.</summary>
    public Task LogOutEverywhereAsync(Guid guid, Guid? keep, CancellationToken cancellationToken) =>
        EndLoginsAsync(guid, keep, cancellationToken);
}

/// <summary>An API token to be made.</summary>
/// <param name="Name">What its maker calls it.</param>
/// <param name="Scopes">What it may do, for instance <c>device:rw audit:r</c>.</param>
/// <param name="Days">How long it lasts; 0: for ever.</param>
/// <param name="AllowedFrom">Networks it may be used from; empty: any.</param>
internal sealed record NewApiToken(string Name, string Scopes, int Days, string AllowedFrom);
