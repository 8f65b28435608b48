using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.Client;

/// <summary><c>POST /api/currentUser</c> (reference §4.6): the user object itself, not wrapped.</summary>
internal static class CurrentUserEndpoint
{
    public static async Task<IResult> HandleAsync(
        CurrentUser current, HawserDb db, CancellationToken cancellationToken) =>
        await db.Users.FindAsync([current.Guid], cancellationToken) is { } user
            ? ClientResults.Json(UserObject.Of(user), AccountsJson.Default.UserObject)
            : ClientResults.InvalidToken;
}
