using Hawser.Api.Devices;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks.Books;

/// <summary>
/// What a list of a book's devices is narrowed by, and so what is meant by all that match. State and system are those
/// that the list shows: of devices that the caller may reach, what they say of themselves.
/// </summary>
internal sealed class EntryFilter(DeviceReach reach, DevicePresence presence)
{
    private const int MostTags = 20;

    private static readonly string[] Platforms = ["Windows", "Linux", "Mac OS", "Android"];

    /// <summary>The devices of a book that a query asks for.</summary>
    public async Task<IQueryable<AddressBookEntry>> ApplyAsync(
        HawserDb db, CurrentUser user, OpenBook book, HttpContext context, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var entries = BookReader.Entries(db, book.Guid)
            .Searching(context, e => e.Id, e => e.Alias, e => e.Note, e => e.Username, e => e.Hostname);
        // One whose last tag was taken away keeps a line break.
        if (query["untagged"] == "1") entries = entries.Where(e => e.Tags == "" || e.Tags == "\n");
        entries = (query["has_password"].ToString(), book.IsPersonal) switch
        {
            ("1", true) => entries.Where(e => e.Hash != ""),
            ("1", false) => entries.Where(e => e.Password != ""),
            ("0", true) => entries.Where(e => e.Hash == ""),
            ("0", false) => entries.Where(e => e.Password == ""),
            _ => entries,
        };
        entries = Tagged(entries, query["tag"], query["match"] == "all");
        var (state, platform) = (query["state"].ToString(), query["platform"].ToString());
        var isOfList = Platforms.Contains(platform, StringComparer.Ordinal);
        if (!isOfList) entries = entries.Matching(context, "platform", e => e.Platform);
        if (state.Length == 0 && !isOfList) return entries;
        var known = await KnownAsync(db, user, book.Guid, cancellationToken);
        return InState(isOfList ? OfPlatform(entries, platform, known) : entries, state, known);
    }

    private static IQueryable<AddressBookEntry> Tagged(
        IQueryable<AddressBookEntry> entries, IEnumerable<string?> tags, bool all)
    {
        var marks = tags.Where(t => t is { Length: > 0 } && BookText.IsWord(t, BookLimits.Tag)).Take(MostTags)
            .Select(t => TagList.Mark(t!)).ToArray();
        if (marks.Length == 0) return entries;
        if (!all) return entries.Where(e => marks.Any(m => e.Tags.Contains(m)));
        foreach (var mark in marks) entries = entries.Where(e => e.Tags.Contains(mark));
        return entries;
    }

    // Who is there is known in memory only: the ids are one parameter of the question, however many they are.
    private IQueryable<AddressBookEntry> InState(
        IQueryable<AddressBookEntry> entries, string state, Dictionary<string, string?> known)
    {
        if (state.Length == 0) return entries;
        var ids = (state switch
        {
            "online" => known.Keys.Where(presence.IsOnline),
            "offline" => known.Keys.Where(id => !presence.IsOnline(id)),
            "unknown" => known.Keys,
            _ => [],
        }).ToArray();
        return state == "unknown" ? entries.Where(e => !EF.Parameter(ids).Contains(e.Id))
            : entries.Where(e => EF.Parameter(ids).Contains(e.Id));
    }

    private static IQueryable<AddressBookEntry> OfPlatform(
        IQueryable<AddressBookEntry> entries, string platform, Dictionary<string, string?> known)
    {
        var those = known.Where(k => k.Value == platform).Select(k => k.Key).ToArray();
        var others = known.Where(k => k.Value is { } other && other != platform).Select(k => k.Key).ToArray();
        return entries.Where(e => EF.Parameter(those).Contains(e.Id)
            || (e.Platform == platform && !EF.Parameter(others).Contains(e.Id)));
    }

    // The devices of a book that the user may reach, by id, with the platform that they tell.
    private async Task<Dictionary<string, string?>> KnownAsync(
        HawserDb db, CurrentUser user, Guid book, CancellationToken cancellationToken)
    {
        var ids = BookReader.Entries(db, book).Select(e => e.Id);
        var devices = (await reach.OfAsync(db, user, cancellationToken)).Devices;
        var rows = await (
            from device in devices.Where(d => ids.Contains(d.Id))
            join x in db.DeviceDetails on device.Guid equals x.DeviceGuid
            where x.SysinfoAt != null
            select new { device.Id, x.Os }).ToListAsync(cancellationToken);
        return rows.DistinctBy(r => r.Id, StringComparer.Ordinal)
            .ToDictionary(r => r.Id, r => BookText.PlatformOf(r.Os), StringComparer.Ordinal);
    }
}
