using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Admin;

/// <summary>The recycle bin of a book (admin reference §6.5); for those who may write in it. Ours.</summary>
internal static class BinAdmin
{
    private const string Path = "/api/ab/bin/{guid}";
    private const int MostIds = 10_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForUsersOrScope(Area.AddressBook, write: false)
            .WithSummary("The devices in the recycle bin of an address book, the last first.")
            .Answers<Page<BinItem>>();
        routes.MapPost(Path + "/restore", RestoreAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Puts devices back into the book; those that are there already stay in the bin.")
            .Reads<IReadOnlyList<string>>("""["482913377"]""").Answers<RestoredItems>();
        routes.MapDelete(Path, PurgeAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Deletes devices of the bin for good; with an empty list all.")
            .Reads<IReadOnlyList<string>>("[]").AnswersNothing();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, string guid, CurrentUser user, PageQuery page, HawserDb db,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var bin = db.AddressBookEntries.AsNoTracking().Where(e => e.BookGuid == book.Guid && e.DeletedAt != null)
            .Searching(context, e => e.Id, e => e.Alias, e => e.Note);
        var total = await bin.CountAsync(cancellationToken);
        var rows = await bin.OrderByDescending(e => e.DeletedAt).ThenBy(e => e.Guid).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        var items = rows.ConvertAll(e => new BinItem(
            e.Id, e.Alias, e.Note, TagList.Read(e.Tags), WireTime.Seconds(e.DeletedAt!.Value), e.DeletedBy));
        return ClientResults.Json(new Page<BinItem>(total, items), BinJson.Default.PageBinItem);
    }

    private static async Task<IResult> RestoreAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (ids, error) = await ReadAsync(context);
        if (ids is null) return error!;
        var (count, full) = await desk.RestoreAsync(db, book, ids, cancellationToken);
        return full is null
            ? ClientResults.Json(new RestoredItems(count), BinJson.Default.RestoredItems)
            : Problem.Conflict(full, "full");
    }

    private static async Task<IResult> PurgeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (ids, error) = await ReadAsync(context);
        if (ids is null) return error!;
        var name = await BooksAdmin.NameAsync(db, book.Guid, cancellationToken);
        log.Add(db, context, ids.Length == 0 ? ConsoleOperation.EmptyBin : ConsoleOperation.DeleteBinned,
            ids.Length == 0 ? [name] : ids, ("book", name));
        await db.SaveChangesAsync(cancellationToken);
        await desk.PurgeAsync(db, book, ids.Length == 0 ? null : ids, cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<(string[]? Ids, IResult? Error)> ReadAsync(HttpContext context)
    {
        var (sent, error) = await OwnBody.ReadAsync(
            context, BinJson.Default.IReadOnlyListString, BookLimits.ListBytes);
        if (sent is null) return (null, error);
        return sent.Count > MostIds || sent.Any(i => i is null || !BookText.IsWord(i, BookLimits.Id))
            ? (null, Problem.Invalid($"A list of at most {MostIds} ids is expected.")) : ([.. sent], null);
    }
}

/// <summary>A device in a recycle bin.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Alias">Its name in the book.</param>
/// <param name="Note">Its note there.</param>
/// <param name="Tags">Its tags there.</param>
/// <param name="DeletedAt">Since when it is in the bin, Unix seconds.</param>
/// <param name="DeletedBy">Who put it there: their name then.</param>
internal sealed record BinItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("alias")] string Alias,
    [property: JsonPropertyName("note")] string Note,
    [property: JsonPropertyName("tags")] IReadOnlyList<string> Tags,
    [property: JsonPropertyName("deleted_at")] long DeletedAt,
    [property: JsonPropertyName("deleted_by")] string DeletedBy);

/// <summary>How many devices came back.</summary>
internal sealed record RestoredItems([property: JsonPropertyName("restored")] int Restored);

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(Page<BinItem>))]
[JsonSerializable(typeof(RestoredItems))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class BinJson : JsonSerializerContext;
