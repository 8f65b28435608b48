using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary>
/// <c>DELETE /api/ab/peer/{guid}</c> (reference §6.6): an array of ids. Right 2 is enough, as clients offer it (§6.4).
/// </summary>
internal static class EntryDeleteEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (ids, error) = await ClientBody.ReadAsync(
            context, AddressBooksJson.Default.IReadOnlyListString, BookLimits.ListBytes);
        if (ids is null) return error!;
        await desk.RemoveAsync(db, user.Name, book, Mutation.Words(ids), cancellationToken);
        return ClientResults.Empty;
    }
}
