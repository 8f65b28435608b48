using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Admin;

/// <summary>
/// Making and deleting shared books (admin reference §4.5). A token acts as its maker: new books are the maker's.
/// </summary>
internal static class BooksAdmin
{
    private const int MostBooks = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/ab/shared/add", AddAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Makes a shared address book.")
            .Reads<BookBody>("""{"name":"Shops","note":null,"info":{"password":"s3cret"}}""").Answers<MadeBook>()
            .OrError();
        routes.MapPut("/api/ab/shared/update/profile", UpdateAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Changes a shared address book; what is missing stays.")
            .Reads<BookBody>("""{"guid":"019a7c5e-0000-7000-8000-000000000000","name":"All shops","owner":"mara"}""")
            .AnswersNothing().OrError();
        routes.MapDelete("/api/ab/shared", DeleteAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Deletes shared address books, by guid.")
            .Reads<IReadOnlyList<string>>("""["019a7c5e-0000-7000-8000-000000000000"]""").AnswersNothing().OrError();
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, AddressBookRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, BooksAdminJson.Default.BookBody);
        if (body is null) return error!;
        log.Add(db, context, ConsoleOperation.AddBook, body.Name ?? "");
        var (book, refusal) = await rules.CreateAsync(
            db, user.Guid, body.Name ?? "", body.Note ?? "", body.Info?.Password ?? "", cancellationToken);
        return book is null ? Refuse(refusal!)
            : ClientResults.Json(new MadeBook(book.Guid.ToString()), BooksAdminJson.Default.MadeBook);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, CurrentUser user, HawserDb db, BookDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, BooksAdminJson.Default.BookBody);
        if (body is null) return error!;
        var (book, refusal) = await AddressBookRules.OpenAsync(
            db, user, body.Guid ?? "", ShareRule.FullControl, cancellationToken);
        if (refusal is not null) return refusal;
        var name = await NameAsync(db, book.Guid, cancellationToken);
        var renamed = body.Name is not null && body.Name.Trim() != name;
        log.Add(db, context, renamed ? ConsoleOperation.RenameBook : ConsoleOperation.UpdateBook, name,
            ("new_name", renamed ? body.Name : null), ("owner", body.Owner), ("note", body.Note),
            ("password", body.Info?.Password is null ? null : "changed"));
        return Mutated(await desk.UpdateAsync(
            db, user, book.Guid, new BookEdit(body.Name, body.Note, body.Info?.Password, body.Owner),
            cancellationToken));
    }

    // All or nothing; books that are gone already do no harm.
    private static async Task<IResult> DeleteAsync(
        HttpContext context, CurrentUser user, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (sent, error) = await ClientBody.ReadAsync(
            context, BooksAdminJson.Default.IReadOnlyListString, BookLimits.ListBytes);
        if (sent is null) return error!;
        if (sent.Count > MostBooks) return Refuse($"At most {MostBooks} address books at once.");
        var guids = new HashSet<Guid>();
        foreach (var text in sent)
        {
            if (!Guid.TryParse(text, out var guid)) return Refuse($"\"{text}\" is not the guid of an address book.");
            if (guids.Contains(guid) || !await db.AddressBooks.AnyAsync(b => b.Guid == guid, cancellationToken))
            {
                continue;
            }

            var (book, refusal) = await AddressBookRules.OpenAsync(
                db, user, text, ShareRule.FullControl, cancellationToken);
            if (refusal is not null) return refusal;
            if (book.IsPersonal) return Refuse("A personal address book can't be deleted.");
            guids.Add(guid);
        }

        if (guids.Count == 0) return ClientResults.Empty;
        var names = await db.AddressBooks.Where(b => guids.Contains(b.Guid)).OrderBy(b => b.NormalizedName)
            .Select(b => b.Name).ToListAsync(cancellationToken);
        log.Add(db, context, ConsoleOperation.DeleteBook, names);
        await db.SaveChangesAsync(cancellationToken);
        await BookDesk.DeleteAsync(db, guids, cancellationToken);
        return ClientResults.Empty;
    }

    /// <summary>A book's name, for the log.</summary>
    internal static async Task<string> NameAsync(HawserDb db, Guid book, CancellationToken cancellationToken) =>
        await db.AddressBooks.Where(b => b.Guid == book).Select(b => b.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";

    private static IResult Mutated(string? refusal) => refusal is null ? ClientResults.Empty : Refuse(refusal);

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
