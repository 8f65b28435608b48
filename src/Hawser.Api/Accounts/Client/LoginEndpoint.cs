using Hawser.Api.Accounts.Login;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Client;

/// <summary><c>POST /api/login</c> (reference §4.1, §4.2), both steps.</summary>
internal static class LoginEndpoint
{
    /// <summary>The first step, for the document.</summary>
    internal const string Example = """
        {"username":"mara","password":"Tulip#42","id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","autoLogin":true,
        "type":"account","deviceInfo":{"os":"windows","type":"client","name":"PC-1"}}
        """;

    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, LoginRules rules, SignInAddresses addresses,
        CancellationToken cancellationToken)
    {
        var body = await ClientBody.ReadAsync(context, AccountsJson.Default.LoginRequest);
        if (body.Value is not { } request) return body.Error!;
        if (!addresses.Allow(context.Connection.RemoteIpAddress))
        {
            return ClientResults.Error(StatusCodes.Status200OK, SignInAddresses.Text);
        }

        try
        {
            var outcome = await rules.LoginAsync(db, request, context.Connection.RemoteIpAddress, cancellationToken);
            return outcome.Reply is { } reply
                ? ClientResults.Json(reply, AccountsJson.Default.LoginReply)
                : ClientResults.Error(outcome.Status, outcome.Error);
        }
        catch (PasswordBusyException busy)
        {
            // Not 5xx: clients would repeat it at once through the other door (§1.6).
            return ClientResults.Error(StatusCodes.Status429TooManyRequests, busy.Message);
        }
    }
}
