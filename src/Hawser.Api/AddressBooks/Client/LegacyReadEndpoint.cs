using System.Text.Json.Serialization;
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

/// <summary>The old address book both ways; read and written in place, this is its description.</summary>
/// <param name="Data">JSON again: tags, peers, tag_colors.</param>
internal sealed record LegacyBookObject([property: JsonPropertyName("data")] string Data);
