using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// Signing in with a passkey: nothing is typed. The browser's authenticator verifies its user, so it is both factors.
/// </summary>
internal static class PasskeySignIn
{
    internal const string Purpose = "sign-in";

    /// <summary>What to ask the browser.</summary>
    public static async Task<IResult> AskAsync(
        HttpContext context, IPasskeyHandler<User> passkeys, PasskeyStates states, SettingsStore settings)
    {
        if (!settings.Get(AccountSettings.Key).AllowPasskeys) return FactorPolicy.Off;
        var question = await passkeys.MakeRequestOptionsAsync(null, context);
        return Question(states.Seal(Purpose, question.AssertionState ?? ""), question.RequestOptionsJson);
    }

    /// <summary>What it answered.</summary>
    public static async Task<IResult> AnswerAsync(
        HttpContext context, HawserDb db, IPasskeyHandler<User> passkeys, UserDesk users, PasskeyStates states,
        LoginCompletion completion, LoginThrottle throttle, ConsoleSessions sessions, SignInLog signIns,
        SettingsStore settings, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.PasskeyBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (!settings.Get(AccountSettings.Key).AllowPasskeys) return FactorPolicy.Off;
        var from = context.Connection.RemoteIpAddress;
        if (throttle.TryBegin("(passkey)", from, out var wait) is not { } attempt)
        {
            return new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
        }

        var user = await VerifyAsync(context, passkeys, users, states.Open(Purpose, wanted.State), wanted.Credential);
        if (user is null)
        {
            await signIns.FailedAsync(
                null, "wrong_passkey", ConsoleSessions.Device(context).Name, from, cancellationToken);
            return Unknown;
        }

        attempt.Withdraw();
        if (user.Status != UserStatus.Normal)
        {
            await signIns.FailedAsync(
                user, "account_disabled", ConsoleSessions.Device(context).Name, from, cancellationToken);
            return new Problem(422, "account_disabled", "Your account is disabled.");
        }

        var token = await completion.CompleteAsync(
            db, user, ConsoleSessions.Device(context), from, cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return SignInEndpoints.Json(new SignInStep("done"));
    }

    /// <summary>Whose passkey answered; null: nobody's, or it was not right.</summary>
    internal static async Task<User?> VerifyAsync(
        HttpContext context, IPasskeyHandler<User> passkeys, UserDesk users, string? state, JsonElement credential)
    {
        if (state is null || credential.ValueKind != JsonValueKind.Object) return null;
        var result = await passkeys.PerformAssertionAsync(new PasskeyAssertionContext
        {
            HttpContext = context, CredentialJson = credential.GetRawText(), AssertionState = state,
        });
        if (!result.Succeeded) return null;
        // Its counter, so that a copy of it is noticed.
        await users.AddOrUpdatePasskeyAsync(result.User, result.Passkey);
        return result.User;
    }

    internal static IResult Question(string state, string options)
    {
        using var document = JsonDocument.Parse(options);
        return ClientResults.Json(
            new PasskeyQuestion(state, document.RootElement.Clone()), ConsoleSignInJson.Default.PasskeyQuestion);
    }

    internal static IResult Unknown { get; } = new Problem(
        StatusCodes.Status422UnprocessableEntity, "wrong_passkey", "This passkey is not known here.");
}
