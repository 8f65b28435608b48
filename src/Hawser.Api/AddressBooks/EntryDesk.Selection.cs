using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>What came of work on a selection.</summary>
/// <param name="Ids">Those that are different now.</param>
/// <param name="Kept">Those that stayed as they are, because there was nothing to do.</param>
/// <param name="Refused">Those that could not be done.</param>
/// <param name="Reason">Why the last of them could not.</param>
internal sealed record SelectionResult(
    IReadOnlyList<string> Ids, int Kept = 0, int Refused = 0, string? Reason = null);

/// <content>What is done with a selection of a book's devices, named or found by a filter.</content>
internal sealed partial class EntryDesk
{
    private const int Some = 500;

    /// <summary>Puts a tag on devices; one that the book does not have is made.</summary>
    public async Task<(SelectionResult? Done, string? Refusal)> TagAsync(
        HawserDb db, OpenBook book, IReadOnlyList<AddressBookEntry> rows, string tag,
        CancellationToken cancellationToken)
    {
        if (TagDesk.RefuseName(tag) is { } bad) return (null, bad);
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var tags = db.AddressBookTags.Where(t => t.BookGuid == book.Guid);
        if (!await tags.AnyAsync(t => t.Name == tag, cancellationToken))
        {
            if (await tags.CountAsync(cancellationToken) >= BookLimits.Tags) return (null, TagDesk.Full);
            db.AddressBookTags.Add(
                new AddressBookTag { BookGuid = book.Guid, Name = tag, Color = TagDesk.ColorOf(tag) });
            await db.SaveChangesAsync(cancellationToken);
        }

        var without = rows.Where(e => !TagList.Read(e.Tags).Contains(tag, StringComparer.Ordinal)).ToList();
        var done = without.Where(e => TagList.Read(e.Tags).Count < BookLimits.TagsOfEntry).ToList();
        var (mark, end) = (TagList.Mark(tag), tag + "\n");
        await EachAsync(
            db, book, done.ConvertAll(e => e.Guid),
            some => some.Where(e => !e.Tags.Contains(mark)).ExecuteUpdateAsync(
                s => s.SetProperty(e => e.Tags, e => e.Tags == "" || e.Tags == "\n" ? mark : e.Tags + end),
                cancellationToken),
            cancellationToken);
        await change.CommitAsync(cancellationToken);
        var refused = without.Count - done.Count;
        return (new(done.ConvertAll(e => e.Id), rows.Count - without.Count, refused,
            refused == 0 ? null : $"A device can have at most {BookLimits.TagsOfEntry} tags."), null);
    }

    /// <summary>Takes a tag off devices; the tag stays.</summary>
    public async Task<SelectionResult> UntagAsync(
        HawserDb db, OpenBook book, IReadOnlyList<AddressBookEntry> rows, string tag,
        CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var done = rows.Where(e => TagList.Read(e.Tags).Contains(tag, StringComparer.Ordinal)).ToList();
        var mark = TagList.Mark(tag);
        await EachAsync(
            db, book, done.ConvertAll(e => e.Guid),
            some => some.ExecuteUpdateAsync(
                s => s.SetProperty(e => e.Tags, e => e.Tags == mark ? "" : e.Tags.Replace(mark, "\n")),
                cancellationToken),
            cancellationToken);
        await change.CommitAsync(cancellationToken);
        return new(done.ConvertAll(e => e.Id), rows.Count - done.Count);
    }

    /// <summary>Gives devices of a shared book one password; an empty one takes theirs away.</summary>
    public async Task<(SelectionResult? Done, string? Refusal)> SetPasswordAsync(
        HawserDb db, OpenBook book, IReadOnlyList<AddressBookEntry> rows, string password,
        CancellationToken cancellationToken)
    {
        if (book.IsPersonal) return (null, "Devices of a personal address book have no password of the book.");
        if (TooLong(new EntryBody { Password = password }) is { } wrong) return (null, wrong);
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var kept = secrets.Protect(password);
        await EachAsync(
            db, book, [.. rows.Select(e => e.Guid)],
            some => some.ExecuteUpdateAsync(s => s.SetProperty(e => e.Password, kept), cancellationToken),
            cancellationToken);
        await change.CommitAsync(cancellationToken);
        return (new([.. rows.Select(e => e.Id)]), null);
    }

    /// <summary>
    /// Copies devices into another book; those that are there stay as they are. A password opens the device for whoever
    /// may read its book: it comes along only when that is asked for, and never out of or into a personal book.
    /// </summary>
    public async Task<SelectionResult> CopyAsync(
        HawserDb db, (OpenBook From, OpenBook To) books, IReadOnlyList<AddressBookEntry> rows,
        (bool Passwords, bool DryRun) how, CancellationToken cancellationToken)
    {
        var colors = await db.AddressBookTags.AsNoTracking().Where(t => t.BookGuid == books.From.Guid)
            .ToDictionaryAsync(t => t.Name, t => t.Color, StringComparer.Ordinal, cancellationToken);
        var withPasswords = how.Passwords && !books.From.IsPersonal && !books.To.IsPersonal;
        var bodies = rows.Select(e => BodyOf(e, withPasswords)).ToList();
        var results = await ManyAsync(
            db, books.To, bodies, new ManyOptions(how.DryRun, Update: false, CreateTags: true, colors),
            cancellationToken);
        var added = rows.Where((_, i) => results[i].Outcome == ManyOutcome.Added).Select(e => e.Id).ToList();
        var refused = results.Where(r => r.Outcome == ManyOutcome.Refused).ToList();
        return new(added, results.Count - added.Count - refused.Count, refused.Count, refused.LastOrDefault().Reason);
    }

    private EntryBody BodyOf(AddressBookEntry entry, bool withPassword) => new()
    {
        Id = entry.Id,
        Alias = entry.Alias,
        Tags = TagList.Read(entry.Tags),
        Note = entry.Note,
        Username = entry.Username,
        Hostname = entry.Hostname,
        Platform = entry.Platform,
        ForceAlwaysRelay = entry.ForceAlwaysRelay ? "true" : "false",
        RdpPort = entry.RdpPort,
        RdpUsername = entry.RdpUsername,
        LoginName = entry.LoginName,
        DeviceGroupName = entry.DeviceGroupName,
        Password = withPassword && entry.Password.Length > 0 ? secrets.Unprotect(entry.Password) : null,
    };

    // A portion at a time; what is in the bin by now is left alone.
    private async Task EachAsync(
        HawserDb db, OpenBook book, IReadOnlyList<Guid> guids, Func<IQueryable<AddressBookEntry>, Task> work,
        CancellationToken cancellationToken)
    {
        var now = Now;
        foreach (var some in guids.Chunk(Some))
        {
            var those = db.AddressBookEntries.Where(
                e => e.BookGuid == book.Guid && e.DeletedAt == null && some.Contains(e.Guid));
            await those.ExecuteUpdateAsync(s => s.SetProperty(e => e.UpdatedAt, now), cancellationToken);
            await work(those);
        }

        await db.AddressBooks.Where(b => b.Guid == book.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.UpdatedAt, now), cancellationToken);
    }
}
