using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// Signing in through a provider. The same trip as a client's (<see cref="BrowserSignIns"/>), but the browser that
/// asks is the one that goes: it keeps the code that fetches the session in a cookie, so that an address that somebody
/// sends around signs nobody in.
/// </summary>
internal static partial class ProviderSignIn
{
    private const string CodeCookie = "hawser_sign_in";

    /// <summary>Begins; says where the browser goes.</summary>
    public static async Task<IResult> BeginAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, SettingsStore settings, AskingBudget budget,
        ProviderFlow flow, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.ProviderBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (signIns.Provider(wanted.Provider) is not { } provider) return Problem.NotFound("thing");
        if (PublicAddress.Of(context, settings.Get(SignInSettings.Key), null) is not { } url)
        {
            return new Problem(422, "no_address", "This server does not know its own address.");
        }

        var remote = context.Connection.RemoteIpAddress;
        var browser = ConsoleSessions.Device(context);
        var device = new DeviceTrait("", browser.Uuid, browser.Os, BrowserSignIns.ConsoleType, browser.Name);
        var begun = budget.TryTake(remote)
            ? await signIns.BeginAsync(db, provider, device, url, remote?.ToString() ?? "", cancellationToken) : null;
        if (begun is null)
        {
            return new Problem(429, "slow_down", "Too many sign-ins are under way.") { RetryAfter = 60 };
        }

        var row = await signIns.FindAsync(db, begun.State, cancellationToken);
        if (row is null || signIns.Open(row) is not { } memory) return SignInEndpoints.Expired;
        var cookie = BrowserCookie.Give(context, begun.State, url);
        var trip = new Trip(url + SignInApi.CallbackPath, Secrets.NewHandle(), Secrets.NewHandle());
        string target;
        try
        {
            target = await flow.AuthorizeUrlAsync(provider, trip, begun.State, cancellationToken);
        }
        catch (ProviderFault e)
        {
            Log.Unreachable(logs.CreateLogger(typeof(ProviderSignIn)), provider.Name, e.Message);
            return new Problem(502, "provider_unreachable", "The provider can't be reached.");
        }

        memory = memory with { Trip = trip, Cookie = BrowserCookie.Mark(cookie) };
        if (!await signIns.DepartAsync(db, row, memory, cancellationToken)) return SignInEndpoints.Expired;
        context.Response.Cookies.Append(
            CodeCookie, begun.Code, ConsoleCookie.Options(context, BrowserSignIns.Lifetime));
        return ClientResults.Json(new ProviderTrip(target), ConsoleSignInJson.Default.ProviderTrip);
    }

    /// <summary>The browser is back: its session, or the second step.</summary>
    public static async Task<IResult> FinishAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, SecondFactor second, LoginCompletion completion,
        ConsoleSessions sessions, SignInLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var code = context.Request.Cookies[CodeCookie];
        if (code is not { Length: > 0 and <= 100 }) return SignInEndpoints.Expired;
        context.Response.Cookies.Delete(CodeCookie, ConsoleCookie.Options(context, TimeSpan.Zero));
        var (hash, now) = (Secrets.Hash(code), time.GetUtcNow().UtcDateTime);
        var row = await db.BrowserSignIns.AsNoTracking().FirstOrDefaultAsync(
            s => s.CodeHash == hash && s.ExpiresAt > now, cancellationToken);
        // Taken once, whatever comes of it.
        if (row is null || row.DeviceType != BrowserSignIns.ConsoleType
            || await db.BrowserSignIns.Where(s => s.CodeHash == hash).ExecuteDeleteAsync(cancellationToken) != 1)
        {
            return SignInEndpoints.Expired;
        }

        if (row.Error.Length > 0)
        {
            await log.FailedAsync(
                null, "provider_refused", ConsoleSessions.Device(context).Name, context.Connection.RemoteIpAddress,
                cancellationToken);
            return new Problem(422, "refused", row.Error);
        }

        var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(
            u => u.Guid == row.UserGuid && u.Status == UserStatus.Normal, cancellationToken);
        if (user is null) return SignInEndpoints.Expired;
        var device = ConsoleSessions.Device(context);
        var isSpared = signIns.Provider(row.Provider) is { Settings.HasSecondFactor: true } && !user.TotpEnforced;
        if (!isSpared && await second.DemandAsync(db, user, device, cancellationToken) is { } demand)
        {
            return await SignInEndpoints.AnswerAsync(context, sessions, demand, cancellationToken);
        }

        var token = await completion.CompleteAsync(
            db, user, device, context.Connection.RemoteIpAddress, cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return SignInEndpoints.Json(new SignInStep("done"));
    }

    private static partial class Log
    {
        [LoggerMessage(6900, LogLevel.Warning, "The sign-in provider {Provider} can't be used: {Reason}")]
        internal static partial void Unreachable(ILogger logger, string provider, string reason);
    }
}
