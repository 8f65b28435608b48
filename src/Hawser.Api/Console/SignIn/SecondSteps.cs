using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// The second step as the page shows it: which ways the account has, and a change from one to another. Whoever asks has
/// shown the password (or comes from a provider) and holds the handle of a step on this very browser.
/// </summary>
internal sealed class SecondSteps(
    SecondFactor second, ConsoleSessions sessions, SettingsStore settings, Outbox outbox, TimeProvider time)
{
    /// <summary>How long somebody waits before a code is sent once more.</summary>
    internal static readonly TimeSpan Apart = TimeSpan.FromSeconds(30);

    /// <summary>A step of a sign-in as the page reads it; the last one gives the browser its session.</summary>
    public async Task<IResult> AnswerAsync(
        HttpContext context, HawserDb db, LoginOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Reply is not { } reply) return SignInEndpoints.Refusal(outcome);
        if (reply.AccessToken is { Length: > 0 } token)
        {
            await sessions.BeginAsync(context, token, cancellationToken);
            return SignInEndpoints.Json(new SignInStep("done"));
        }

        var name = reply.TfaType switch
        {
            "tfa_check" => "totp",
            "sms_check" => "sms",
            SecondFactor.EnrolmentType => "enrolment",
            LoginRules.ChoiceType => "choice",
            _ => "email",
        };
        var step = new SignInStep(name) { Handle = reply.Secret, Hint = reply.User.Email };
        if (name is "enrolment" or "choice") return SignInEndpoints.Json(step);
        var (_, user) = await FindAsync(db, reply.Secret, cancellationToken);
        var days = settings.Get(AccountSettings.Key).TrustedDeviceDays;
        return SignInEndpoints.Json(step with
        {
            Ways = user is null ? [] : await WaysAsync(db, user, cancellationToken),
            RememberDays = name != "totp" && days > 0 ? days : null,
        });
    }

    /// <summary>Sends a code, to a step that waits for another one or for the same once more.</summary>
    public async Task<IResult> AnotherAsync(
        HttpContext context, HawserDb db, string? handle, string? way, CancellationToken cancellationToken)
    {
        var (challenge, user) = await FindAsync(db, handle, cancellationToken);
        var device = ConsoleSessions.Device(context);
        if (challenge is null or { Kind: ChallengeKind.Enrolment } || user is null
            || challenge.DeviceUuid != device.Uuid || challenge.Attempts >= SecondFactor.MaximumAttempts)
        {
            return SignInEndpoints.Expired;
        }

        if (way is not ("email" or "sms")
            || !(await WaysAsync(db, user, cancellationToken)).Contains(way, StringComparer.Ordinal))
        {
            return Problem.Wrong("way", "no_such_way", "The account has no such way.");
        }

        var kind = way == "email" ? ChallengeKind.Email : ChallengeKind.Sms;
        var now = time.GetUtcNow().UtcDateTime;
        var last = await db.LoginChallenges.Where(c => c.UserGuid == user.Guid && c.Kind == kind)
            .MaxAsync(c => (DateTime?)c.CreatedAt, cancellationToken);
        if (last + Apart - now is { Ticks: > 0 } wait)
        {
            return new Problem(429, "slow_down", "A code was sent just now, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
        }

        var outcome = await second.ChallengeAsync(
            db, user, device with { IsConsole = true }, kind, cancellationToken);
        if (outcome.Reply is not null && challenge.Kind == kind)
        {
            // The code before is void; its row stays, because it counts among those that were sent.
            await db.LoginChallenges.Where(c => c.Guid == challenge.Guid).ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Attempts, SecondFactor.MaximumAttempts), cancellationToken);
        }

        return await AnswerAsync(context, db, outcome, cancellationToken);
    }

    private async Task<(LoginChallenge? Challenge, User? User)> FindAsync(
        HawserDb db, string? handle, CancellationToken cancellationToken)
    {
        var challenge = await second.FindAsync(db, handle, cancellationToken);
        return (challenge, challenge is null ? null : await db.Users.AsNoTracking().FirstOrDefaultAsync(
            u => u.Guid == challenge.UserGuid && u.Status == UserStatus.Normal, cancellationToken));
    }

    // A code that is sent is no way round an authenticator that an administrator demands.
    private async Task<IReadOnlyList<string>> WaysAsync(HawserDb db, User user, CancellationToken cancellationToken)
    {
        var policy = settings.Get(AccountSettings.Key);
        var hasTotp = policy.AllowAuthenticator && user.TotpEnabled && user.TotpSecret is not null;
        var mayBeSent = (policy.SentCodesSuffice && !user.TotpEnforced)
            || !FactorPolicy.Demands(user, policy, time.GetUtcNow().UtcDateTime);
        var hasPasskey = policy.AllowPasskeys
            && await db.Passkeys.AnyAsync(p => p.UserGuid == user.Guid, cancellationToken);
        (string Way, bool Has)[] ways =
        [
            ("totp", hasTotp),
            ("recovery", hasTotp && policy.AllowRecoveryCodes && user.RecoveryCodes.Length > 0),
            ("email", mayBeSent && policy.AllowEmailCodes && user is { EmailLogin: true, Email.Length: > 0 }
                && outbox.CanSend(Outbox.Email)),
            ("sms", mayBeSent && policy.AllowSmsCodes && user is { SmsLogin: true, Phone.Length: > 0 }
                && outbox.CanSend(Outbox.Sms)),
            ("passkey", hasPasskey),
        ];
        return [.. ways.Where(w => w.Has).Select(w => w.Way)];
    }
}
