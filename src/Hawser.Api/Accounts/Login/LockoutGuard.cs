using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Keeps who sets how people sign in from shutting the door behind everybody: the own address stays allowed, and one
/// administrator can still sign in.
/// </summary>
internal sealed class LockoutGuard(SettingsStore settings, Outbox outbox, TimeProvider time)
{
    private const int MostAdmins = 1000;

    /// <summary>As <see cref="SettingGuard"/>.</summary>
    public async Task<Problem?> CheckAsync(
        HttpContext context, HawserDb db, string name, JsonObject value, CancellationToken cancellationToken)
    {
        if (name != AccountSettings.Key.Name) return null;
        var next = SettingText.Completed(value, AccountSettings.Key.Usual)
            .Deserialize(AccountSettingsJson.Default.AccountSettings)!;
        var from = context.Connection.RemoteIpAddress;
        var before = settings.Get(AccountSettings.Key).SignInAddresses;
        if (!next.SignInAddresses.SequenceEqual(before, StringComparer.Ordinal)
            && !AddressNetworks.Of(next.SignInAddresses).Allows(from))
        {
            var own = from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from;
            return Problem.Wrong(
                "sign_in_addresses", "own_address_out", $"Your own address {own} is not among them.");
        }

        if (await AnybodyGetsInAsync(db, next, cancellationToken)
            || !await AnybodyGetsInAsync(db, settings.Get(AccountSettings.Key), cancellationToken))
        {
            // Scripts alone may run a server, with administrators who have nothing to sign in with.
            return null;
        }

        return Problem.Conflict(
            "No administrator could sign in any more: those there are have nothing but what is switched off.",
            "no_admin_left");
    }

    private async Task<bool> AnybodyGetsInAsync(
        HawserDb db, AccountSettings policy, CancellationToken cancellationToken)
    {
        var admins = await db.Users.AsNoTracking().Where(u => u.IsAdmin && u.Status == UserStatus.Normal)
            .OrderBy(u => u.Guid).Take(MostAdmins).ToListAsync(cancellationToken);
        var guids = admins.ConvertAll(u => u.Guid);
        var withPasskey = policy.AllowPasskeys
            ? await db.Passkeys.Where(p => guids.Contains(p.UserGuid)).Select(p => p.UserGuid).Distinct()
                .ToListAsync(cancellationToken) : [];
        var outside = await db.ExternalLogins.Where(l => guids.Contains(l.UserGuid)).Select(l => l.UserGuid).Distinct()
            .ToListAsync(cancellationToken);
        return admins.Exists(u => withPasskey.Contains(u.Guid)
            || ((u.PasswordHash is not null || u.Origin.Length > 0 || outside.Contains(u.Guid)) && Passes(u, policy)));
    }

    // Whether somebody who has shown the password gets any further.
    private bool Passes(User user, AccountSettings policy)
    {
        if (policy.AllowAuthenticator) return true;
        var mail = policy.AllowEmailCodes && user.EmailLogin && user.Email.Length > 0;
        var text = policy.AllowSmsCodes && user.SmsLogin && user.Phone.Length > 0;
        if (mail || text)
        {
            var suffices = policy.SentCodesSuffice && !user.TotpEnforced;
            return (suffices || !FactorPolicy.Demands(user, policy, time.GetUtcNow().UtcDateTime))
                && outbox.CanSend(mail ? Outbox.Email : Outbox.Sms);
        }

        // With days of grace, too: they end.
        return FactorPolicy.DueAt(user, policy) is null;
    }
}
