using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>Adds, changes and removes the devices of a book. A returned text says why nothing was done.</summary>
internal sealed partial class EntryDesk(AddressBookRules rules, Secrets secrets, BookGates gates, TimeProvider time)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Adds a device; one that is there already is changed, so a repeated request does no harm.</summary>
    public async Task<string?> AddAsync(HawserDb db, OpenBook book, EntryBody body, CancellationToken cancellationToken)
    {
        var id = body.Id?.Trim() ?? "";
        if (!BookText.IsWord(id, BookLimits.Id)) return BadId;
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            var entry = await FindAsync(db, book, id, cancellationToken);
            if (entry is null)
            {
                if (await RefuseNewAsync(db, book, id, cancellationToken) is { } full) return full;
                entry = new AddressBookEntry { BookGuid = book.Guid, Id = id, CreatedAt = Now };
                db.AddressBookEntries.Add(entry);
            }

            if (Apply(entry, book, body) is { } refusal) return refusal;
            try
            {
                await SaveAsync(db, book, entry, cancellationToken);
                return null;
            }
            catch (DbUpdateException) when (attempt == 0)
            {
                // Another node added it in between: now it is there, and is changed.
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Changes what the body holds and keeps the rest.</summary>
    public async Task<string?> UpdateAsync(
        HawserDb db, OpenBook book, EntryBody body, CancellationToken cancellationToken)
    {
        var id = body.Id?.Trim() ?? "";
        if (!BookText.IsWord(id, BookLimits.Id)) return BadId;
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        var entry = await FindAsync(db, book, id, cancellationToken);
        if (entry is null) return "This device is not in the address book.";
        if (Apply(entry, book, body) is { } refusal) return refusal;
        if (db.Entry(entry).State == EntityState.Modified) await SaveAsync(db, book, entry, cancellationToken);
        return null;
    }

    /// <summary>Moves devices to the book's recycle bin; ids that are not there do no harm.</summary>
    public async Task RemoveAsync(
        HawserDb db, string by, OpenBook book, IReadOnlyCollection<string> ids,
        CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = Now;
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(500))
        {
            var entries = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && some.Contains(e.Id));
            // The bin keeps the last state of a device, not its history.
            var gone = entries.Where(e => e.DeletedAt == null).Select(e => e.Id);
            await entries.Where(e => e.DeletedAt != null && gone.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
            await entries.Where(e => e.DeletedAt == null).ExecuteUpdateAsync(
                s => s.SetProperty(e => e.DeletedAt, now).SetProperty(e => e.DeletedBy, by)
                    .SetProperty(e => e.UpdatedAt, now), cancellationToken);
        }

        await TrimBinAsync(db, book.Guid, cancellationToken);
        await db.AddressBooks.Where(b => b.Guid == book.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.UpdatedAt, now), cancellationToken);
        await change.CommitAsync(cancellationToken);
    }

    /// <summary>Takes devices out of the bin again; those that are in the book already stay in the bin.</summary>
    /// <returns>How many came back; or why none may.</returns>
    public async Task<(int Count, string? Refusal)> RestoreAsync(
        HawserDb db, OpenBook book, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var entries = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid);
        var there = entries.Where(e => e.DeletedAt == null).Select(e => e.Id);
        var (now, count) = (Now, 0);
        foreach (var some in ids.Distinct(StringComparer.Ordinal).Chunk(500))
        {
            count += await entries
                .Where(e => e.DeletedAt != null && some.Contains(e.Id) && !there.Contains(e.Id))
                .ExecuteUpdateAsync(
                    s => s.SetProperty(e => e.DeletedAt, (DateTime?)null).SetProperty(e => e.DeletedBy, "")
                        .SetProperty(e => e.UpdatedAt, now), cancellationToken);
        }

        var limit = rules.EntryLimit;
        if (await entries.CountAsync(e => e.DeletedAt == null, cancellationToken) > limit) return (0, Full(limit));
        await change.CommitAsync(cancellationToken);
        return (count, null);
    }

    /// <summary>Deletes devices of the bin for good.</summary>
    /// <param name="db">The database.</param>
    /// <param name="book">The book.</param>
    /// <param name="ids">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task PurgeAsync(
        HawserDb db, OpenBook book, IReadOnlyCollection<string>? ids, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        var bin = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && e.DeletedAt != null);
        if (ids is null) await bin.ExecuteDeleteAsync(cancellationToken);
        foreach (var some in (ids ?? []).Distinct(StringComparer.Ordinal).Chunk(500))
        {
            await bin.Where(e => some.Contains(e.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Takes over what a body holds.</summary>
    /// <param name="entry">The row, new or tracked.</param>
    /// <param name="book">Its book.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="cut">Shorten what is too long instead of refusing it.</param>
    /// <returns>Why it is refused; null: it was taken over.</returns>
    public string? Apply(AddressBookEntry entry, OpenBook book, EntryBody body, bool cut = false)
    {
        if (!cut && TooLong(body) is { } refusal) return refusal;
        entry.Alias = Text(body.Alias, entry.Alias, BookLimits.Text);
        entry.Note = Text(body.Note, entry.Note, BookLimits.Note);
        entry.Username = Text(body.Username, entry.Username, BookLimits.Text);
        entry.Hostname = Text(body.Hostname, entry.Hostname, BookLimits.Text);
        entry.Platform = Text(body.Platform, entry.Platform, BookLimits.Platform);
        entry.RdpPort = Text(body.RdpPort, entry.RdpPort, BookLimits.RdpPort);
        entry.RdpUsername = Text(body.RdpUsername, entry.RdpUsername, BookLimits.Text);
        entry.LoginName = Text(body.LoginName, entry.LoginName, BookLimits.Text);
        entry.DeviceGroupName = Text(body.DeviceGroupName, entry.DeviceGroupName, BookLimits.Name);
        if (body.ForceAlwaysRelay is { } relay) entry.ForceAlwaysRelay = relay == "true";
        if (body.Tags is { } tags)
        {
            var words = tags.Where(t => t is not null && BookText.IsWord(t, BookLimits.Tag)).Select(t => t!);
            entry.Tags = TagList.Write(words.Take(BookLimits.TagsOfEntry));
        }

        // A hash opens the device for whoever has it: it stays in the book of the one person who entered the password.
        if (book.IsPersonal) entry.Hash = Secret(body.Hash, entry.Hash, BookLimits.Hash);
        else entry.Password = Secret(body.Password, entry.Password, BookLimits.Password);
        return null;
    }

    /// <summary>Deletes the oldest of a recycle bin that is too full.</summary>
    public static async Task TrimBinAsync(HawserDb db, Guid book, CancellationToken cancellationToken)
    {
        var bin = db.AddressBookEntries.Where(e => e.BookGuid == book && e.DeletedAt != null);
        var surplus = await bin.CountAsync(cancellationToken) - BookLimits.Binned;
        if (surplus <= 0) return;
        var oldest = bin.OrderBy(e => e.DeletedAt).ThenBy(e => e.Guid).Take(surplus).Select(e => e.Guid);
        await db.AddressBookEntries.Where(e => oldest.Contains(e.Guid)).ExecuteDeleteAsync(cancellationToken);
    }

    private const string BadId = "This is not a valid device id.";
    private const string NoSuchDevice = "There is no device with this ID on this server.";

    private static string? TooLong(EntryBody body)
    {
        if (body.Alias?.Length > BookLimits.Text) return $"The alias may have at most {BookLimits.Text} characters.";
        if (body.Note?.Length > BookLimits.Note) return $"The note may have at most {BookLimits.Note} characters.";
        if (body.Hash?.Length > BookLimits.Hash) return "The password hash is too long.";
        if (body.Password?.Length > BookLimits.Password)
        {
            return $"The password may have at most {BookLimits.Password} characters.";
        }

        if (body.Tags is not { } tags) return null;
        if (tags.Count > BookLimits.TagsOfEntry) return $"A device can have at most {BookLimits.TagsOfEntry} tags.";
        return tags.Any(t => t is null || !BookText.IsWord(t, BookLimits.Tag)) ? TagDesk.BadName : null;
    }

    private static string Text(string? sent, string kept, int most) => sent is null ? kept : BookText.Cut(sent, most);

    // Encrypting gives another text each time; what did not change is not written.
    private string Secret(string? sent, string kept, int most) =>
        sent is null || sent.Length > most || secrets.Unprotect(kept) == sent ? kept : secrets.Protect(sent);

    private async Task<string?> RefuseNewAsync(
        HawserDb db, OpenBook book, string id, CancellationToken cancellationToken)
    {
        var limit = rules.EntryLimit;
        var there = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && e.DeletedAt == null);
        if (await there.CountAsync(cancellationToken) >= limit) return Full(limit);
        return rules.Settings.IdMustExist && !BookText.IsElsewhere(id)
            && !await db.Devices.AnyAsync(d => d.Id == id, cancellationToken)
            ? NoSuchDevice : null;
    }

    internal static string Full(int limit) => $"The address book is full: it may hold at most {limit} devices.";

    private static Task<AddressBookEntry?> FindAsync(
        HawserDb db, OpenBook book, string id, CancellationToken cancellationToken) =>
        db.AddressBookEntries.FirstOrDefaultAsync(
            e => e.BookGuid == book.Guid && e.Id == id && e.DeletedAt == null, cancellationToken);

    private async Task SaveAsync(
        HawserDb db, OpenBook book, AddressBookEntry entry, CancellationToken cancellationToken)
    {
        entry.UpdatedAt = Now;
        var touched = db.AddressBooks.Local.FindEntry(book.Guid)?.Entity;
        if (touched is null) db.Attach(touched = new AddressBook { Guid = book.Guid });
        touched.UpdatedAt = Now;
        await db.SaveChangesAsync(cancellationToken);
    }
}
