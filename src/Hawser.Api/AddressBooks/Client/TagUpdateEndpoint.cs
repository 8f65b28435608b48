using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary>
/// <c>PUT /api/ab/tag/update/{guid}</c> (reference §6.7): another color; without one nothing changes.
/// </summary>
internal static class TagUpdateEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TagDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.TagBody);
        if (body is null) return error!;
        return body.IsColor
            ? Mutation.Answer(await desk.UpdateAsync(
                db, book, BookText.Clean(body.Name ?? ""), body.Argb, cancellationToken))
            : TagBody.NoColor;
    }
}
