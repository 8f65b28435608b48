using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary>
/// <c>POST /api/ab/settings</c> (reference §6.3): how many devices a book may hold; 0: no limit to speak of.
/// </summary>
internal static class SettingsEndpoint
{
    public static IResult Handle(CurrentUser user, AddressBookRules rules)
    {
        ArgumentNullException.ThrowIfNull(user);
        var most = Math.Clamp(rules.Settings.MaxEntries, 0, BookLimits.Entries);
        return ClientResults.Json(new SettingsReply(most), AddressBooksJson.Default.SettingsReply);
    }
}

/// <summary>The settings that clients know.</summary>
/// <param name="MaxEntries">Devices in one book.</param>
internal sealed record SettingsReply([property: JsonPropertyName("max_peer_one_ab")] int MaxEntries);
