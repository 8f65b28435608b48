using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>
/// <c>POST /api/books/{guid}/entries</c>: adds or changes many devices, or says what would become of them. Repeating it
/// does no harm. Ours.
/// </summary>
internal static class EntriesMany
{
    private const int MostBytes = 4 << 20;

    private const string Example = """
        {"dry_run":true,"update":true,"create_tags":true,
        "rows":[{"id":"482913377","alias":"Front desk","tags":["office"],"note":""}]}
        """;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/books/{guid}/entries", ManyAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary($"Adds or changes up to {EntryDesk.MostAtOnce} devices of an address book, or tries that.")
            .Reads<ManyBody>(Example).Answers<ManyReply>();

    private static async Task<IResult> ManyAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await OwnBody.ReadAsync(context, BooksJson.Default.ManyBody, MostBytes);
        if (body is null) return error!;
        var rows = body.Rows ?? [];
        if (rows.Count > EntryDesk.MostAtOnce || rows.Any(r => r is null))
        {
            return Problem.Invalid($"A list of at most {EntryDesk.MostAtOnce} devices is expected.", "rows");
        }

        var results = await desk.ManyAsync(
            db, book, rows!, new ManyOptions(body.DryRun, body.Update ?? true, body.CreateTags ?? true),
            cancellationToken);
        return ClientResults.Json(
            new ManyReply([.. results.Select(r => new ManyItem(NameOf(r.Outcome), r.Reason))]),
            BooksJson.Default.ManyReply);
    }

    private static string NameOf(ManyOutcome outcome) => outcome switch
    {
        ManyOutcome.Added => "added",
        ManyOutcome.Changed => "changed",
        ManyOutcome.Same => "same",
        ManyOutcome.Kept => "kept",
        _ => "refused",
    };
}

/// <summary>Many devices.</summary>
internal sealed record ManyBody
{
    /// <summary>Only say what would become of them.</summary>
    [JsonPropertyName("dry_run")]
    public bool DryRun { get; init; }

    /// <summary>Change those that are there; true when it is missing.</summary>
    [JsonPropertyName("update")]
    public bool? Update { get; init; }

    /// <summary>Make tags that are not there; true when it is missing.</summary>
    [JsonPropertyName("create_tags")]
    public bool? CreateTags { get; init; }

    [JsonPropertyName("rows")]
    public IReadOnlyList<EntryBody?>? Rows { get; init; }
}

/// <summary>How one of them fared.</summary>
/// <param name="Outcome">added, changed, same, kept or refused.</param>
/// <param name="Reason">Why it was refused.</param>
internal sealed record ManyItem(
    [property: JsonPropertyName("outcome")] string Outcome, [property: JsonPropertyName("reason")] string? Reason);

/// <summary>How each of them fared, in their order.</summary>
internal sealed record ManyReply([property: JsonPropertyName("results")] IReadOnlyList<ManyItem> Results);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BooksReply))]
[JsonSerializable(typeof(Page<BookEntry>))]
[JsonSerializable(typeof(BookEntries))]
[JsonSerializable(typeof(ManyBody))]
[JsonSerializable(typeof(ManyReply))]
[JsonSerializable(typeof(EntriesBulkBody))]
[JsonSerializable(typeof(EntriesBulkReply))]
[JsonSerializable(typeof(IReadOnlyList<CountedTag>))]
[JsonSerializable(typeof(TagMergeBody))]
[JsonSerializable(typeof(TagMergeReply))]
internal sealed partial class BooksJson : JsonSerializerContext;
