using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Console.SignIn;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.Account;

/// <summary>
/// <c>POST /api/console/step-up</c>: the person at the console proves again who it is. The session is replaced by a
/// new one, whose age begins now.
/// </summary>
internal static class StepUpEndpoint
{
    internal const string Purpose = "step-up";

    /// <summary>What to ask the browser's authenticator.</summary>
    public static async Task<IResult> AskAsync(
        HttpContext context, CurrentUser user, UserDesk users, IPasskeyHandler<User> passkeys, PasskeyStates states)
    {
        var row = await users.FindByIdAsync(user.Guid.ToString());
        var question = await passkeys.MakeRequestOptionsAsync(row, context);
        return PasskeySignIn.Question(
            states.Seal(Purpose, question.AssertionState ?? ""), question.RequestOptionsJson);
    }

    /// <summary>Takes the proof.</summary>
    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, Proofs proofs, TokenDesk desk, ConsoleSessions sessions,
        LoginThrottle throttle, SignInLog signIns, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, AccountJson.Default.StepUpBody);
        if (body.Value is not { } proof) return body.Error!;
        if (user.Kind != TokenKind.Console) return Problem.NotFound("thing");
        if (throttle.TryBegin(user.Name, context.Connection.RemoteIpAddress, out var wait) is not { } attempt)
        {
            return new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
        }

        try
        {
            if (!await proofs.IsRightAsync(context, db, user.Guid, proof, cancellationToken))
            {
                var row = await db.Users.FindAsync([user.Guid], cancellationToken);
                await signIns.FailedAsync(
                    row, "wrong_step_up", ConsoleSessions.Device(context).Name,
                    context.Connection.RemoteIpAddress, cancellationToken);
                return Problem.Wrong("password", "wrong_credentials", "That is not right.");
            }
        }
        catch (PasswordBusyException busy)
        {
            attempt.Withdraw();
            return new Problem(429, "busy", busy.Message) { RetryAfter = 3 };
        }

        attempt.Succeed();
        var before = await db.AccessTokens.AsNoTracking()
            .FirstOrDefaultAsync(t => t.Guid == user.TokenGuid, cancellationToken);
        if (before is null) return SignInEndpoints.Expired;
        var next = new AccessToken
        {
            Kind = TokenKind.Console, UserGuid = user.Guid, DeviceUuid = before.DeviceUuid,
            DeviceOs = before.DeviceOs, DeviceType = before.DeviceType, DeviceName = before.DeviceName,
            LastAddress = context.Connection.RemoteIpAddress?.ToString() ?? "",
        };
        var token = desk.Issue(db, next);
        await db.SaveChangesAsync(cancellationToken);
        // It is the same person at the same desk: connections that he has open go on.
        await db.ViewerTickets.Where(t => t.SessionGuid == before.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.SessionGuid, next.Guid), cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return SignInEndpoints.Json(new SignInStep("done"));
    }
}

/// <summary>Whether somebody has proved to be a user.</summary>
internal sealed class Proofs(
    PasswordWork passwords, SecondFactor second, IPasskeyHandler<User> passkeys, UserDesk users, PasskeyStates states,
    SettingsStore settings)
{
    /// <summary>A password; or, for who has none, a code of the authenticator; or a passkey.</summary>
    public async Task<bool> IsRightAsync(
        HttpContext context, HawserDb db, Guid guid, StepUpBody proof, CancellationToken cancellationToken)
    {
        if (proof.State is { Length: > 0 })
        {
            if (!settings.Get(AccountSettings.Key).AllowPasskeys) return false;
            var state = states.Open(StepUpEndpoint.Purpose, proof.State);
            var owner = await PasskeySignIn.VerifyAsync(context, passkeys, users, state, proof.Credential);
            return owner?.Guid == guid;
        }

        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Guid == guid, cancellationToken);
        if (user is null) return false;
        if (user.PasswordHash is { } hash)
        {
            return proof.Password is { Length: > 0 and <= PasswordPolicy.MaximumLength } password
                && await passwords.VerifyAsync(hash, password, cancellationToken);
        }

        return user.TotpEnabled && await second.CheckTotpAsync(db, user, proof.Code ?? "", cancellationToken);
    }
}
