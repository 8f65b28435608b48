using Hawser.Api.Accounts.Login;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.SignIn.Client;

/// <summary>
/// <c>GET /api/oidc/auth-query</c> (reference §5.2): polled each second. Only the body counts, so the status is 200;
/// one text means "not yet", any other error ends the polling, and what a client can't read looks like a hang.
/// </summary>
internal static class OidcAuthQueryEndpoint
{
    internal const string Pending = "No authed oidc is found";

    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, SignInCompletion completion, SignInAddresses addresses, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var code = query["code"].ToString();
        if (code.Length is 0 or > 100) return ClientResults.Error(200, "The sign-in is unknown.");
        var hash = Secrets.Hash(code);
        var row = await db.BrowserSignIns.AsNoTracking()
            .FirstOrDefaultAsync(s => s.CodeHash == hash, cancellationToken);
        if (row is null || row.ExpiresAt <= time.GetUtcNow().UtcDateTime)
        {
            return ClientResults.Error(200, "The sign-in took too long. Please try again.");
        }

        // A client that forgets to encode '+' sends a blank.
        var uuid = query["uuid"].ToString().Replace(' ', '+');
        if (!BrowserSignIns.IsOf(row, query["id"].ToString(), uuid))
        {
            return ClientResults.Error(200, "The sign-in was begun by another device.");
        }

        if (row.Error.Length > 0) return ClientResults.Error(200, row.Error);
        // It may have gone elsewhere since it asked.
        if (!addresses.Allow(context.Connection.RemoteIpAddress))
        {
            return ClientResults.Error(200, SignInAddresses.Text);
        }

        return row.UserGuid is null
            ? ClientResults.Error(200, Pending)
            : await completion.AnswerAsync(context, db, row, cancellationToken);
    }
}
