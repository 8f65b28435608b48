using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Forgotten;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Accounts.Registration;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// Signing in to the console with a password and whatever second factor the account has. The answer of every step that
/// is not the last names the next one; the last one gives the browser its session.
/// </summary>
internal static class SignInEndpoints
{
    /// <summary>What the sign-in page needs to know.</summary>
    public static async Task<IResult> StartAsync(
        HawserDb db, SettingsStore settings, ApiParts parts, ForgottenPasswords forgotten,
        Registrations registrations, CancellationToken cancellationToken)
    {
        var setup = !await db.Users.AnyAsync(u => u.IsAdmin, cancellationToken);
        var providers = settings.Get(SignInSettings.Key).Providers.Where(p => p.Enabled)
            .Select(p => new ProviderButton(p.Name, p.Icon)).ToList();
        var console = settings.Get(ConsoleSettings.Key);
        return ClientResults.Json(
            new StartReply(console.ServerName, parts.Version, setup, forgotten.IsOffered, providers)
            {
                PasswordLength = settings.Get(AccountSettings.Key).PasswordLength,
                Registration = registrations.Way,
                RegistrationApproval = settings.Get(RegistrationSettings.Key).Approval,
                Passkeys = settings.Get(AccountSettings.Key).AllowPasskeys,
                DefaultLanguage = console.DefaultLanguage,
                DefaultTimeZone = console.TimeZone,
            },
            ConsoleSignInJson.Default.StartReply);
    }

