using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks.Books;
using Hawser.Api.Audit;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Admin;

/// <summary>
/// <c>/api/books/all</c>: everybody's address books, as administrator: what there is, looking into one, giving one to
/// somebody else, deleting one. Looking into another's is written down; passwords are told to nobody. Ours.
/// </summary>
internal static class AllBooksAdmin
{
    private const string Path = "/api/books/all";

    private static readonly Sorts<BookOfAll> Orders = new Sorts<BookOfAll>("owner")
        .Add("name", b => b.Name).Add("owner", b => b.Owner).Add("entries", b => b.Entries)
        .Add("updated_at", b => b.UpdatedAt);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForAdmins(Area.AddressBook, write: false)
            .WithSummary("Everybody's address books, with their owners and how much is in them.")
            .Query("q", "A part of the name, owner or note.").Query("owner", "Only this user's.")
            .Query("personal", "1 or 0: only personal books, or only shared ones.")
            .Query("sort", "owner, name, entries or updated_at.").Answers<Page<BookOfAll>>();
        routes.MapGet(Path + "/{guid}/entries", ReadAsync).ForAdmins(Area.AddressBook, write: false)
            .WithSummary("What is in anybody's address book; written down in the log of the console.")
            .Query("q", "A part of the id, alias, note, OS user or host name.").Answers<Page<BookEntry>>();
        routes.MapPatch(Path + "/{guid}", ChangeAsync).ForAdmins(Area.AddressBook, write: true)
            .WithSummary("Gives a shared address book to somebody else, or renames it; what is missing stays.")
            .Reads<BookOfAllPatch>("""{"owner":"mara"}""").Answers<BookOfAll>();
        routes.MapDelete(Path + "/{guid}", DeleteAsync).ForAdmins(Area.AddressBook, write: true)
            .WithSummary("Deletes anybody's shared address book with all that is in it.").ReadsNothing()
            .AnswersNothing();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var rows = Rows(db).Searching(context, b => b.Name, b => b.Owner, b => b.Note)
            .Matching(context, "owner", b => b.Owner);
        rows = context.Request.Query["personal"].ToString() switch
        {
            "1" => rows.Where(b => b.IsPersonal), "0" => rows.Where(b => !b.IsPersonal), _ => rows,
        };
        var total = await rows.CountAsync(cancellationToken);
        var some = await Orders.Apply(rows, context).ThenBy(b => b.Name).ThenBy(b => b.Guid).Skip(page.Skip)
            .Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(new Page<BookOfAll>(total, some), AllBooksJson.Default.PageBookOfAll);
    }

    private static async Task<IResult> ReadAsync(
        HttpContext context, string guid, CurrentUser user, PageQuery page, HawserDb db, BookReader reader,
        DevicePresence presence, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } book) return Problem.NotFound("address book");
        var owner = await OwnerAsync(db, book, cancellationToken);
        // Once a look, not once a page.
        if (book.OwnerGuid != user.Guid && page.Current == 1)
        {
            log.Add(db, context, ConsoleOperation.ReadBook, book.IsPersonal ? owner : book.Name, ("owner", owner));
            await db.SaveChangesAsync(cancellationToken);
        }

        var entries = BookReader.Entries(db, book.Guid)
            .Searching(context, e => e.Id, e => e.Alias, e => e.Note, e => e.Username, e => e.Hostname);
        var total = await entries.CountAsync(cancellationToken);
        var rows = await entries.OrderBy(e => e.Alias != "" ? e.Alias : e.Id).ThenBy(e => e.Id).Skip(page.Skip)
            .Take(page.Size).ToListAsync(cancellationToken);
        var known = await reader.KnownAsync(db, user, rows.Select(e => e.Id), cancellationToken);
        var items = rows.ConvertAll(e => EntriesList.Item(
            e, known.GetValueOrDefault(e.Id), book.IsPersonal, presence));
        return ClientResults.Json(new Page<BookEntry>(total, items), BooksJson.Default.PageBookEntry);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, BookDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AllBooksJson.Default.BookOfAllPatch);
        if (body is null) return error!;
        if (await FindAsync(db, guid, cancellationToken) is not { } book) return Problem.NotFound("address book");
        if (book.IsPersonal) return Problem.Conflict("A personal address book stays with its user.", "personal");
        var owner = await OwnerAsync(db, book, cancellationToken);
        log.Add(db, context, ConsoleOperation.UpdateBook, book.Name, ("new_name", body.Name), ("owner", body.Owner),
            ("former_owner", body.Owner is null ? null : owner), ("note", body.Note));
        var refusal = await desk.UpdateAsync(
            db, user, book.Guid, new BookEdit(body.Name, body.Note, null, body.Owner), cancellationToken);
        if (refusal is not null) return Problem.Invalid(refusal, body.Owner is null ? "name" : "owner");
        var row = await Rows(db).FirstAsync(b => b.Guid == book.Guid, cancellationToken);
        return ClientResults.Json(row, AllBooksJson.Default.BookOfAll);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } book) return Problem.NotFound("address book");
        if (book.IsPersonal) return Problem.Conflict("A personal address book goes with its user.", "personal");
        log.Add(db, context, ConsoleOperation.DeleteBook, [book.Name],
            ("owner", await OwnerAsync(db, book, cancellationToken)));
        await db.SaveChangesAsync(cancellationToken);
        await BookDesk.DeleteAsync(db, [book.Guid], cancellationToken);
        return ClientResults.Empty;
    }

    private static Task<string> OwnerAsync(HawserDb db, AddressBook book, CancellationToken cancellationToken) =>
        db.Users.Where(u => u.Guid == book.OwnerGuid).Select(u => u.Name).FirstAsync(cancellationToken);

    private static async Task<AddressBook?> FindAsync(
        HawserDb db, string guid, CancellationToken cancellationToken) => Guid.TryParse(guid, out var wanted)
        ? await db.AddressBooks.AsNoTracking().FirstOrDefaultAsync(b => b.Guid == wanted, cancellationToken) : null;

    private static IQueryable<BookOfAll> Rows(HawserDb db) =>
        from book in db.AddressBooks.AsNoTracking()
        join owner in db.Users on book.OwnerGuid equals owner.Guid
        select new BookOfAll
        {
            Guid = book.Guid,
            Name = book.Name,
            Note = book.Note,
            Owner = owner.Name,
            IsPersonal = book.IsPersonal,
            PasswordSet = book.Password != "",
            Entries = db.AddressBookEntries.Count(e => e.BookGuid == book.Guid && e.DeletedAt == null),
            Binned = db.AddressBookEntries.Count(e => e.BookGuid == book.Guid && e.DeletedAt != null),
            Shares = db.AddressBookShares.Count(s => s.BookGuid == book.Guid),
            UpdatedAt = book.UpdatedAt,
        };
}

/// <summary>An address book of anybody.</summary>
internal sealed record BookOfAll
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    /// <summary>Empty for a personal one.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("owner")]
    public required string Owner { get; init; }

    [JsonPropertyName("is_personal")]
    public required bool IsPersonal { get; init; }

    /// <summary>It has a connection password; never which.</summary>
    [JsonPropertyName("password_set")]
    public required bool PasswordSet { get; init; }

    /// <summary>Devices in it.</summary>
    [JsonPropertyName("entries")]
    public required int Entries { get; init; }

    /// <summary>Devices in its recycle bin.</summary>
    [JsonPropertyName("binned")]
    public required int Binned { get; init; }

    /// <summary>How many rules say who else may use it.</summary>
    [JsonPropertyName("shares")]
    public required int Shares { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTime UpdatedAt { get; init; }
}

/// <summary>What is changed of one.</summary>
internal sealed record BookOfAllPatch
{
    /// <summary>The user it is given to, by name.</summary>
    [JsonPropertyName("owner")]
    public string? Owner { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(Page<BookOfAll>))]
[JsonSerializable(typeof(BookOfAll))]
[JsonSerializable(typeof(BookOfAllPatch))]
internal sealed partial class AllBooksJson : JsonSerializerContext;
