using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts;

/// <summary>Authenticators, recovery codes, trusted devices.</summary>
internal sealed partial class AccountRules
{
    /// <summary>
    /// Makes a new secret. It counts after <see cref="ConfirmTotpAsync"/>; an old one goes on till then.
    /// </summary>
    /// <param name="user">The user.</param>
    /// <param name="issuer">The name shown beside the account.</param>
    /// <returns>What to keep until the confirmation, and what to show.</returns>
    public TotpOffer OfferTotp(User user, string issuer)
    {
        var secret = AuthenticatorCode.NewSecret();
        return new(secrets.Protect(secret), secret, AuthenticatorCode.Uri(issuer, user.Name, secret));
    }

    /// <summary>Switches the authenticator on when the user can read a code from it.</summary>
    /// <returns>Ten recovery codes, shown once, none where they are switched off; or why not.</returns>
    public async Task<(string[] Codes, string Error)> ConfirmTotpAsync(
        Guid guid, string offer, string code, CancellationToken cancellationToken)
    {
        if (!Policy.AllowAuthenticator) return ([], "Authenticators are switched off here.");
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return ([], Unknown);
        var secret = secrets.Unprotect(offer);
        if (string.IsNullOrEmpty(secret)) return ([], "Please start again.");
        if (AuthenticatorCode.FindStep(secret, code.Trim(), time.GetUtcNow(), 0) is not { } step)
        {
            return ([], "That is not the code of this moment; is the clock of the device right?");
        }

        var codes = Policy.AllowRecoveryCodes ? RecoveryCodes.Make() : [];
        user.TotpSecret = offer;
        user.TotpEnabled = true;
        user.TotpSince = Now;
        user.TotpLastStep = step;
        user.RecoveryCodes = RecoveryCodes.Store(codes);
        user.SecurityStamp = Secrets.NewHandle();
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return ([], Refused(saved).Error);
        events.Changed(guid);
        return (codes, "");
    }

    /// <summary>New recovery codes; the old ones are void.</summary>
    public async Task<(string[] Codes, string Error)> RenewRecoveryCodesAsync(
        Guid guid, CancellationToken cancellationToken)
    {
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return ([], Unknown);
        if (!user.TotpEnabled) return ([], "Recovery codes are for users with an authenticator.");
        var codes = RecoveryCodes.Make();
        user.RecoveryCodes = RecoveryCodes.Store(codes);
        var saved = await users.UpdateAsync(user);
        return saved.Succeeded ? (codes, "") : ([], Refused(saved).Error);
    }

    /// <summary>
    /// Takes every second factor away: authenticator, recovery codes, passkeys, trusted devices and pending challenges.
    /// </summary>
    public async Task<AccountResult> ResetTwoFactorAsync(Guid guid, CancellationToken cancellationToken)
    {
        if (await db.Users.FindAsync([guid], cancellationToken) is not { } user) return AccountResult.Refused(Unknown);
        (user.TotpSecret, user.TotpEnabled, user.TotpLastStep, user.RecoveryCodes) = (null, false, 0, "");
        user.TotpSince = null;
        user.SecurityStamp = Secrets.NewHandle();
        var saved = await users.UpdateAsync(user);
        if (!saved.Succeeded) return Refused(saved);
        await db.Passkeys.Where(p => p.UserGuid == guid).ExecuteDeleteAsync(cancellationToken);
        await db.TrustedDevices.Where(t => t.UserGuid == guid).ExecuteDeleteAsync(cancellationToken);
        await db.LoginChallenges.Where(c => c.UserGuid == guid).ExecuteDeleteAsync(cancellationToken);
        events.Changed(guid);
        return AccountResult.Done(user);
    }

    /// <summary>The devices that are not asked for a mailed code, newest first.</summary>
    public Task<List<TrustedDevice>> TrustedDevicesAsync(Guid guid, CancellationToken cancellationToken)
    {
        var now = Now;
        return db.TrustedDevices.AsNoTracking().Where(t => t.UserGuid == guid && t.ExpiresAt > now)
            .OrderByDescending(t => t.CreatedAt).ThenBy(t => t.Guid).Take(1000).ToListAsync(cancellationToken);
    }

    /// <summary>Trusts a device no more.</summary>
    public async Task<bool> DistrustAsync(Guid guid, Guid device, CancellationToken cancellationToken) =>
        await db.TrustedDevices.Where(t => t.UserGuid == guid && t.Guid == device)
            .ExecuteDeleteAsync(cancellationToken) == 1;
}

/// <summary>A secret that waits for its first code.</summary>
/// <param name="Offer">Encrypted, for <see cref="AccountRules.ConfirmTotpAsync"/>.</param>
/// <param name="Secret">In base32, for typing.</param>
/// <param name="Uri">For the QR code.</param>
internal sealed record TotpOffer(string Offer, string Secret, string Uri);
