using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>
/// <c>GET /api/books/{guid}/entries</c>: the devices of a book for people: searched, filtered, sorted, as CSV.
/// Passwords are never told, only whether there are any. Ours.
/// </summary>
internal static class EntriesList
{
    private const int MostIds = 500;

    private static readonly Sorts<AddressBookEntry> Orders = new Sorts<AddressBookEntry>("alias")
        .Add("alias", e => e.Alias != "" ? e.Alias : e.Id).Add("id", e => e.Id).Add("hostname", e => e.Hostname)
        .Add("platform", e => e.Platform).Add("updated_at", e => e.UpdatedAt);

    // What an import reads again.
    private static readonly string[] Columns = ["id", "alias", "tags", "note", "username", "hostname", "platform"];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/books/{guid}/entries", ListAsync).ForUsersOrScope(Area.AddressBook, write: false)
            .WithSummary("The devices of an address book, searched, filtered and sorted; as CSV on request.")
            .Query("q", "A part of the id, alias, note, OS user or host name.")
            .Query("tag", "Only devices with this tag; may be given several times.")
            .Query("match", "all: with all of these tags; otherwise any of them is enough.")
            .Query("untagged", "1: only devices without tags.").Query("platform", "Only of this platform.")
            .Query("state", "online, offline, or unknown: no device of this server that the caller may reach.")
            .Query("ids", "Only these, with commas between them; for a file of a selection.")
            .Query("has_password", "1 or 0: only devices with, or without, a password of their own.")
            .Query("sort", "alias, id, hostname, platform or updated_at.")
            .Query("format", "csv or jsonl: all that match, as a file.").Answers<BookEntries>();

    private static async Task<IResult> ListAsync(
        HttpContext context, string guid, CurrentUser user, PageQuery page, HawserDb db, EntryFilter filter,
        BookReader reader, DevicePresence presence, ConsoleLog log, SettingsStore settings, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.Read, cancellationToken);
        if (refusal is not null) return refusal;
        var asOf = AskedAgain.AsOf(time.GetUtcNow().UtcDateTime);
        var entries = await filter.ApplyAsync(db, user, book, context, cancellationToken);
        if (context.Request.Query["ids"].ToString() is { Length: > 0 } text)
        {
            var ids = text.Split(',', MostIds + 1);
            if (ids.Length > MostIds) return Problem.Invalid($"At most {MostIds} ids are expected.", "ids");
            entries = entries.Where(e => ids.Contains(e.Id));
        }

        var sorted = Orders.Apply(entries, context).ThenBy(e => e.Id);
        if (FileOfRows.IsAsked(context))
        {
            await log.ExportedAsync(
                db, context, ConsoleOperation.ExportList, $"address-book {book.Guid}", cancellationToken);
            return new FileOfRows("address-book", Columns, CsvAsync());
        }

        var total = await entries.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        var known = await reader.KnownAsync(db, user, rows.Select(e => e.Id), cancellationToken);
        // Where only administrators read the logs, this is not told either.
        var isTold = user.May(AdminRight.AuditView) || !settings.Get(AuditSettings.Key).AdminsOnly;
        var last = await BookReader.LastConnectedAsync(
            db, user, isTold ? rows.ConvertAll(e => e.Id) : [], cancellationToken);
        var items = rows.ConvertAll(e => Item(e, known.GetValueOrDefault(e.Id), book.IsPersonal, presence) with
        {
            LastConnected = last.TryGetValue(e.Id, out var at) ? WireTime.Seconds(at) : null,
        });
        return ClientResults.Json(new BookEntries(total, items, asOf), BooksJson.Default.BookEntries);

        async IAsyncEnumerable<string?[]> CsvAsync()
        {
            await foreach (var e in sorted.AsAsyncEnumerable())
            {
                yield return
                    [e.Id, e.Alias, string.Join(';', TagList.Read(e.Tags)), e.Note, e.Username, e.Hostname, e.Platform];
            }
        }
    }

    /// <summary>An entry as it is answered.</summary>
    internal static BookEntry Item(
        AddressBookEntry entry, KnownDevice? known, bool isPersonal, DevicePresence presence) => new()
    {
        Id = entry.Id,
        Alias = entry.Alias,
        Tags = TagList.Read(entry.Tags),
        Note = entry.Note,
        Username = known?.Username ?? entry.Username,
        Hostname = known?.Hostname ?? entry.Hostname,
        Platform = known?.Platform ?? entry.Platform,
        IsKnown = known is not null,
        IsOnline = known is not null && presence.IsOnline(entry.Id),
        PasswordSet = (isPersonal ? entry.Hash : entry.Password).Length > 0,
        ForceAlwaysRelay = entry.ForceAlwaysRelay,
        UpdatedAt = WireTime.Seconds(entry.UpdatedAt),
    };
}

/// <summary>A device of a book.</summary>
internal sealed record BookEntry
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("alias")]
    public required string Alias { get; init; }

    [JsonPropertyName("tags")]
    public required IReadOnlyList<string> Tags { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("username")]
    public required string Username { get; init; }

    [JsonPropertyName("hostname")]
    public required string Hostname { get; init; }

    [JsonPropertyName("platform")]
    public required string Platform { get; init; }

    /// <summary>It is a device of this server that the caller may reach.</summary>
    [JsonPropertyName("is_known")]
    public required bool IsKnown { get; init; }

    [JsonPropertyName("is_online")]
    public required bool IsOnline { get; init; }

    /// <summary>It has a password here; never which.</summary>
    [JsonPropertyName("password_set")]
    public required bool PasswordSet { get; init; }

    [JsonPropertyName("force_always_relay")]
    public required bool ForceAlwaysRelay { get; init; }

    [JsonPropertyName("updated_at")]
    public required long UpdatedAt { get; init; }

    /// <summary>When the caller was last let in on it, as this server's log says; missing: not known.</summary>
    [JsonPropertyName("last_connected")]
    public long? LastConnected { get; init; }
}

/// <summary>Devices of a book.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Data">This page of them.</param>
/// <param name="AsOf">When they were read, in milliseconds since 1970; for work on all that match.</param>
internal sealed record BookEntries(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("data")] IReadOnlyList<BookEntry> Data,
    [property: JsonPropertyName("as_of")] long AsOf);
