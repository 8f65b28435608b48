using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>GET /api/ab</c> and <c>POST /api/ab/get</c>, whose body says nothing (reference §6.9, §6.10).</summary>
internal static class LegacyReadEndpoint
{
    public static async Task<IResult> HandleAsync(
        CurrentUser user, HawserDb db, LegacyBook book, CancellationToken cancellationToken) =>
        ClientResults.RawJson(await book.ReadAsync(db, user, cancellationToken));
}
