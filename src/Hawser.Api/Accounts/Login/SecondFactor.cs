using System.Globalization;
using System.Security.Cryptography;
using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// The second step of a login: whether one is needed, its challenge, and the check of what was typed. An authenticator
/// is asked each time; a mailed or texted code only on devices that are not trusted yet.
/// </summary>
internal sealed class SecondFactor(SettingsStore settings, Outbox outbox, Secrets secrets, TimeProvider time)
{
    /// <summary>How long a challenge can be answered.</summary>
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Wrong codes that one challenge bears.</summary>
    internal const int MaximumAttempts = 5;

    /// <summary>What the console is told when an authenticator must be set up first; clients never are.</summary>
    internal const string EnrolmentType = "enrolment";

    /// <summary>Codes for one person that are valid at once.</summary>
    internal const int MaximumCodes = 5;

    /// <summary>Makes a challenge when one is needed, and saves.</summary>
    /// <returns>Null when the first step is enough; else the answer with the challenge, or why there is none.</returns>
    public async Task<LoginOutcome?> DemandAsync(
        HawserDb db, User user, LoginDevice device, CancellationToken cancellationToken)
    {
        var policy = settings.Get(AccountSettings.Key);
        if (policy.AllowAuthenticator && user.TotpEnabled && user.TotpSecret is not null)
        {
            return await ChallengeAsync(db, user, device, ChallengeKind.Totp, cancellationToken);
        }

        var mail = policy.AllowEmailCodes && user.EmailLogin && user.Email.Length > 0;
        var text = policy.AllowSmsCodes && user.SmsLogin && user.Phone.Length > 0;
        var suffices = (mail || text) && policy.SentCodesSuffice && !user.TotpEnforced;
        if (!suffices && FactorPolicy.Demands(user, policy, Now))
        {
            if (!policy.AllowAuthenticator)
            {
                return LoginOutcome.Refused(
                    "A second factor is demanded of your account that is switched off: please tell your "
                    + "administrator.", code: "no_factor_left");
            }

            if (device.IsConsole)
            {
                return await ChallengeAsync(db, user, device, ChallengeKind.Enrolment, cancellationToken);
            }

            var console = settings.Get(SignInSettings.Key).PublicUrls is [var first, ..] ? $" ({first})" : "";
            return LoginOutcome.Refused(
                $"Your administrator asks for an authenticator: set one up in the console{console} first, then log in "
                + "here.");
        }

        if (!mail && !text) return null;
        if (await IsTrustedAsync(db, user, device, cancellationToken)) return null;
        var kind = mail ? ChallengeKind.Email : ChallengeKind.Sms;
        if (!outbox.CanSend(mail ? Outbox.Email : Outbox.Sms))
        {
            return LoginOutcome.Refused("The server can't send codes at the moment, please tell your administrator.");
        }

        return await ChallengeAsync(db, user, device, kind, cancellationToken);
    }

