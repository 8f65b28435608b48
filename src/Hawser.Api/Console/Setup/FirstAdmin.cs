using Hawser.Api.Http;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Console.SignIn;
using Hawser.Data;
using Hawser.Data.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Console.Setup;

/// <summary>
/// The first step of the setup: who can read the server's terminal, and so its setup code, becomes the administrator.
/// </summary>
internal static partial class FirstAdmin
{
    public static async Task<IResult> MakeAsync(
        HttpContext context, HawserDb db, AccountRules rules, LoginThrottle throttle, LoginCompletion completion,
        ConsoleSessions sessions, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, SetupJson.Default.FirstAdminBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (await db.Users.AnyAsync(u => u.IsAdmin, cancellationToken)) return Problem.NotFound("thing");
        var from = context.Connection.RemoteIpAddress;
        if (throttle.TryBegin("(setup)", from, out var wait) is not { } attempt)
        {
            return new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
        }

        if (!await SetupCode.IsValidAsync(db, wanted.Code ?? "", cancellationToken))
        {
            return Problem.Wrong("code", "wrong_setup_code", "That is not the setup code of this server.");
        }

        attempt.Withdraw();
        if (Complaint(wanted, rules.Policy) is { } complaint) return complaint;
        if (await ClaimAsync(db, cancellationToken) is not { } claimed) return Problem.NotFound("thing");
        AccountResult made;
        try
        {
            made = await rules.CreateAsync(
                new NewUser(wanted.Name!.Trim(), wanted.Password)
                {
                    IsAdmin = true,
                    Email = (wanted.Email ?? "").Trim(),
                },
                cancellationToken);
        }
        catch
        {
            await ReturnAsync(db, claimed);
            throw;
        }

        if (made.User is not { } user)
        {
            await ReturnAsync(db, claimed);
            return Problem.Wrong("name", "refused", made.Error);
        }

        Log.Made(logs.CreateLogger(typeof(FirstAdmin)), user.Name, from?.ToString() ?? "?");
        var token = await completion.CompleteAsync(
            db, user, ConsoleSessions.Device(context), from, cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return SignInEndpoints.Json(new SignInStep("done"));
    }

    private static Problem? Complaint(FirstAdminBody wanted, AccountSettings policy)
    {
        var name = (wanted.Name ?? "").Trim();
        if (AccountNames.Complaint(name) is { } aboutName) return Problem.Wrong("name", "bad_name", aboutName);
        if (AccountNames.EmailComplaint((wanted.Email ?? "").Trim()) is { } aboutMail)
        {
            return Problem.Wrong("email", "bad_email", aboutMail);
        }

        return PasswordPolicy.Complaint(name, wanted.Password ?? "", policy) is { } aboutPassword
            ? Problem.Wrong("password", "bad_password", aboutPassword) : null;
    }

    // Of two at once with the right code one becomes the administrator.
    private static async Task<Setting?> ClaimAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var row = await db.Settings.AsNoTracking()
            .FirstOrDefaultAsync(s => s.Key == SetupCode.Key, cancellationToken);
        return row is not null && await db.Settings.Where(s => s.Key == SetupCode.Key && s.Value == row.Value)
            .ExecuteDeleteAsync(cancellationToken) == 1 ? row : null;
    }

    // The code is still good when nobody was made with it.
    private static async Task ReturnAsync(HawserDb db, Setting code)
    {
        db.ChangeTracker.Clear();
        db.Settings.Add(code);
        await db.SaveChangesAsync(CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(6901, LogLevel.Information, "{User} became the first administrator from {Remote}")]
        internal static partial void Made(ILogger logger, string user, string remote);
    }
}
