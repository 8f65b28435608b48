using System.Buffers.Text;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>What somebody does with the own account.</summary>
internal static class AccountEndpoints
{
    private const int MostSessions = 200;

    /// <summary>Passkeys, sign-ins, and where no mailed code is asked for.</summary>
    public static async Task<IResult> SecurityAsync(
        CurrentUser user, HawserDb db, AccountRules rules, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var passkeys = await db.Passkeys.AsNoTracking().Where(p => p.UserGuid == user.Guid)
            .OrderBy(p => p.CreatedAt).ThenBy(p => p.CredentialId).ToListAsync(cancellationToken);
        var sessions = await db.AccessTokens.AsNoTracking()
            .Where(t => t.UserGuid == user.Guid && t.Kind < TokenKind.Api)
            .Where(t => t.ExpiresAt == null || t.ExpiresAt > now)
            .OrderByDescending(t => t.LastUsedAt ?? t.CreatedAt).ThenBy(t => t.Guid).Take(MostSessions)
            .ToListAsync(cancellationToken);
        var trusted = await rules.TrustedDevicesAsync(user.Guid, cancellationToken);
        return ClientResults.Json(
            new SecurityReply(
                passkeys.ConvertAll(p => new PasskeyItem(
                    Base64Url.EncodeToString(p.CredentialId), p.Name, p.CreatedAt, p.LastUsedAt)),
                sessions.ConvertAll(t => new SessionItem(
                    t.Guid.ToString(), t.Kind == TokenKind.Console ? "console" : "client",
                    t.DeviceName.Length > 0 ? t.DeviceName : t.DeviceId, t.DeviceOs, t.LastAddress, t.CreatedAt,
                    t.LastUsedAt, t.Guid == user.TokenGuid)),
                trusted.ConvertAll(t => new TrustedItem(
                    t.Guid.ToString(), t.Type == "console" ? "console" : "client",
                    t.Name.Length > 0 ? t.Name : t.DeviceId, t.Os, t.CreatedAt, t.ExpiresAt))),
            AccountJson.Default.SecurityReply);
    }

    /// <summary>Ends one of the own sign-ins.</summary>
    public static async Task<IResult> EndSessionAsync(
        Guid guid, CurrentUser user, HawserDb db, AccountRules rules, CancellationToken cancellationToken)
    {
        var own = await db.AccessTokens.AnyAsync(
            t => t.Guid == guid && t.UserGuid == user.Guid && t.Kind < TokenKind.Api, cancellationToken);
        if (!own || !await rules.RevokeAsync(guid, user.Guid, cancellationToken)) return Problem.NotFound("thing");
        return ClientResults.EmptyObject;
    }

    /// <summary>Ends all of the own sign-ins but this one.</summary>
    public static async Task<IResult> EndOthersAsync(
        CurrentUser user, AccountRules rules, CancellationToken cancellationToken)
    {
        await rules.LogOutEverywhereAsync(user.Guid, user.TokenGuid, cancellationToken);
        return ClientResults.EmptyObject;
    }

    /// <summary>Changes name, mail address, and which mails come there.</summary>
    public static async Task<IResult> ProfileAsync(
        HttpContext context, CurrentUser user, HawserDb db, Accounts.Identity.UserDesk users, AccountEvents events,
        CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.ProfileChange);
        if (body.Value is not { } wanted) return body.Error!;
        if (await db.Users.FindAsync([user.Guid], cancellationToken) is not { } row) return Problem.NotFound("thing");
        if (wanted.DisplayName is { } name) row.DisplayName = AccountNames.Clean(name.Trim(), 128);
        if (wanted.Email is { } email && row.Origin.Length == 0)
        {
            if (AccountNames.EmailComplaint(email.Trim()) is { } complaint)
            {
                return Problem.Wrong("email", "bad_email", complaint);
            }

            row.Email = email.Trim();
        }

        if (wanted.EmailAlarms is { } alarms) row.EmailAlarms = alarms;
        var saved = await users.UpdateAsync(row);
        if (!saved.Succeeded) return new Problem(409, "changed", "Somebody else changed the account meanwhile.");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    /// <summary>Sets another password; every other sign-in ends.</summary>
    public static async Task<IResult> PasswordAsync(
        HttpContext context, CurrentUser user, AccountRules rules, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.PasswordChange);
        if (body.Value is not { } wanted) return body.Error!;
        var done = await rules.SetPasswordAsync(
            user.Guid, wanted.Password ?? "", user.TokenGuid, cancellationToken);
        return done.User is null
            ? Problem.Wrong("password", "bad_password", done.Error) : ClientResults.EmptyObject;
    }

    /// <summary>Offers an authenticator.</summary>
    public static async Task<IResult> OfferTotpAsync(
        CurrentUser user, HawserDb db, AccountRules rules, SettingsStore settings, CancellationToken cancellationToken)
    {
        if (!rules.Policy.AllowAuthenticator) return FactorPolicy.Off;
        var row = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        var offer = rules.OfferTotp(row, settings.Get(AccountSettings.Key).Issuer);
        return ClientResults.Json(
            new SignIn.TotpQuestion(offer.Offer, offer.Secret, offer.Uri),
            SignIn.ConsoleSignInJson.Default.TotpQuestion);
    }

    /// <summary>Takes its first code.</summary>
    public static async Task<IResult> ConfirmTotpAsync(
        HttpContext context, CurrentUser user, AccountRules rules, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.TotpAnswer);
        if (body.Value is not { } answer) return body.Error!;
        if (!rules.Policy.AllowAuthenticator) return FactorPolicy.Off;
        var (codes, error) = await rules.ConfirmTotpAsync(
            user.Guid, answer.Offer ?? "", answer.Code ?? "", cancellationToken);
        return error.Length > 0
            ? Problem.Wrong("code", "wrong_code", error)
            : ClientResults.Json(new CodesReply(codes), AccountJson.Default.CodesReply);
    }

    /// <summary>Makes other recovery codes.</summary>
    public static async Task<IResult> RenewCodesAsync(
        CurrentUser user, AccountRules rules, CancellationToken cancellationToken)
    {
        if (rules.Policy is not { AllowAuthenticator: true, AllowRecoveryCodes: true }) return FactorPolicy.Off;
        var (codes, error) = await rules.RenewRecoveryCodesAsync(user.Guid, cancellationToken);
        return error.Length > 0
            ? new Problem(409, "no_authenticator", error)
            : ClientResults.Json(new CodesReply(codes), AccountJson.Default.CodesReply);
    }
}
