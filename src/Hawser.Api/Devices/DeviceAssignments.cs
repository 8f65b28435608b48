using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices;

/// <summary>Where an address book entry for a device shall go, and what it shall say.</summary>
/// <param name="Book">The name of a shared book.</param>
/// <param name="Tag">A tag; null: none.</param>
/// <param name="Alias">What the book calls it; null: unchanged.</param>
/// <param name="Password">The connection password; null: unchanged.</param>
/// <param name="Note">A note; null: unchanged.</param>
internal sealed record BookWish(string Book, string? Tag, string? Alias, string? Password, string? Note);

/// <summary>
/// Gives devices their owner, strategy, group, note, names and place in address books: by the command line, by presets,
/// by the console. Changes are added to a context that the caller saves; an empty name takes away. Names that can't be
/// found are told as a sentence, and nothing is changed for them.
/// </summary>
/// <param name="db">Where to.</param>
/// <param name="secrets">Encrypts passwords.</param>
/// <param name="now">Now, UTC.</param>
internal sealed class DeviceAssignments(HawserDb db, Secrets secrets, DateTime now)
{
    private const uint TagColor = 0xFF2196F3;

    // A batch of a thousand new devices names the same few things.
    private readonly Dictionary<string, Guid?> _names = new(StringComparer.Ordinal);
    private readonly HashSet<(Guid Book, string Name)> _tags = [];

    /// <summary>Sets the owner.</summary>
    public async Task<string?> SetOwnerAsync(DeviceDetails device, string user, CancellationToken cancellationToken)
    {
        if (user.Length == 0)
        {
            device.OwnerGuid = null;
            return null;
        }

        var name = Normalize(user);
        var guid = await KnownAsync("u" + name, () => db.Users.Where(u => u.NormalizedName == name)
            .Select(u => (Guid?)u.Guid).FirstOrDefaultAsync(cancellationToken));
        if (guid is null) return $"There is no user \"{user}\".";
        device.OwnerGuid = guid;
        return null;
    }

    /// <summary>Sets the device's own strategy.</summary>
    public async Task<string?> SetStrategyAsync(Guid device, string strategy, CancellationToken cancellationToken)
    {
        var name = Normalize(strategy);
        var guid = name.Length == 0 ? null : await KnownAsync("s" + name, () => db.Strategies
            .Where(s => s.NormalizedName == name).Select(s => (Guid?)s.Guid).FirstOrDefaultAsync(cancellationToken));
        if (guid is null && name.Length > 0) return $"There is no strategy \"{strategy}\".";
        var row = await db.StrategyAssignments.FindAsync([StrategyTarget.Device, device], cancellationToken);
        if (guid is null)
        {
            if (row is not null) db.StrategyAssignments.Remove(row);
        }
        else if (row is null)
        {
            db.StrategyAssignments.Add(new StrategyAssignment
            {
                TargetKind = StrategyTarget.Device, TargetGuid = device, StrategyGuid = guid.Value, AssignedAt = now,
            });
        }
        else if (row.StrategyGuid != guid)
        {
            (row.StrategyGuid, row.AssignedAt) = (guid.Value, now);
        }

        return null;
    }