    /// <summary>Finds the challenge of a handle; null when there is none that is valid now.</summary>
    public async Task<LoginChallenge?> FindAsync(HawserDb db, string? handle, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(handle) || handle.Length > 128) return null;
        var hash = Secrets.Hash(handle);
        var now = Now;
        return await db.LoginChallenges.AsNoTracking()
            .FirstOrDefaultAsync(
                c => c.SecretHash == hash && c.ExpiresAt > now && c.Kind != ChallengeKind.Invitation
                    && c.Kind != ChallengeKind.Mailbox && c.Kind != ChallengeKind.Forgotten
                    && c.Kind != ChallengeKind.Registration,
                cancellationToken);
    }

    /// <summary>Checks a code; counts the attempt first, so that many at once are no more than few.</summary>
    public async Task<bool> CheckAsync(
        HawserDb db, LoginChallenge challenge, User user, string handle, string code,
        CancellationToken cancellationToken)
    {
        var counted = await db.LoginChallenges
            .Where(c => c.Guid == challenge.Guid && c.Attempts < MaximumAttempts)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Attempts, c => c.Attempts + 1), cancellationToken);
        if (counted == 0 || challenge.Kind == ChallengeKind.Enrolment) return false;
        // Switched off since it was asked for.
        if (!FactorPolicy.Allows(settings.Get(AccountSettings.Key), challenge.Kind)) return false;
        var right = challenge.Kind == ChallengeKind.Totp
            ? await CheckTotpAsync(db, user, code, cancellationToken)
            : CryptographicOperations.FixedTimeEquals(challenge.CodeHash, CodeHash(handle, code));
        // Used once, also when two answers arrive together.
        return right && await db.LoginChallenges.Where(c => c.Guid == challenge.Guid)
            .ExecuteDeleteAsync(cancellationToken) == 1;
    }

    /// <summary>Whether this is a fresh code of the user's authenticator, or an unused recovery code.</summary>
    public async Task<bool> CheckTotpAsync(HawserDb db, User user, string code, CancellationToken cancellationToken)
    {
        code = code.Trim();
        var policy = settings.Get(AccountSettings.Key);
        if (!policy.AllowAuthenticator || (code.Length != 6 && !policy.AllowRecoveryCodes)) return false;
        if (code.Length != 6) return await UseRecoveryCodeAsync(db, user, code, cancellationToken);
        if (user.TotpSecret is null || secrets.Unprotect(user.TotpSecret) is not { Length: > 0 } secret) return false;
        if (AuthenticatorCode.FindStep(secret, code, time.GetUtcNow(), user.TotpLastStep) is not { } step) return false;
        return await db.Users.Where(u => u.Guid == user.Guid && u.TotpLastStep < step)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.TotpLastStep, step), cancellationToken) == 1;
    }

    /// <summary>Notes that a mailed or texted code was right on this device; the caller saves.</summary>
    public async Task TrustAsync(HawserDb db, User user, LoginDevice device, CancellationToken cancellationToken)
    {
        var days = settings.Get(AccountSettings.Key).TrustedDeviceDays;
        if (days <= 0 || device.Uuid.Length == 0) return;
        var row = await db.TrustedDevices.FirstOrDefaultAsync(
            t => t.UserGuid == user.Guid && t.DeviceUuid == device.Uuid, cancellationToken);
        if (row is null)
        {
            row = new TrustedDevice { UserGuid = user.Guid, DeviceUuid = device.Uuid, CreatedAt = Now };
            db.TrustedDevices.Add(row);
        }

        (row.DeviceId, row.Os, row.Type, row.Name) = (device.Id, device.Os, device.Type, device.Name);
        row.ExpiresAt = Now.AddDays(days);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<bool> IsTrustedAsync(
        HawserDb db, User user, LoginDevice device, CancellationToken cancellationToken)
    {
        if (device.Uuid.Length == 0 || settings.Get(AccountSettings.Key).TrustedDeviceDays <= 0) return false;
        var now = Now;
        return await db.TrustedDevices.AnyAsync(
            t => t.UserGuid == user.Guid && t.DeviceUuid == device.Uuid && t.DeviceId == device.Id && t.ExpiresAt > now,
            cancellationToken);
    }

    /// <summary>Makes a challenge of a kind and sends what belongs to it; saves.</summary>
    internal async Task<LoginOutcome> ChallengeAsync(
        HawserDb db, User user, LoginDevice device, ChallengeKind kind, CancellationToken cancellationToken)
    {
        var now = Now;
        var handle = Secrets.NewHandle();
        var challenge = new LoginChallenge
        {
            SecretHash = Secrets.Hash(handle), UserGuid = user.Guid, Kind = kind, DeviceId = device.Id,
            DeviceUuid = device.Uuid, CreatedAt = now, ExpiresAt = now + Lifetime,
        };
        var isSent = kind is ChallengeKind.Email or ChallengeKind.Sms;
        if (isSent)
        {
            // Who knows the password must not be able to fill somebody's mailbox.
            var recent = await db.LoginChallenges.CountAsync(
                c => c.UserGuid == user.Guid && c.Kind == kind && c.ExpiresAt > now, cancellationToken);
            if (recent >= MaximumCodes)
            {
                return LoginOutcome.Refused("Too many codes were sent, please try again in ten minutes.", 429);
            }

            challenge.CodeHash = CodeHash(handle, Send(db, user, device, kind));
        }

        db.LoginChallenges.Add(challenge);
        await db.SaveChangesAsync(cancellationToken);
        if (isSent) outbox.Wake();
        var hint = kind switch
        {
            ChallengeKind.Email => MaskMail(user.Email),
            ChallengeKind.Sms => MaskNumber(user.Phone),
            _ => "",
        };
        return new LoginOutcome(
            new LoginReply
            {
                Type = "email_check",
                TfaType = kind switch
                {
                    ChallengeKind.Totp => "tfa_check",
                    ChallengeKind.Enrolment => EnrolmentType,
                    ChallengeKind.Sms when device.IsConsole => "sms_check",
                    _ => "email_check",
                },
                Secret = handle,
                User = UserObject.Hint(user.Name, hint),
            },
            "");
    }

    private string Send(HawserDb db, User user, LoginDevice device, ChallengeKind kind)
    {
        var code = NewCode();
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["code"] = code,
            ["name"] = user.DisplayName.Length > 0 ? user.DisplayName : user.Name,
            ["device"] = device.Title,
        };
        var mail = kind == ChallengeKind.Email;
        outbox.Add(db, mail ? Outbox.Email : Outbox.Sms, mail ? user.Email : user.Phone, Notice.LoginCode, values);
        return code;
    }

    private static async Task<bool> UseRecoveryCodeAsync(
        HawserDb db, User user, string code, CancellationToken cancellationToken)
    {
        if (RecoveryCodes.Without(user.RecoveryCodes, code) is not { } left) return false;
        return await db.Users.Where(u => u.Guid == user.Guid && u.RecoveryCodes == user.RecoveryCodes)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.RecoveryCodes, left), cancellationToken) == 1;
    }

    // The client's dialog takes exactly six characters.
    internal static string NewCode() =>
        RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);

    // With the handle, which is not stored: a million codes alone are soon tried on a stolen table.
    internal static byte[] CodeHash(string handle, string code) => Secrets.Hash(handle + ":" + code.Trim());

    internal static string MaskMail(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        return at <= 0 ? "***" : email[..1] + "***" + email[at..];
    }

    private static string MaskNumber(string phone) => phone.Length < 6 ? "***" : phone[..3] + "***" + phone[^2..];
}