    /// <summary>The first step.</summary>
    public static async Task<IResult> PasswordAsync(
        HttpContext context, HawserDb db, LoginRules rules, SecondSteps steps, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.PasswordBody);
        if (body.Value is not { } wanted) return body.Error!;
        var request = Request(context) with { Username = wanted.Name, Password = wanted.Password };
        return await StepAsync(context, db, rules, steps, request, cancellationToken);
    }

    /// <summary>The second step: a code of an authenticator, of a mail, or from the list of recovery codes.</summary>
    public static async Task<IResult> CodeAsync(
        HttpContext context, HawserDb db, LoginRules rules, SecondSteps steps, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.CodeBody);
        if (body.Value is not { } wanted) return body.Error!;
        var request = Request(context) with
        {
            Type = "tfa_code", Secret = wanted.Handle, TfaCode = wanted.Code, Remember = wanted.Remember == true,
        };
        return await StepAsync(context, db, rules, steps, request, cancellationToken);
    }

    /// <summary>Another way of the second step than the one that was offered, or its code once more.</summary>
    public static async Task<IResult> AnotherAsync(
        HttpContext context, HawserDb db, SecondSteps steps, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.AnotherWayBody);
        return body.Value is { } wanted
            ? await steps.AnotherAsync(context, db, wanted.Handle, wanted.Way, cancellationToken) : body.Error!;
    }

    /// <summary>Mails a link to who forgot the password; the answer is the same for everybody.</summary>
    public static async Task<IResult> ForgottenAsync(HttpContext context, ForgottenPasswords forgotten)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.ForgottenBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (!forgotten.IsOffered) return Problem.Conflict("The server sends no mails yet.", "mail_not_set_up");
        var wait = forgotten.Ask(wanted.Name ?? "", context.Connection.RemoteIpAddress);
        return wait <= TimeSpan.Zero ? ClientResults.EmptyObject
            : new Problem(429, "slow_down", "Too many attempts, please wait.")
            {
                RetryAfter = (int)Math.Ceiling(wait.TotalSeconds),
            };
    }

    /// <summary>
    /// An administrator demands an authenticator and there is none: offers one, and takes its first code. Only then is
    /// there a session.
    /// </summary>
    public static async Task<IResult> EnrolAsync(
        HttpContext context, HawserDb db, SecondFactor second, AccountRules rules, LoginCompletion completion,
        ConsoleSessions sessions, SettingsStore settings, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.EnrolmentBody);
        if (body.Value is not { } wanted) return body.Error!;
        var challenge = await second.FindAsync(db, wanted.Handle, cancellationToken);
        var user = challenge is not { Kind: ChallengeKind.Enrolment } ? null
            : await db.Users.AsNoTracking().FirstOrDefaultAsync(
                u => u.Guid == challenge.UserGuid && u.Status == UserStatus.Normal && !u.TotpEnabled,
                cancellationToken);
        if (challenge is null || user is null) return Expired;
        if (!rules.Policy.AllowAuthenticator) return FactorPolicy.Off;
        if (wanted.Offer is null or "")
        {
            var offer = rules.OfferTotp(user, settings.Get(AccountSettings.Key).Issuer);
            return ClientResults.Json(
                new TotpQuestion(offer.Offer, offer.Secret, offer.Uri), ConsoleSignInJson.Default.TotpQuestion);
        }

        var (codes, error) = await rules.ConfirmTotpAsync(
            user.Guid, wanted.Offer, wanted.Code ?? "", cancellationToken);
        if (error.Length > 0) return Problem.Wrong("code", "wrong_code", error);
        // Used once, also when two browsers have the handle.
        if (await db.LoginChallenges.Where(c => c.Guid == challenge.Guid).ExecuteDeleteAsync(cancellationToken) != 1)
        {
            return Expired;
        }

        var token = await completion.CompleteAsync(
            db, user, ConsoleSessions.Device(context), context.Connection.RemoteIpAddress, cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return Json(new SignInStep("done") { RecoveryCodes = codes });
    }

    /// <summary>Signs out; always succeeds.</summary>
    public static async Task<IResult> OutAsync(
        HttpContext context, ConsoleSessions sessions, CancellationToken cancellationToken)
    {
        if (!ConsoleCookie.IsGenuine(context.Request, ConsoleCookie.Read(context.Request))) return Elsewhere;
        await sessions.EndAsync(context, cancellationToken);
        return ClientResults.EmptyObject;
    }

    /// <summary>Only a page of this server may ask, so that nobody is signed in as somebody else unawares.</summary>
    internal static bool IsOurs(HttpContext context) =>
        context.Request.Headers.ContainsKey(ConsoleCookie.Mark) && ConsoleCookie.IsFromOurPage(context.Request);

    internal static IResult Elsewhere { get; } = new Problem(
        StatusCodes.Status403Forbidden, "elsewhere", "Only a page of this server may ask for that.");

    internal static IResult Expired { get; } = new Problem(
        StatusCodes.Status410Gone, "expired", "The sign-in has expired, please start again.");

    internal static IResult Json(SignInStep step) => ClientResults.Json(step, ConsoleSignInJson.Default.SignInStep);

    private static LoginRequest Request(HttpContext context)
    {
        var device = ConsoleSessions.Device(context);
        return new LoginRequest
        {
            IsConsole = true,
            Uuid = device.Uuid,
            DeviceInfo = new LoginDeviceInfo { Os = device.Os, Type = device.Type, Name = device.Name },
        };
    }

    private static async Task<IResult> StepAsync(
        HttpContext context, HawserDb db, LoginRules rules, SecondSteps steps, LoginRequest request,
        CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await rules.LoginAsync(db, request, context.Connection.RemoteIpAddress, cancellationToken);
            return await steps.AnswerAsync(context, db, outcome, cancellationToken);
        }
        catch (PasswordBusyException busy)
        {
            return new Problem(429, "busy", busy.Message) { RetryAfter = 3 };
        }
    }

    internal static IResult Refusal(LoginOutcome outcome) => outcome.Code switch
    {
        "expired" => Expired,
        _ => new Problem(
            outcome.Status is 200 or 400 ? StatusCodes.Status422UnprocessableEntity : outcome.Status,
            string.IsNullOrEmpty(outcome.Code) ? "refused" : outcome.Code, outcome.Error)
        {
            RetryAfter = (int)Math.Ceiling(outcome.Wait.TotalSeconds),
        },
    };
}
