using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>
/// Invitations to accounts: a mailed link that works once, for seven days, with which somebody chooses the first
/// password and so confirms the address (admin reference §4.1).
/// </summary>
internal sealed class Invitations(Outbox outbox, SettingsStore settings, TimeProvider time)
{
    /// <summary>Where the link leads.</summary>
    internal const string Path = "/invite";

    /// <summary>How the handle of a registration begins, so that it is told from an invitation when void.</summary>
    internal const string OfRegistration = "new.";

    /// <summary>How long an invitation lasts; the mail says so.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Whether invitations can be sent at all.</summary>
    public bool CanInvite => outbox.CanSend(Outbox.Email);

    /// <summary>Invites; earlier invitations of the user are void. The caller saves, and wakes the outbox.</summary>
    /// <param name="db">The database.</param>
    /// <param name="user">The user; may be new.</param>
    /// <param name="address">This server's public address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AddAsync(HawserDb db, User user, string address, CancellationToken cancellationToken)
    {
        var handle = await OpenAsync(db, user, Lifetime, cancellationToken);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = user.DisplayName.Length > 0 ? user.DisplayName : user.Name,
            ["url"] = $"{address}{Path}?code={handle}",
        };
        outbox.Add(db, Outbox.Email, user.Email, Notice.Invitation, values);
    }

    /// <summary>Whether somebody who has a password for the first sign-in only may choose his own by it now.</summary>
    public bool MayChoose(User user) => user is { Status: UserStatus.Unverified, PasswordHash: not null }
        && Now - user.CreatedAt < Lifetime;

    /// <summary>Lets a user choose his password by a handle; earlier ones are void. The caller saves.</summary>
    public async Task<string> OpenAsync(
        HawserDb db, User user, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        await db.LoginChallenges.Where(c => c.UserGuid == user.Guid && c.Kind == ChallengeKind.Invitation)
            .ExecuteDeleteAsync(cancellationToken);
        var handle = Secrets.NewHandle();
        db.LoginChallenges.Add(new LoginChallenge
        {
            SecretHash = Secrets.Hash(handle), UserGuid = user.Guid, Kind = ChallengeKind.Invitation, CreatedAt = Now,
            ExpiresAt = Now + lifetime,
        });
        return handle;
    }

    /// <summary>Whose invitation a link is; null: it is not valid any more, or the account is not.</summary>
    public async Task<User?> FindAsync(HawserDb db, string? handle, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(handle) || handle.Length > 128) return null;
        var (hash, now) = (Secrets.Hash(handle), Now);
        return await (
            from c in db.LoginChallenges.AsNoTracking()
            join u in db.Users.AsNoTracking() on c.UserGuid equals u.Guid
            where c.SecretHash == hash && c.ExpiresAt > now
                && ((c.Kind == ChallengeKind.Invitation && u.Status == UserStatus.Unverified)
                    || (c.Kind == ChallengeKind.Registration && u.PasswordHash == null && u.Origin == ""))
            select u).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>
    /// Whose invitation a link was that has ended, when another can be mailed; null: none, or the account waits no
    /// longer.
    /// </summary>
    public async Task<User?> FindEndedAsync(HawserDb db, string? handle, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(handle) || handle.Length > 128 || !CanInvite || Configured is null) return null;
        var (hash, now) = (Secrets.Hash(handle), Now);
        return await (
            from c in db.LoginChallenges.AsNoTracking()
            join u in db.Users.AsNoTracking() on c.UserGuid equals u.Guid
            where c.SecretHash == hash && c.ExpiresAt <= now && c.Kind == ChallengeKind.Invitation
                && u.Status == UserStatus.Unverified && u.Email != ""
            select u).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>Mails another invitation for one that has ended; the link of that one is used up by it.</summary>
    /// <returns>False when there is none such.</returns>
    public async Task<bool> AgainAsync(HawserDb db, string handle, CancellationToken cancellationToken)
    {
        if (await FindEndedAsync(db, handle, cancellationToken) is not { } user || Configured is not { } address)
        {
            return false;
        }

        await AddAsync(db, user, address, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        outbox.Wake();
        return true;
    }

    // Never what a request says of itself: anybody may have sent it.
    private string? Configured => PublicAddress.Configured(settings.Get(SignInSettings.Key));
}
