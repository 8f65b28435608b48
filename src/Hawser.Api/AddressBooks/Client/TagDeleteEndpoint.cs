using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>DELETE /api/ab/tag/{guid}</c> (reference §6.7): an array of names; from all devices too.</summary>
internal static class TagDeleteEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TagDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (names, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.IReadOnlyListString);
        if (names is null) return error!;
        await desk.RemoveAsync(db, book, Mutation.Words(names), cancellationToken);
        return ClientResults.Empty;
    }
}