    /// <summary>Puts the device into a group, and out of the others: scripts and clients know of one only.</summary>
    public async Task<string?> SetGroupAsync(Guid device, string group, CancellationToken cancellationToken)
    {
        var name = Normalize(group);
        var guid = name.Length == 0 ? null : await KnownAsync("g" + name, () => db.DeviceGroups
            .Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken));
        if (guid is null && name.Length > 0) return $"There is no device group \"{group}\".";
        var rows = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == device).ToListAsync(cancellationToken);
        db.DeviceGroupMembers.RemoveRange(rows.Where(r => r.GroupGuid != guid));
        if (guid is { } wanted && rows.TrueForAll(r => r.GroupGuid != wanted))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = wanted, AddedAt = now });
        }

        return null;
    }

    /// <summary>Puts the device into one group more, or takes it out of one; its others stay.</summary>
    public async Task<string?> JoinAsync(Guid device, string group, bool joins, CancellationToken cancellationToken)
    {
        var name = Normalize(group);
        var guid = await KnownAsync("g" + name, () => db.DeviceGroups
            .Where(g => g.NormalizedName == name).Select(g => (Guid?)g.Guid).FirstOrDefaultAsync(cancellationToken));
        if (guid is not { } wanted) return $"There is no device group \"{group}\".";
        var row = await db.DeviceGroupMembers.FindAsync([device, wanted], cancellationToken);
        if (row is not null && !joins) db.DeviceGroupMembers.Remove(row);
        if (row is null && joins)
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = wanted, AddedAt = now });
        }

        return null;
    }

    /// <summary>Sets the note.</summary>
    public async Task SetNoteAsync(Guid device, string note, CancellationToken cancellationToken)
    {
        var row = await db.Devices.FindAsync([device], cancellationToken);
        if (row is not null) row.Note = note.Length == 0 ? null : Cut(note, 1000);
    }

    /// <summary>Adds the device to a shared book, or changes its entry there.</summary>
    public async Task<string?> SetBookAsync(
        string deviceId, DeviceDetails details, BookWish wish, CancellationToken cancellationToken)
    {
        var name = Normalize(wish.Book);
        var found = await KnownAsync("b" + name, () => db.AddressBooks
            .Where(b => !b.IsPersonal && b.NormalizedName == name).OrderBy(b => b.CreatedAt).ThenBy(b => b.Guid)
            .Select(b => (Guid?)b.Guid).FirstOrDefaultAsync(cancellationToken));
        if (found is not { } book) return $"There is no shared address book \"{wish.Book}\".";
        var entry = await db.AddressBookEntries.FirstOrDefaultAsync(
            e => e.BookGuid == book && e.Id == deviceId && e.DeletedAt == null, cancellationToken);
        if (entry is null)
        {
            db.AddressBookEntries.Add(entry = new AddressBookEntry
            {
                BookGuid = book, Id = deviceId, Hostname = details.Hostname,
                Username = details.Username, Platform = PlatformOf(details.Os), Tags = "", CreatedAt = now,
            });
        }

        entry.UpdatedAt = now;
        if (wish.Alias is not null) entry.Alias = Cut(wish.Alias, 255);
        if (wish.Note is not null) entry.Note = Cut(wish.Note, 1000);
        if (wish.Password is not null) entry.Password = secrets.Protect(wish.Password);
        // A line break stands between tags.
        var tag = Cut(wish.Tag, 128).ReplaceLineEndings(" ");
        if (tag.Length > 0) await TagAsync(book, entry, tag, cancellationToken);
        return null;
    }

    // As clients name platforms (§6.5), from what sysinfo calls the system (§8.1).
    internal static string PlatformOf(string os)
    {
        var family = os.Split('/', 2)[0].Trim();
        if (family.Contains("windows", StringComparison.OrdinalIgnoreCase)) return "Windows";
        if (family.Contains("mac", StringComparison.OrdinalIgnoreCase)) return "Mac OS";
        if (family.Contains("android", StringComparison.OrdinalIgnoreCase)) return "Android";
        return family.Length > 0 ? "Linux" : "";
    }

    /// <summary>A text that every database takes, and that fits.</summary>
    internal static string Cut(string? text, int most)
    {
        // PostgreSQL takes no NUL in a text.
        var clean = (text ?? "").Replace("\0", "", StringComparison.Ordinal);
        return clean.Length <= most ? clean : clean[..(char.IsHighSurrogate(clean[most - 1]) ? most - 1 : most)];
    }

    private static string Normalize(string name) => Cut(name, 300).Trim().ToUpperInvariant();

    private async Task TagAsync(Guid book, AddressBookEntry entry, string tag, CancellationToken cancellationToken)
    {
        var tags = TagList.Read(entry.Tags);
        if (!tags.Contains(tag, StringComparer.Ordinal)) entry.Tags = TagList.Write([.. tags, tag]);
        if (!_tags.Add((book, tag))) return;
        if (await db.AddressBookTags.FindAsync([book, tag], cancellationToken) is not null) return;
        db.AddressBookTags.Add(new AddressBookTag { BookGuid = book, Name = tag, Color = TagColor });
    }

    private async Task<Guid?> KnownAsync(string key, Func<Task<Guid?>> find)
    {
        if (_names.TryGetValue(key, out var known)) return known;
        return _names[key] = await find();
    }
}
