using System.Net;
using Hawser.Api.Accounts;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Hawser.Recording;

namespace Hawser.Server.Hosting;

/// <summary>Tells the recording role whose a token is: what the API calls rights, in the recorder's words.</summary>
/// <param name="desk">Knows tokens; asked when the first one comes.</param>
/// <param name="time">The clock.</param>
internal sealed class RecorderUsers(Func<TokenDesk> desk, TimeProvider time)
{
    /// <summary>The list of recordings as a file, as every list of the API is one; null: none is asked for.</summary>
    public static IResult? FileOf(
        HttpContext context, IReadOnlyList<string> header, IAsyncEnumerable<string?[]> rows) =>
        FileOfRows.IsAsked(context) ? new FileOfRows("recordings", header, rows, keys: 2) : null;

    /// <summary>The token of the console's cookie, where the request may use it; empty: none.</summary>
    public static string CookieToken(HttpRequest request)
    {
        var token = ConsoleCookie.Read(request);
        return token.Length > 0 && ConsoleCookie.IsGenuine(request, token) ? token : "";
    }

    /// <summary>Whose a token is; null: nobody's.</summary>
    public async ValueTask<RecorderUser?> FindAsync(string token, IPAddress? from, CancellationToken cancellationToken)
    {
        var user = await desk().FindAsync(token, from, cancellationToken);
        if (user is null) return null;
        // Scripts may do what their scopes say; people may make recordings and see their own.
        var may = user.Kind is not (TokenKind.Api or TokenKind.Deploy);
        return new RecorderUser(
            user.Guid, user.Name, user.TokenGuid, user.IsAdmin, may || user.Scopes.Allow(Area.Recording, write: true),
            may || user.Scopes.Allow(Area.Recording, write: false), user.Kind == TokenKind.Console)
        {
            Devices = user.May(AdminRight.RecordingsView) && !user.IsAdmin
                ? (db, write) => AdminScope.Devices(
                    db, user, write ? AdminRight.RecordingsEdit : AdminRight.RecordingsView).Select(d => d.Guid)
                : null,
            NeedsProof = user.Kind == TokenKind.Console
                && time.GetUtcNow().UtcDateTime - user.SignedInAt > StepUp.Lifetime,
        };
    }
}
