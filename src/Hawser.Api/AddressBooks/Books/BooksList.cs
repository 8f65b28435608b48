using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary><c>GET /api/books</c>: the caller's own book and those shared with him, with what is in them.</summary>
internal static class BooksList
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/books", ListAsync).ForUsersOrScope(Area.AddressBook, write: false)
            .WithSummary("The caller's own address book and the shared ones, with how much is in them.")
            .Query("name", "Only shared books of this name; % is any text.").Answers<BooksReply>();

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, AddressBookRules rules,
        SettingsStore settings, CancellationToken cancellationToken)
    {
        var personal = await rules.PersonalAsync(db, user.Guid, cancellationToken);
        var books = AddressBookRules.Visible(db, user).Matching(context, "name", b => b.Name);
        var total = await books.CountAsync(cancellationToken);
        var rows = await books.OrderBy(b => b.NormalizedName).ThenBy(b => b.Guid).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        var guids = rows.Select(b => b.Guid).Append(personal).ToArray();
        var counts = await db.AddressBookEntries.Where(e => guids.Contains(e.BookGuid))
            .GroupBy(e => new { e.BookGuid, IsBinned = e.DeletedAt != null })
            .Select(g => new { g.Key.BookGuid, g.Key.IsBinned, Count = g.Count() }).ToListAsync(cancellationToken);
        var own = new BookItem
        {
            Guid = personal, Name = "", Owner = user.Name, Note = "", Rule = (int)ShareRule.FullControl,
            PasswordSet = false, IsPersonal = true, Entries = Count(personal, false), Binned = Count(personal, true),
        };
        var items = rows.ConvertAll(b => new BookItem
        {
            Guid = b.Guid, Name = b.Name, Owner = b.Owner, Note = b.Note,
            Rule = (int)AddressBookRules.RuleOf(b.Standing), PasswordSet = b.Password.Length > 0, IsPersonal = false,
            Entries = Count(b.Guid, false), Binned = Count(b.Guid, true),
        });
        var limits = new BookLimitsItem(
            rules.EntryLimit, BookLimits.Tags, BookLimits.TagsOfEntry, BookLimits.Binned,
            settings.Get(RetentionSettings.Key).RecycleBinDays);
        return ClientResults.Json(new BooksReply(own, total, items, limits), BooksJson.Default.BooksReply);

        int Count(Guid guid, bool binned) =>
            counts.Where(c => c.BookGuid == guid && c.IsBinned == binned).Sum(c => c.Count);
    }
}

/// <summary>An address book and how much is in it.</summary>
internal sealed record BookItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    /// <summary>Empty for the caller's own.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("owner")]
    public required string Owner { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    /// <summary>1 read, 2 read and write, 3 full control.</summary>
    [JsonPropertyName("rule")]
    public required int Rule { get; init; }

    /// <summary>It has a connection password; never which.</summary>
    [JsonPropertyName("password_set")]
    public required bool PasswordSet { get; init; }

    [JsonPropertyName("is_personal")]
    public required bool IsPersonal { get; init; }

    /// <summary>Devices in it.</summary>
    [JsonPropertyName("entries")]
    public required int Entries { get; init; }

    /// <summary>Devices in its recycle bin.</summary>
    [JsonPropertyName("binned")]
    public required int Binned { get; init; }
}

/// <summary>The books of somebody.</summary>
/// <param name="Personal">The caller's own.</param>
/// <param name="Total">How many shared ones there are.</param>
/// <param name="Data">This page of them.</param>
/// <param name="Limits">What each of them may hold.</param>
internal sealed record BooksReply(
    [property: JsonPropertyName("personal")] BookItem Personal,
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("data")] IReadOnlyList<BookItem> Data,
    [property: JsonPropertyName("limits")] BookLimitsItem Limits);

/// <summary>What an address book may hold.</summary>
/// <param name="Entries">Devices.</param>
/// <param name="Tags">Tags.</param>
/// <param name="TagsOfEntry">Tags of one device.</param>
/// <param name="Binned">Devices in its recycle bin; the oldest go first.</param>
/// <param name="BinDays">Days until they go from there for good; 0: they stay.</param>
internal sealed record BookLimitsItem(
    [property: JsonPropertyName("entries")] int Entries,
    [property: JsonPropertyName("tags")] int Tags,
    [property: JsonPropertyName("tags_of_entry")] int TagsOfEntry,
    [property: JsonPropertyName("binned")] int Binned,
    [property: JsonPropertyName("bin_days")] int BinDays);
