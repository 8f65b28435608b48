using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab/tags/{guid}</c> (reference §6.5): a bare array, <c>[]</c> when there are none.</summary>
internal static class TagsEndpoint
{
    public static async Task<IResult> HandleAsync(
        string guid, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.Read, cancellationToken);
        if (refusal is not null) return refusal;
        IReadOnlyList<TagItem> tags = await db.AddressBookTags.AsNoTracking().Where(t => t.BookGuid == book.Guid)
            .OrderBy(t => t.Name).Select(t => new TagItem(t.Name, t.Color)).ToListAsync(cancellationToken);
        return ClientResults.Json(tags, AddressBooksJson.Default.IReadOnlyListTagItem);
    }
}

/// <summary>A tag.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">ARGB without sign.</param>
internal sealed record TagItem(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("color")] long Color);
