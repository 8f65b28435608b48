using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Admin;

/// <summary>Who may use a shared book (admin reference §4.5, §6.5); for those who have full control of it.</summary>
internal static class RulesAdmin
{
    private const int MostRules = 1000;
    private const string NoSuchRule = "There is no such rule.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/ab/rules", ListAsync).ForUsersOrScope(Area.AddressBook, write: false)
            .WithSummary("Who may use a shared address book.").Query("ab", "The book.").Answers<Page<RuleItem>>();
        routes.MapPost("/api/ab/rule", AddAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Shares an address book with a user, a user group, or everybody.")
            .Reads<RuleBody>("""{"guid":"019a7c5e-0000-7000-8000-000000000000","rule":2,"group":"Help desk"}""")
            .Answers<MadeBook>().OrError();
        routes.MapPatch("/api/ab/rule", UpdateAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Changes what a rule of an address book allows.")
            .Reads<RuleBody>("""{"guid":"019a7c5e-0000-7000-8000-000000000000","rule":1}""").AnswersNothing().OrError();
        routes.MapDelete("/api/ab/rules", DeleteAsync).ForUsersOrScope(Area.AddressBook, write: true)
            .WithSummary("Deletes rules of address books, by guid.")
            .Reads<IReadOnlyList<string>>("""["019a7c5e-0000-7000-8000-000000000000"]""").AnswersNothing().OrError();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var guid = context.Request.Query["ab"].ToString();
        var (book, refusal) = await AddressBookRules.OpenAsync(
            db, user, guid, ShareRule.FullControl, cancellationToken);
        if (refusal is not null) return refusal;
        var shares = db.AddressBookShares.AsNoTracking().Where(s => s.BookGuid == book.Guid);
        var total = await shares.CountAsync(cancellationToken);
        var rows = await shares.OrderBy(s => s.CreatedAt).ThenBy(s => s.Guid).Skip(page.Skip).Take(page.Size)
            .Select(s => new
            {
                s.Guid,
                s.Rule,
                s.SubjectKind,
                User = db.Users.Where(u => u.Guid == s.SubjectGuid).Select(u => u.Name).FirstOrDefault(),
                Group = db.UserGroups.Where(g => g.Guid == s.SubjectGuid).Select(g => g.Name).FirstOrDefault(),
            }).ToListAsync(cancellationToken);
        var items = rows.ConvertAll(r => new RuleItem
        {
            Guid = r.Guid.ToString(),
            Rule = (int)r.Rule,
            User = r.SubjectKind == ShareSubject.User ? r.User ?? "" : null,
            Group = r.SubjectKind == ShareSubject.UserGroup ? r.Group ?? "" : null,
        });
        return ClientResults.Json(new Page<RuleItem>(total, items), BooksAdminJson.Default.PageRuleItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, BookDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, BooksAdminJson.Default.RuleBody);
        if (body is null) return error!;
        var (book, refusal) = await AddressBookRules.OpenAsync(
            db, user, body.Guid ?? "", ShareRule.FullControl, cancellationToken);
        if (refusal is not null) return refusal;
        if (book.IsPersonal) return Refuse("A personal address book can't be shared.");
        var (share, wrong) = await desk.ShareAsync(
            db, user, book.Guid, (body.User, body.Group), (ShareRule)(body.Rule ?? 0), cancellationToken);
        if (share is null) return Refuse(wrong);
        log.Add(db, context, ConsoleOperation.AddShare, await BooksAdmin.NameAsync(db, book.Guid, cancellationToken),
            ("user", body.User), ("group", body.Group), ("rule", $"{body.Rule}"));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Json(new MadeBook(share.Guid.ToString()), BooksAdminJson.Default.MadeBook);
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, CurrentUser user, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(context, BooksAdminJson.Default.RuleBody);
        if (body is null) return error!;
        if (body.Rule is not (>= 1 and <= 3)) return Refuse(BookDesk.NoRule);
        if (await FindAsync(db, user, body.Guid, cancellationToken) is not { } share) return Refuse(NoSuchRule);
        share.Rule = (ShareRule)body.Rule.Value;
        log.Add(db, context, ConsoleOperation.UpdateShare,
            await BooksAdmin.NameAsync(db, share.BookGuid, cancellationToken), ("rule", $"{body.Rule}"),
            ("share", share.Guid.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, CurrentUser user, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (sent, error) = await ClientBody.ReadAsync(
            context, BooksAdminJson.Default.IReadOnlyListString, BookLimits.ListBytes);
        if (sent is null) return error!;
        if (sent.Count > MostRules) return Refuse($"At most {MostRules} rules at once.");
        foreach (var text in sent.Distinct(StringComparer.Ordinal))
        {
            // Gone already: what was asked for.
            if (!Guid.TryParse(text, out var guid)) return Refuse(NoSuchRule);
            if (!await db.AddressBookShares.AnyAsync(s => s.Guid == guid, cancellationToken)) continue;
            if (await FindAsync(db, user, text, cancellationToken) is not { } share) return Refuse(NoSuchRule);
            db.AddressBookShares.Remove(share);
            log.Add(db, context, ConsoleOperation.DeleteShare,
                await BooksAdmin.NameAsync(db, share.BookGuid, cancellationToken), ("share", text));
        }

        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Empty;
    }

    // A rule of a book that the user has no full control of is not there for him.
    private static async Task<AddressBookShare?> FindAsync(
        HawserDb db, CurrentUser user, string? guid, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return null;
        if (await db.AddressBookShares.FindAsync([wanted], cancellationToken) is not { } share) return null;
        var (_, refusal) = await AddressBookRules.OpenAsync(
            db, user, share.BookGuid.ToString(), ShareRule.FullControl, cancellationToken);
        return refusal is null ? share : null;
    }

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
