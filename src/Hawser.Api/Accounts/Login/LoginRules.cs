using System.Globalization;
using System.Net;
using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Audit;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Accounts.Login;

/// <summary>
/// Logging in with a name and a password (reference §4). Wrong passwords and unknown names get the same answer after
/// the same work.
/// </summary>
internal sealed partial class LoginRules(
    PasswordWork passwords, SecondFactor second, LoginCompletion completion, LoginThrottle throttle, LoginAlarms alarms,
    SignInLog signIns, Invitations invitations, IEnumerable<ExternalPasswordCheck> directories, TimeProvider time,
    ILogger<LoginRules> log)
{
    /// <summary>What the console is told when a password was for the first sign-in only; clients never are.</summary>
    internal const string ChoiceType = "first_password";

    /// <summary>The text that clients translate (§2.3).</summary>
    internal const string Wrong = "Wrong credentials";

    private const string Expired = "The login has expired, please start again.";
    private const int MaximumPassword = 1024;

    /// <summary>Either step.</summary>
    /// <exception cref="PasswordBusyException">Too many log in at the same moment.</exception>
    public Task<LoginOutcome> LoginAsync(
        HawserDb db, LoginRequest request, IPAddress? from, CancellationToken cancellationToken) => request.Type switch
    {
        null or "" or "account" => FirstStepAsync(db, request, from, cancellationToken),
        "email_code" or "tfa_code" => SecondStepAsync(db, request, from, cancellationToken),
        _ => Task.FromResult(LoginOutcome.Refused("This way of logging in is not offered here.", 400)),
    };

    private async Task<LoginOutcome> FirstStepAsync(
        HawserDb db, LoginRequest request, IPAddress? from, CancellationToken cancellationToken)
    {
        var name = (request.Username ?? "").Trim();
        var device = request.Device;
        if (throttle.TryBegin(name, from, out var wait) is not { } attempt)
        {
            await AlarmAsync(db, name, null, device, from, cancellationToken);
            return Slow(wait);
        }

        Known known;
        try
        {
            known = await FindAsync(db, name, request.Password ?? "", cancellationToken);
        }
        catch
        {
            attempt.Withdraw();
            throw;
        }

        if (known.Refusal.Length > 0)
        {
            attempt.Withdraw();
            return LoginOutcome.Refused(known.Refusal, code: "refused");
        }

        if (!known.Right || known.User is null)
        {
            Log.Failed(log, known.User?.Name ?? "(unknown)", from, device.Id);
            await FailedAsync(known.User, "wrong_credentials", device, from, cancellationToken);
            await AlarmAsync(db, name, known.User?.Guid, device, from, cancellationToken);
            return LoginOutcome.Refused(Wrong, code: "wrong_credentials");
        }

        return await AfterPasswordAsync(db, known.User, device, from, attempt, cancellationToken);
    }

    private async Task<LoginOutcome> AfterPasswordAsync(
        HawserDb db, User user, LoginDevice device, IPAddress? from, LoginThrottle.Attempt attempt,
        CancellationToken cancellationToken)
    {
        if (device.IsConsole && invitations.MayChoose(user))
        {
            attempt.Withdraw();
            var handle = await invitations.OpenAsync(db, user, SecondFactor.Lifetime, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return new(
                new LoginReply
                {
                    Type = "email_check", TfaType = ChoiceType, Secret = handle, User = UserObject.Of(user),
                },
                "");
        }

        if (Complaint(user) is { } complaint)
        {
            attempt.Withdraw();
            await FailedAsync(user, complaint.Code, device, from, cancellationToken);
            return complaint;
        }

        if (await second.DemandAsync(db, user, device, cancellationToken) is { } demand)
        {
            attempt.Withdraw();
            return demand;
        }

        return await DoneAsync(db, user, device, from, attempt, cancellationToken);
    }

    private async Task<LoginOutcome> SecondStepAsync(
        HawserDb db, LoginRequest request, IPAddress? from, CancellationToken cancellationToken)
    {
        var challenge = await second.FindAsync(db, request.Secret, cancellationToken);
        var user = challenge is null ? null : await db.Users.AsNoTracking()
            .FirstOrDefaultAsync(u => u.Guid == challenge.UserGuid, cancellationToken);
        var device = request.Device;
        if (challenge is null || user is null || !IsOf(request, challenge, user))
        {
            return LoginOutcome.Refused(Expired, code: "expired");
        }

        if (throttle.TryBegin(user.Name, from, out var wait) is not { } attempt)
        {
            await AlarmAsync(db, user.Name, user.Guid, device, from, cancellationToken);
            return Slow(wait);
        }

        if (Complaint(user) is { } complaint)
        {
            attempt.Withdraw();
            return complaint;
        }

        if (challenge.Attempts >= SecondFactor.MaximumAttempts) return LoginOutcome.Refused(Expired, code: "expired");
        var code = !string.IsNullOrWhiteSpace(request.TfaCode) ? request.TfaCode : request.VerificationCode ?? "";
        if (!await second.CheckAsync(db, challenge, user, request.Secret!, code, cancellationToken))
        {
            Log.WrongCode(log, user.Name, from, device.Id);
            await FailedAsync(user, "wrong_code", device, from, cancellationToken);
            await AlarmAsync(db, user.Name, user.Guid, device, from, cancellationToken);
            return LoginOutcome.Refused("Wrong code, please try again.", code: "wrong_code");
        }

        if (request.Remember && challenge.Kind is (ChallengeKind.Email or ChallengeKind.Sms))
        {
            await second.TrustAsync(db, user, device, cancellationToken);
        }

        return await DoneAsync(db, user, device, from, attempt, cancellationToken);
    }

    private async Task<LoginOutcome> DoneAsync(
        HawserDb db, User user, LoginDevice device, IPAddress? from, LoginThrottle.Attempt attempt,
        CancellationToken cancellationToken)
    {
        var token = await completion.CompleteAsync(db, user, device, from, cancellationToken);
        await completion.AssignDeviceAsync(db, user, device, cancellationToken);
        attempt.Succeed();
        alarms.Clear(user.Name);
        Log.LoggedIn(log, user.Name, from, device.Id);
        return new(new LoginReply { Type = "access_token", AccessToken = token, User = UserObject.Of(user) }, "");
    }

    /// <summary>Whose password it is. The slow work is done once on every path.</summary>
    private async Task<Known> FindAsync(HawserDb db, string name, string password, CancellationToken cancellationToken)
    {
        var user = await AccountNames.FindAsync(db, name, cancellationToken);
        var tooLong = password.Length is 0 or > MaximumPassword;
        var hash = tooLong ? null : user?.PasswordHash;
        var right = await passwords.VerifyAsync(hash, tooLong ? "" : password, cancellationToken);
        if (right)
        {
            if (passwords.IsOutdated(hash!)) await RehashAsync(db, user!, password, cancellationToken);
            return new Known(user, true, "");
        }

        if (tooLong || name.Length == 0 || user?.PasswordHash is not null) return new Known(user, false, "");
        foreach (var directory in directories)
        {
            var answer = await directory(db, name, password, cancellationToken);
            if (answer.Refusal.Length > 0) return new Known(user, false, answer.Refusal);
            if (answer.User is not { } guid) continue;
            var admitted = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Guid == guid, cancellationToken);
            return new Known(admitted, admitted is not null, "");
        }

        return new Known(user, false, "");
    }

    private async Task RehashAsync(HawserDb db, User user, string password, CancellationToken cancellationToken)
    {
        var (old, hash) = (user.PasswordHash, await passwords.HashAsync(password, cancellationToken));
        await db.Users.Where(u => u.Guid == user.Guid && u.PasswordHash == old)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.PasswordHash, hash), cancellationToken);
    }

    // Only who knows the password hears of it.
    private LoginOutcome? Complaint(User user)
    {
        if (user.Status == UserStatus.Disabled)
        {
            return LoginOutcome.Refused("Your account is disabled.", code: "account_disabled");
        }

        if (user.Status == UserStatus.Unverified)
        {
            return LoginOutcome.Refused(
                "Your account is not confirmed yet: open the link in the invitation first.",
                code: "account_unverified");
        }

        var wait = (user.LockoutEnd ?? DateTime.MinValue) - time.GetUtcNow().UtcDateTime;
        return wait <= TimeSpan.Zero ? null
            : LoginOutcome.Refused("Your account is locked, please try again later.", code: "account_locked") with
            {
                Wait = wait,
            };
    }

    private static bool IsOf(LoginRequest request, LoginChallenge challenge, User user)
    {
        // The challenge's user.name is echoed; the id may have changed meanwhile, the machine has not.
        var named = string.IsNullOrEmpty(request.Username)
            || string.Equals(request.Username.Trim(), user.Name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(request.Username.Trim(), user.Email, StringComparison.OrdinalIgnoreCase);
        return named && string.Equals(request.Device.Uuid, challenge.DeviceUuid, StringComparison.Ordinal);
    }

    private async Task AlarmAsync(
        HawserDb db, string name, Guid? user, LoginDevice device, IPAddress? from, CancellationToken cancellationToken)
    {
        var due = alarms.Count(name, device, from);
        if (due.Count > 0) user ??= (await AccountNames.FindAsync(db, name, cancellationToken))?.Guid;
        foreach (var alarm in due) alarm.UserGuid = user;
        await alarms.StoreAsync(db, due, cancellationToken);
    }

    // Sign-ins of clients are no operations of the console; their alarms and their log line tell of them.
    private Task FailedAsync(
        User? user, string reason, LoginDevice device, IPAddress? from, CancellationToken cancellationToken) =>
        device.IsConsole ? signIns.FailedAsync(user, reason, device.Name, from, cancellationToken)
            : Task.CompletedTask;

    private static LoginOutcome Slow(TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        var text = string.Create(
            CultureInfo.InvariantCulture, $"Too many attempts, please try again in {seconds} seconds.");
        return LoginOutcome.Refused(text, 429, "slow_down") with { Wait = wait };
    }

    private readonly record struct Known(User? User, bool Right, string Refusal);

    private static partial class Log
    {
        [LoggerMessage(6020, LogLevel.Information, "{User} logged in from {Remote} on {PeerId}")]
        internal static partial void LoggedIn(ILogger logger, string user, IPAddress? remote, string peerId);

        // The name that was typed is not written: people type passwords there.
        [LoggerMessage(6021, LogLevel.Information, "A login as {User} from {Remote} on {PeerId} failed")]
        internal static partial void Failed(ILogger logger, string user, IPAddress? remote, string peerId);

        [LoggerMessage(6022, LogLevel.Information, "A wrong code for {User} from {Remote} on {PeerId}")]
        internal static partial void WrongCode(ILogger logger, string user, IPAddress? remote, string peerId);
    }
}
