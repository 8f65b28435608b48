using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>How one of many devices fared.</summary>
internal enum ManyOutcome
{
    /// <summary>It was not in the book.</summary>
    Added,

    /// <summary>It was, and something is different now.</summary>
    Changed,

    /// <summary>It was, and nothing is different.</summary>
    Same,

    /// <summary>It was, is different, and stays as it is, because that was asked for.</summary>
    Kept,

    /// <summary>It can't be taken.</summary>
    Refused,
}

/// <summary>What is to be done with many devices.</summary>
/// <param name="DryRun">Only say what would become of them.</param>
/// <param name="Update">Change those that are there; otherwise they stay as they are.</param>
/// <param name="CreateTags">Make tags that the book does not have; otherwise devices go without them.</param>
/// <param name="Colors">Of tags that are made, where they come from a book that has them.</param>
internal readonly record struct ManyOptions(
    bool DryRun, bool Update, bool CreateTags, IReadOnlyDictionary<string, long>? Colors = null);

/// <summary>How one of many fared, and why.</summary>
internal readonly record struct ManyResult(ManyOutcome Outcome, string? Reason);

/// <content>Many devices at once: imports, and what is done with a selection.</content>
internal sealed partial class EntryDesk
{
    /// <summary>Devices in one call.</summary>
    internal const int MostAtOnce = 1000;

    /// <summary>Adds or changes many devices; one that can't be taken does not keep the others out.</summary>
    /// <returns>One result for each, in their order.</returns>
    public async Task<IReadOnlyList<ManyResult>> ManyAsync(
        HawserDb db, OpenBook book, IReadOnlyList<EntryBody> bodies, ManyOptions options,
        CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var work = await ReadAsync(db, book, bodies, cancellationToken);
                var results = bodies.Select(b => Take(db, book, b, work, options)).ToList();
                if (options.DryRun) db.ChangeTracker.Clear();
                else await KeepAsync(db, book, (work, options.Colors), cancellationToken);
                return results;
            }
            catch (DbUpdateException) when (attempt == 0)
            {
                // Another node added one of them in between: now it is there, and is changed.
                db.ChangeTracker.Clear();
            }
        }
    }

    // What is there of those that are asked about.
    private async Task<ManyWork> ReadAsync(
        HawserDb db, OpenBook book, IReadOnlyList<EntryBody> bodies, CancellationToken cancellationToken)
    {
        var ids = bodies.Select(b => b.Id?.Trim() ?? "").Where(i => i.Length > 0).Distinct(StringComparer.Ordinal)
            .ToArray();
        var work = new ManyWork();
        var there = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && e.DeletedAt == null);
        work.Room = rules.EntryLimit - await there.CountAsync(cancellationToken);
        foreach (var some in ids.Chunk(500))
        {
            foreach (var entry in await there.Where(e => some.Contains(e.Id)).ToListAsync(cancellationToken))
            {
                work.Entries[entry.Id] = entry;
            }

            if (!rules.Settings.IdMustExist) continue;
            work.Devices.UnionWith(
                await db.Devices.Where(d => some.Contains(d.Id)).Select(d => d.Id).ToListAsync(cancellationToken));
        }

        work.Tags.UnionWith(await db.AddressBookTags.Where(t => t.BookGuid == book.Guid).Select(t => t.Name)
            .ToListAsync(cancellationToken));
        return work;
    }

    private ManyResult Take(HawserDb db, OpenBook book, EntryBody body, ManyWork work, ManyOptions options)
    {
        var id = body.Id?.Trim() ?? "";
        if (!BookText.IsWord(id, BookLimits.Id)) return Refused(BadId);
        if (!work.Seen.Add(id)) return Refused("This device is in the list twice.");
        if (TooLong(body) is { } wrong) return Refused(wrong);
        var newTags = (body.Tags ?? []).Where(t => !work.Tags.Contains(t!));
        if (newTags.Select(t => TagDesk.RefuseName(t!)).FirstOrDefault(r => r is not null) is { } bad)
        {
            return Refused(bad);
        }

        var isThere = work.Entries.TryGetValue(id, out var entry);
        if (isThere && !options.Update)
        {
            return new(IsSame(db, book, body, entry!) ? ManyOutcome.Same : ManyOutcome.Kept, null);
        }

        if (!isThere)
        {
            if (work.Room <= 0) return Refused(Full(rules.EntryLimit));
            if (rules.Settings.IdMustExist && !BookText.IsElsewhere(id) && !work.Devices.Contains(id))
            {
                return Refused(NoSuchDevice);
            }

            work.Room--;
            entry = new AddressBookEntry { BookGuid = book.Guid, Id = id, CreatedAt = Now, UpdatedAt = Now };
            db.AddressBookEntries.Add(entry);
        }

        Apply(entry!, book, TagsOf(body, work, options));
        if (!isThere) return new(ManyOutcome.Added, null);
        if (db.Entry(entry!).State != EntityState.Modified) return new(ManyOutcome.Same, null);
        entry!.UpdatedAt = Now;
        return new(ManyOutcome.Changed, null);

        static ManyResult Refused(string reason) => new(ManyOutcome.Refused, reason);
    }

    // Whether nothing would be different; the row is as it was afterwards.
    private bool IsSame(HawserDb db, OpenBook book, EntryBody body, AddressBookEntry entry)
    {
        Apply(entry, book, body);
        var row = db.Entry(entry);
        if (row.State == EntityState.Unchanged) return true;
        row.CurrentValues.SetValues(row.OriginalValues);
        row.State = EntityState.Unchanged;
        return false;
    }

    // Tags that are not there are made, or left out.
    private static EntryBody TagsOf(EntryBody body, ManyWork work, ManyOptions options)
    {
        if (body.Tags is not { } tags) return body;
        var kept = new List<string?>(tags.Count);
        foreach (var tag in tags)
        {
            var isKnown = work.Tags.Contains(tag!);
            if (!isKnown && options.CreateTags && work.Tags.Count < BookLimits.Tags)
            {
                work.Tags.Add(tag!);
                work.NewTags.Add(tag!);
                isKnown = true;
            }

            if (isKnown) kept.Add(tag);
        }

        return body with { Tags = kept };
    }

    private async Task KeepAsync(
        HawserDb db, OpenBook book, (ManyWork Work, IReadOnlyDictionary<string, long>? Colors) with,
        CancellationToken cancellationToken)
    {
        foreach (var name in with.Work.NewTags)
        {
            var color = with.Colors?.TryGetValue(name, out var known) == true ? known : TagDesk.ColorOf(name);
            db.AddressBookTags.Add(new AddressBookTag { BookGuid = book.Guid, Name = name, Color = color });
        }

        var now = Now;
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await db.AddressBooks.Where(b => b.Guid == book.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.UpdatedAt, now), cancellationToken);
        await change.CommitAsync(cancellationToken);
    }

    private sealed class ManyWork
    {
        public Dictionary<string, AddressBookEntry> Entries { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Devices { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Tags { get; } = new(StringComparer.Ordinal);

        public List<string> NewTags { get; } = [];

        public HashSet<string> Seen { get; } = new(StringComparer.Ordinal);

        public int Room { get; set; }
    }
}
