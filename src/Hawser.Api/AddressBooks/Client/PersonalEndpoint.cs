using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary>
/// <c>POST /api/ab/personal</c> (reference §6.2): the caller's own book; 404 switches a client to the old one.
/// </summary>
internal static class PersonalEndpoint
{
    public static async Task<IResult> HandleAsync(
        CurrentUser user, HawserDb db, AddressBookRules rules, CancellationToken cancellationToken)
    {
        if (rules.Settings.LegacyOnly) return ClientResults.Error(404, "This server has one address book a user.");
        var guid = await rules.PersonalAsync(db, user.Guid, cancellationToken);
        return ClientResults.Json(new PersonalReply(guid.ToString()), AddressBooksJson.Default.PersonalReply);
    }
}

/// <summary>The personal book.</summary>
/// <param name="Guid">Used in paths.</param>
internal sealed record PersonalReply([property: JsonPropertyName("guid")] string Guid);
