using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Console.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>
/// What makes the own account safer or less safe. Who takes a second factor away shows it first: a desk that somebody
/// left is not enough.
/// </summary>
internal static class FactorEndpoints
{
    /// <summary>Switches the authenticator off against one of its codes, unless one is demanded.</summary>
    public static async Task<IResult> RemoveTotpAsync(
        HttpContext context, CurrentUser user, HawserDb db, SecondFactor second, UserDesk users,
        LoginThrottle throttle, AccountEvents events, SettingsStore settings, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.FactorCode);
        if (body.Value is not { } answer) return body.Error!;
        if (await db.Users.FindAsync([user.Guid], cancellationToken) is not { } row) return Problem.NotFound("thing");
        if (!row.TotpEnabled) return Problem.Conflict("There is no authenticator.", "no_authenticator");
        if (FactorPolicy.DueAt(row, settings.Get(AccountSettings.Key)) is not null)
        {
            return Problem.Conflict("An administrator demands an authenticator for this account.", "enforced");
        }

        if (throttle.TryBegin(user.Name, context.Connection.RemoteIpAddress, out var wait) is not { } attempt)
        {
            return new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
        }

        // Where authenticators are switched off, its codes count for nothing.
        if (settings.Get(AccountSettings.Key).AllowAuthenticator
            && !await second.CheckTotpAsync(db, row, answer.Code ?? "", cancellationToken))
        {
            return Problem.Wrong("code", "wrong_code", "That is not the code.");
        }

        attempt.Succeed();
        (row.TotpSecret, row.TotpEnabled, row.TotpLastStep, row.RecoveryCodes) = (null, false, 0, "");
        row.TotpSince = null;
        row.SecurityStamp = Secrets.NewHandle();
        var saved = await users.UpdateAsync(row);
        if (!saved.Succeeded) return Problem.Conflict("Somebody else changed the account meanwhile.", "changed");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    /// <summary>Mails a code, for switching codes by mail on or off.</summary>
    public static async Task<IResult> AskMailboxAsync(
        HttpContext context, CurrentUser user, HawserDb db, MailboxProof mailbox, CancellationToken cancellationToken)
    {
        var row = await db.Users.AsNoTracking().FirstAsync(u => u.Guid == user.Guid, cancellationToken);
        var (handle, refusal) = await mailbox.AskAsync(
            db, row, ConsoleSessions.Device(context).Title, cancellationToken);
        return refusal is not null ? refusal : ClientResults.Json(
            new MailboxQuestion(handle, SecondFactor.MaskMail(row.Email)), AccountJson.Default.MailboxQuestion);
    }

    /// <summary>Switches codes by mail on or off, against a mailed code.</summary>
    public static async Task<IResult> EmailCodesAsync(
        HttpContext context, CurrentUser user, HawserDb db, MailboxProof mailbox, UserDesk users,
        AccountEvents events, SettingsStore settings, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.EmailCodesChange);
        if (body.Value is not { } wanted) return body.Error!;
        if (wanted.On is not { } on) return Problem.Wrong("on", "bad_value", "on is true or false.");
        if (on && !settings.Get(AccountSettings.Key).AllowEmailCodes) return FactorPolicy.Off;
        if (!await mailbox.IsRightAsync(db, user.Guid, wanted.Handle ?? "", wanted.Code ?? "", cancellationToken))
        {
            return Problem.Wrong("code", "wrong_code", "That is not the code.");
        }

        if (await db.Users.FindAsync([user.Guid], cancellationToken) is not { } row) return Problem.NotFound("thing");
        row.EmailLogin = on;
        var saved = await users.UpdateAsync(row);
        if (!saved.Succeeded) return Problem.Conflict("Somebody else changed the account meanwhile.", "changed");
        events.Changed(user.Guid);
        return ClientResults.EmptyObject;
    }

    /// <summary>Asks a browser or device for the mailed code again.</summary>
    public static async Task<IResult> DistrustAsync(
        Guid guid, CurrentUser user, AccountRules rules, CancellationToken cancellationToken) =>
        await rules.DistrustAsync(user.Guid, guid, cancellationToken)
            ? ClientResults.EmptyObject : Problem.NotFound("thing");
}
