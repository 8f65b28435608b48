using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Login;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Console.SignIn;

/// <summary>Begins and ends sessions of the console, and knows browsers again.</summary>
internal sealed class ConsoleSessions(TokenDesk desk)
{
    private const string BrowserCookie = "hawser_browser";
    private static readonly TimeSpan BrowserKeeps = TimeSpan.FromDays(365);

    /// <summary>The browser as a device that logs in; it gets a cookie by which it is known again.</summary>
    public static LoginDevice Device(HttpContext context)
    {
        var known = context.Request.Cookies[BrowserCookie];
        if (known is not { Length: > 20 and < 100 })
        {
            known = Secrets.NewHandle();
            context.Response.Cookies.Append(BrowserCookie, known, ConsoleCookie.Options(context, BrowserKeeps));
        }

        var (browser, system) = BrowserNames.Of(context.Request.Headers.UserAgent.ToString());
        return LoginDevice.Of("", known, system, "console", browser) with { IsConsole = true };
    }

    /// <summary>
    /// Gives the browser a new session. The one it had ends: nobody who knows that one knows this one.
    /// </summary>
    public async Task BeginAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var before = ConsoleCookie.Read(context.Request);
        if (before.Length > 0 && before != token) await desk.RevokeAsync(before, cancellationToken);
        ConsoleCookie.Give(context, token);
    }

    /// <summary>Ends the browser's session.</summary>
    public async Task EndAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var token = ConsoleCookie.Read(context.Request);
        if (token.Length > 0) await desk.RevokeAsync(token, cancellationToken);
        ConsoleCookie.Take(context);
    }
}
