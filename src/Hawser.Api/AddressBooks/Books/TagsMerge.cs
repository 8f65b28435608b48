using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks.Admin;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.AddressBooks.Books;

/// <summary><c>POST /api/books/{guid}/tags/merge</c>: several tags become one, on each device once. Ours.</summary>
internal static class TagsMerge
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/books/{guid}/tags/merge", MergeAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Makes several tags of an address book one; says what takes it back.")
            .Reads<TagMergeBody>(TagMergeBody.Example).Answers<TagMergeReply>();

    private static async Task<IResult> MergeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TagDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await OwnBody.ReadAsync(context, BooksJson.Default.TagMergeBody);
        if (body is null) return error!;
        var from = body.From ?? [];
        if (from.Count is 0 or > Most || from.Any(t => t is null))
        {
            return Problem.Invalid($"A list of 1 to {Most} tags is expected.", "from");
        }

        var (merged, wrong) = await desk.MergeAsync(db, book, [.. from!], body.Into ?? "", cancellationToken);
        if (merged is null) return Problem.Invalid(wrong!, "from");
        log.Add(db, context, ConsoleOperation.UpdateBook,
            await BooksAdmin.NameAsync(db, book.Guid, cancellationToken),
            ("merged_tags", string.Join(", ", merged.Tags.Select(t => t.Name))), ("tag", body.Into));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Json(merged, BooksJson.Default.TagMergeReply);
    }
}

/// <summary>Which tags become one.</summary>
internal sealed record TagMergeBody
{
    internal const string Example = """{"from":["till","Tills"],"into":"Tills"}""";

    /// <summary>Those that are no more; the one that stays may be among them.</summary>
    [JsonPropertyName("from")]
    public IReadOnlyList<string?>? From { get; init; }

    /// <summary>The tag that they become; it is there.</summary>
    [JsonPropertyName("into")]
    public string? Into { get; init; }
}

/// <summary>A tag that is no more.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">Its color.</param>
/// <param name="Ids">The devices that had it.</param>
internal sealed record MergedTag(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("color")] long Color,
    [property: JsonPropertyName("ids")] IReadOnlyList<string> Ids);

/// <summary>What was merged, and so what takes it back.</summary>
/// <param name="Tags">Those that are no more.</param>
/// <param name="Gained">The devices that did not have the tag that stays.</param>
internal sealed record TagMergeReply(
    [property: JsonPropertyName("tags")] IReadOnlyList<MergedTag> Tags,
    [property: JsonPropertyName("gained")] IReadOnlyList<string> Gained);
