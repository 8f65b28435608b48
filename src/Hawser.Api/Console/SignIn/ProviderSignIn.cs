using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console.SignIn;

/// <summary>
/// Signing in through a provider. The same trip as a client's (<see cref="BrowserSignIns"/>), but the browser that
/// asks is the one that goes: it keeps the code that fetches the session in a cookie, so that an address that somebody
/// sends around signs nobody in.
/// </summary>
internal static class ProviderSignIn
{
    private const string CodeCookie = "hawser_sign_in";

    /// <summary>Begins; says where the browser goes.</summary>
    public static async Task<IResult> BeginAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, BrowserDeparture departure,
        CancellationToken cancellationToken)
    {
        var body = await OwnBody.ReadAsync(context, ConsoleSignInJson.Default.ProviderBody);
        if (body.Value is not { } wanted) return body.Error!;
        if (signIns.Provider(wanted.Provider) is not { } provider) return Problem.NotFound("thing");
        var browser = ConsoleSessions.Device(context);
        var device = new DeviceTrait("", browser.Uuid, browser.Os, BrowserSignIns.ConsoleType, browser.Name);
        var departed = await departure.LeaveAsync(context, db, provider, device, cancellationToken);
        if (departed.Refusal is { } refusal) return refusal;
        context.Response.Cookies.Append(
            CodeCookie, departed.Code, ConsoleCookie.Options(context, BrowserSignIns.Lifetime));
        return ClientResults.Json(new ProviderTrip(departed.Target), ConsoleSignInJson.Default.ProviderTrip);
    }

    /// <summary>The browser is back: its session, or the second step.</summary>
    public static async Task<IResult> FinishAsync(
        HttpContext context, HawserDb db, BrowserSignIns signIns, SecondFactor second, LoginCompletion completion,
        ConsoleSessions sessions, SecondSteps steps, SignInLog log, TimeProvider time,
        CancellationToken cancellationToken)
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
            return await steps.AnswerAsync(context, db, demand, cancellationToken);
        }

        var token = await completion.CompleteAsync(
            db, user, device, context.Connection.RemoteIpAddress, cancellationToken);
        await sessions.BeginAsync(context, token, cancellationToken);
        return SignInEndpoints.Json(new SignInStep("done"));
    }
}
