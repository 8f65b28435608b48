using Hawser.Api.AddressBooks.Books;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>Adds, changes and removes the tags of a book. A returned text says why nothing was done.</summary>
internal sealed class TagDesk(BookGates gates, TimeProvider time)
{
    internal static readonly string BadName = $"A tag must have 1 to {BookLimits.Tag} characters.";

    internal static readonly string Full = $"An address book can have at most {BookLimits.Tags} tags.";

    private static readonly uint[] Palette =
    [
        0xFFE53935, 0xFF8E24AA, 0xFF3949AB, 0xFF1E88E5, 0xFF00897B, 0xFF43A047, 0xFFFDD835, 0xFFFB8C00, 0xFF6D4C41,
        0xFF546E7A,
    ];

    /// <summary>Why a tag can't have that name; null: it can.</summary>
    public static string? RefuseName(string name) =>
        !BookText.IsWord(name, BookLimits.Tag) ? BadName
        // Clients show devices without tags under this name (reference §6.7).
        : name.Equals("Untagged", StringComparison.OrdinalIgnoreCase)
            ? "This name is reserved, please choose another one."
        : null;

    /// <summary>The color of a tag that came without one; the same for the same name.</summary>
    public static long ColorOf(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name) hash = (hash ^ c) * 16777619u;
        return Palette[hash % (uint)Palette.Length];
    }

    /// <summary>A color as it was sent, as 32 bits without sign; null: not one.</summary>
    public static long? Unsigned(long color) => color switch
    {
        >= 0 and <= uint.MaxValue => color,
        >= int.MinValue and < 0 => (uint)(int)color,
        _ => null,
    };

    /// <summary>Adds a tag; one that is there gets the color.</summary>
    public async Task<string?> AddAsync(
        HawserDb db, OpenBook book, string name, long? color, CancellationToken cancellationToken)
    {
        if (RefuseName(name) is { } refusal) return refusal;
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        if (await TryRecolorAsync(db, book, name, color, cancellationToken)) return null;
        if (await db.AddressBookTags.CountAsync(t => t.BookGuid == book.Guid, cancellationToken) >= BookLimits.Tags)
        {
            return Full;
        }

        var argb = color ?? ColorOf(name);
        db.AddressBookTags.Add(new AddressBookTag { BookGuid = book.Guid, Name = name, Color = argb });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            if (!await TryRecolorAsync(db, book, name, color, cancellationToken)) throw;
        }

        return null;
    }

    /// <summary>Gives a tag another color; without one nothing changes.</summary>
    public async Task<string?> UpdateAsync(
        HawserDb db, OpenBook book, string name, long? color, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        return await TryRecolorAsync(db, book, name, color, cancellationToken) ? null : NoSuchTag;
    }

    /// <summary>Renames a tag, in all devices too.</summary>
    public async Task<string?> RenameAsync(
        HawserDb db, OpenBook book, string old, string name, CancellationToken cancellationToken)
    {
        if (RefuseName(name) is { } refusal) return refusal;
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var tags = db.AddressBookTags.Where(t => t.BookGuid == book.Guid);
        if (await tags.FirstOrDefaultAsync(t => t.Name == old, cancellationToken) is not { } tag) return NoSuchTag;
        if (old == name) return null;
        if (await tags.AnyAsync(t => t.Name == name, cancellationToken))
        {
            return "There is a tag with this name already.";
        }

        db.AddressBookTags.Remove(tag);
        db.AddressBookTags.Add(new AddressBookTag { BookGuid = book.Guid, Name = name, Color = tag.Color });
        await db.SaveChangesAsync(cancellationToken);
        // Where both are, one goes first: each tag is in a device once.
        var (both, gone) = (TagList.Mark(name), TagList.Mark(old));
        await db.AddressBookEntries
            .Where(e => e.BookGuid == book.Guid && e.Tags.Contains(both) && e.Tags.Contains(gone))
            .ExecuteUpdateAsync(s => s.SetProperty(e => e.Tags, e => e.Tags.Replace(gone, "\n")), cancellationToken);
        await ReplaceAsync(db, book, old, both, cancellationToken);
        await change.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Makes several tags one, in all devices too, also in those of the bin; each has it once.</summary>
    /// <returns>What takes it back; or why not.</returns>
    public async Task<(TagMergeReply? Merged, string? Refusal)> MergeAsync(
        HawserDb db, OpenBook book, IReadOnlyCollection<string> from, string into, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var names = from.Where(n => n != into).Distinct(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) return (null, "A tag can't be merged with itself.");
        var tags = db.AddressBookTags.Where(t => t.BookGuid == book.Guid);
        var gone = await tags.Where(t => names.Contains(t.Name)).OrderBy(t => t.Name).ToListAsync(cancellationToken);
        if (gone.Count != names.Length || !await tags.AnyAsync(t => t.Name == into, cancellationToken))
        {
            return (null, NoSuchTag);
        }

        var stays = TagList.Mark(into);
        var entries = db.AddressBookEntries.Where(e => e.BookGuid == book.Guid);
        var merged = new List<MergedTag>();
        var gained = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tag in gone)
        {
            var mark = TagList.Mark(tag.Name);
            var those = await entries.Where(e => e.DeletedAt == null && e.Tags.Contains(mark)).OrderBy(e => e.Id)
                .Select(e => new { e.Id, Has = e.Tags.Contains(stays) }).ToListAsync(cancellationToken);
            merged.Add(new MergedTag(tag.Name, tag.Color, those.ConvertAll(e => e.Id)));
            gained.UnionWith(those.Where(e => !e.Has).Select(e => e.Id));
            await entries.Where(e => e.Tags.Contains(stays) && e.Tags.Contains(mark)).ExecuteUpdateAsync(
                s => s.SetProperty(e => e.Tags, e => e.Tags.Replace(mark, "\n")), cancellationToken);
            await ReplaceAsync(db, book, tag.Name, stays, cancellationToken);
        }

        db.AddressBookTags.RemoveRange(gone);
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return (new TagMergeReply(merged, [.. gained]), null);
    }

    /// <summary>Removes tags, from all devices too; names that are not there do no harm.</summary>
    public async Task RemoveAsync(
        HawserDb db, OpenBook book, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        using var turn = await gates.EnterAsync(db, book.Guid, cancellationToken);
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        foreach (var some in names.Distinct(StringComparer.Ordinal).Take(BookLimits.Tags).Chunk(500))
        {
            await db.AddressBookTags.Where(t => t.BookGuid == book.Guid && some.Contains(t.Name))
                .ExecuteDeleteAsync(cancellationToken);
            foreach (var name in some) await ReplaceAsync(db, book, name, "\n", cancellationToken);
        }

        await change.CommitAsync(cancellationToken);
    }

    private const string NoSuchTag = "There is no such tag in the address book.";

    private async Task ReplaceAsync(
        HawserDb db, OpenBook book, string name, string with, CancellationToken cancellationToken)
    {
        var (mark, now) = (TagList.Mark(name), time.GetUtcNow().UtcDateTime);
        await db.AddressBookEntries.Where(e => e.BookGuid == book.Guid && e.Tags.Contains(mark)).ExecuteUpdateAsync(
            s => s.SetProperty(e => e.Tags, e => e.Tags.Replace(mark, with)).SetProperty(e => e.UpdatedAt, now),
            cancellationToken);
    }

    private static async Task<bool> TryRecolorAsync(
        HawserDb db, OpenBook book, string name, long? color, CancellationToken cancellationToken)
    {
        var tag = db.AddressBookTags.Where(t => t.BookGuid == book.Guid && t.Name == name);
        return color is { } sent
            ? await tag.ExecuteUpdateAsync(s => s.SetProperty(t => t.Color, sent), cancellationToken) > 0
            : await tag.AnyAsync(cancellationToken);
    }
}
