using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Client;

/// <summary>
/// <c>POST /api/logout</c> (reference §4.5): ends that token. Always 200, also for a token that is gone already; the
/// body is not needed and not read.
/// </summary>
internal static class LogoutEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, TokenDesk desk, AccountEvents events, CancellationToken cancellationToken)
    {
        var token = TokenAuthentication.TokenOf(context.Request);
        if (await desk.RevokeAsync(token, cancellationToken) is { } user) events.Changed(user);
        return ClientResults.EmptyObject;
    }
}
