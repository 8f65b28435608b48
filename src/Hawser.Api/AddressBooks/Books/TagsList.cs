using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary><c>GET /api/books/{guid}/tags</c>: the tags of a book, with how many devices have each. Ours.</summary>
internal static class TagsList
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/books/{guid}/tags", ListAsync).ForUsersOrScope(Area.AddressBook, write: false)
            .WithSummary("The tags of an address book, with how many devices have each.")
            .Answers<IReadOnlyList<CountedTag>>();

    private static async Task<IResult> ListAsync(
        string guid, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.Read, cancellationToken);
        if (refusal is not null) return refusal;
        var tags = await db.AddressBookTags.AsNoTracking().Where(t => t.BookGuid == book.Guid).OrderBy(t => t.Name)
            .Take(BookLimits.Tags).ToListAsync(cancellationToken);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        // Devices tagged alike are one row.
        var sets = BookReader.Entries(db, book.Guid).Where(e => e.Tags != "").GroupBy(e => e.Tags)
            .Select(g => new { Tags = g.Key, Count = g.Count() });
        await foreach (var set in sets.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            foreach (var name in TagList.Read(set.Tags)) counts[name] = counts.GetValueOrDefault(name) + set.Count;
        }

        return ClientResults.Json(
            (IReadOnlyList<CountedTag>)tags.ConvertAll(
                t => new CountedTag(t.Name, t.Color, counts.GetValueOrDefault(t.Name))),
            BooksJson.Default.IReadOnlyListCountedTag);
    }
}

/// <summary>A tag of a book.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">ARGB, 32 bits without sign.</param>
/// <param name="Count">How many devices of the book have it.</param>
internal sealed record CountedTag(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("color")] long Color,
    [property: JsonPropertyName("count")] int Count);
