using System.Security.Claims;
using System.Text.Encodings.Web;
using Hawser.Api.Accounts;
using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hawser.Api.Http;

/// <summary>
/// Bearer tokens, and the console's cookie; refusals in the shape clients understand (reference §2.3).
/// </summary>
internal sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenDesk desk)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";

    /// <summary>The bearer token of a request; empty when there is none.</summary>
    internal static string TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : "";
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var token = TokenOf(Request);
        // A header says more than a cookie, which browsers send by themselves.
        var isCookie = token.Length == 0 && !Request.Headers.ContainsKey("Authorization");
        if (isCookie) token = ConsoleCookie.Read(Request);
        if (token.Length == 0) return AuthenticateResult.NoResult();
        var from = Context.Connection.RemoteIpAddress;
        var user = await desk.FindAsync(token, from, Context.RequestAborted);
        if (user is null) return AuthenticateResult.Fail("unknown");
        if (isCookie && (user.Kind != TokenKind.Console || !ConsoleCookie.IsGenuine(Request, token)))
        {
            return AuthenticateResult.Fail("not from the console");
        }

        Context.Features.Set(user);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user.Name)], Policies.Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Policies.Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        ClientResults.InvalidToken.ExecuteAsync(Context);

    // Not "Admin required!": clients take that for an outdated server (admin reference §1.1).
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ClientResults.Error(403, "You do not have permission to do this.").ExecuteAsync(Context);
}
