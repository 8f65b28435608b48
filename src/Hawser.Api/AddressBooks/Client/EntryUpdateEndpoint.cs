using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>PUT /api/ab/peer/update/{guid}</c> (reference §6.6): any subset of a device's fields.</summary>
internal static class EntryUpdateEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.EntryBody);
        return body is null ? error! : Mutation.Answer(await desk.UpdateAsync(db, book, body, cancellationToken));
    }
}
