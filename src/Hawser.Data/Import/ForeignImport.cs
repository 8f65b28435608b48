using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Import;

/// <summary>
/// Takes over what another server knows. May be repeated: what is here by name stays as it is. Passwords are not taken,
/// so their owners need new ones.
/// </summary>
public sealed partial class ForeignImport
{
    private readonly ForeignServer _from;
    private readonly HawserDb _db;
    private readonly DateTime _now;
    private readonly AccountImportReport _report;
    private readonly Dictionary<string, Guid> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Guid Guid, string Name)> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddressBook> _books = new(StringComparer.Ordinal);

    private ForeignImport(ForeignServer from, HawserDb db, DateTime now, AccountImportReport report) =>
        (_from, _db, _now, _report) = (from, db, now, report);

    /// <summary>Imports in one transaction.</summary>
    /// <param name="from">What the other server knows.</param>
    /// <param name="db">Ours; it must have its default group.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="dryRun">Only say what would be done; the context is of no use afterwards.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    /// <returns>What was done.</returns>
    public static async Task<AccountImportReport> RunAsync(
        ForeignServer from, HawserDb db, DateTime now, bool dryRun, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(db);
        var report = new AccountImportReport();
        foreach (var note in from.Notes) report.Note(note);
        var import = new ForeignImport(from, db, now, report);
        await import.AddStrategiesAsync(cancellationToken).ConfigureAwait(false);
        await import.AddGroupsAsync(cancellationToken).ConfigureAwait(false);
        await import.AddUsersAsync(cancellationToken).ConfigureAwait(false);
        await import.AddBooksAsync(cancellationToken).ConfigureAwait(false);
        await import.AddTagsAsync(cancellationToken).ConfigureAwait(false);
        await import.AddEntriesAsync(cancellationToken).ConfigureAwait(false);
        await import.AddSharesAsync(cancellationToken).ConfigureAwait(false);
        await import.AddDeviceGroupsAsync(cancellationToken).ConfigureAwait(false);
        await import.AddRulesAsync(cancellationToken).ConfigureAwait(false);
        await import.AssignDevicesAsync(cancellationToken).ConfigureAwait(false);
        if (!dryRun) await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        if (report.Users > 0)
        {
            report.Note(
                "Imported users have no password yet, theirs can't be converted: give each one with hawser user passwd "
                + "NAME, or let them sign in through a provider or a directory.");
        }

        return report;
    }

    private static string Normal(string name) => name.Trim().ToUpperInvariant();

    private async Task AddGroupsAsync(CancellationToken ct)
    {
        foreach (var group in await _db.UserGroups.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            _groups[group.NormalizedName] = group.Guid;
        }

        foreach (var row in _from.UserGroups)
        {
            if (row.Name.Length == 0 || _groups.ContainsKey(Normal(row.Name))) continue;
            var group = new UserGroup
            {
                Name = row.Name, NormalizedName = Normal(row.Name), Note = row.Note, CreatedAt = _now,
            };
            _db.UserGroups.Add(group);
            _groups[group.NormalizedName] = group.Guid;
            _report.Groups++;
        }
    }

    private async Task AddUsersAsync(CancellationToken ct)
    {
        var usual = await _db.UserGroups.AsNoTracking().FirstAsync(g => g.IsDefault, ct).ConfigureAwait(false);
        var roles = await _db.ControlRoles.AsNoTracking()
            .Where(r => r.Kind == Access.ControlRoleKind.Custom)
            .ToDictionaryAsync(r => r.NormalizedName, r => r.Guid, ct).ConfigureAwait(false);
        foreach (var user in await _db.Users.AsNoTracking().Select(u => new { u.NormalizedName, u.Guid, u.Name })
            .ToListAsync(ct).ConfigureAwait(false))
        {
            _users[user.NormalizedName] = (user.Guid, user.Name);
        }

        foreach (var row in _from.Users)
        {
            if (row.Name.Length == 0) continue;
            if (_users.ContainsKey(Normal(row.Name)))
            {
                _report.Keep(row.Name);
                continue;
            }

            var user = NewUser(row, _groups.GetValueOrDefault(Normal(row.Group), usual.Guid));
            if (roles.TryGetValue(Normal(row.ControlRole), out var role)) user.ControlRoleGuid = role;
            _db.Users.Add(user);
            _users.Add(user.NormalizedName, (user.Guid, user.Name));
            Assign(StrategyTarget.User, user.Guid, row.Strategy);
            _report.Users++;
        }
    }

    private User NewUser(ForeignUser row, Guid group) => new()
    {
        Name = row.Name,
        NormalizedName = Normal(row.Name),
        DisplayName = row.DisplayName,
        Email = row.Email,
        NormalizedEmail = row.Email.ToUpperInvariant(),
        Note = row.Note,
        Status = row.Status,
        IsAdmin = row.IsAdmin,
        UserGroupGuid = group,
        SecurityStamp = Guid.NewGuid().ToString("N"),
        ConcurrencyStamp = Guid.NewGuid().ToString("N"),
        CreatedAt = row.CreatedAt ?? _now,
    };

    private async Task AddBooksAsync(CancellationToken ct)
    {
        var known = await _db.AddressBooks.AsNoTracking().ToListAsync(ct).ConfigureAwait(false);
        foreach (var row in _from.Books)
        {
            if (!_users.TryGetValue(Normal(row.Owner), out var owner)) continue;
            var book = row.IsPersonal ? known.Find(b => b.IsPersonal && b.OwnerGuid == owner.Guid)
                : known.Find(b => b.OwnerGuid == owner.Guid && IsNamed(b, row.Name));
            var name = row.IsPersonal ? "" : row.Name;
            if (book is null && !row.IsPersonal && known.Exists(b => IsNamed(b, name)))
            {
                // Names of shared books are everybody's here.
                name = $"{name} ({owner.Name})";
                book = known.Find(b => IsNamed(b, name));
            }

            if (book is null)
            {
                known.Add(book = new AddressBook
                {
                    OwnerGuid = owner.Guid, IsPersonal = row.IsPersonal, Name = name, NormalizedName = Normal(name),
                    Note = row.Note, Password = row.Password, CreatedAt = row.CreatedAt ?? _now, UpdatedAt = _now,
                });
                _db.AddressBooks.Add(book);
                if (!row.IsPersonal) _report.Books++;
            }

            _books[row.Key] = book;
        }

        static bool IsNamed(AddressBook book, string name) =>
            !book.IsPersonal && string.Equals(book.NormalizedName, Normal(name), StringComparison.Ordinal);
    }

    private async Task AddTagsAsync(CancellationToken ct)
    {
        if (_from.Tags.Count == 0) return;
        var known = new HashSet<(Guid, string)>();
        foreach (var tag in await _db.AddressBookTags.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((tag.BookGuid, tag.Name));
        }

        foreach (var row in _from.Tags)
        {
            var name = OneLine(row.Name);
            if (name.Length == 0 || !_books.TryGetValue(row.Book, out var book) || !known.Add((book.Guid, name)))
            {
                continue;
            }

            _db.AddressBookTags.Add(new AddressBookTag
            {
                BookGuid = book.Guid, Name = name, Color = row.Color & 0xFFFFFFFF,
            });
            _report.Tags++;
        }
    }

    private async Task AddEntriesAsync(CancellationToken ct)
    {
        if (_from.Entries.Count == 0) return;
        var known = new HashSet<(Guid, string)>();
        foreach (var entry in await _db.AddressBookEntries.Where(e => e.DeletedAt == null)
            .Select(e => new { e.BookGuid, e.Id }).ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((entry.BookGuid, entry.Id));
        }

        foreach (var row in _from.Entries)
        {
            if (!_books.TryGetValue(row.Book, out var book) || !known.Add((book.Guid, row.Id))) continue;
            _db.AddressBookEntries.Add(NewEntry(row, book));
            _report.Entries++;
        }
    }

    private AddressBookEntry NewEntry(ForeignEntry row, AddressBook book) => new()
    {
        BookGuid = book.Guid,
        Id = row.Id,
        Alias = row.Alias,
        Note = row.Note,
        Username = row.Username,
        Hostname = row.Hostname,
        Platform = row.Platform,
        Tags = TagList.Write(row.Tags.Select(OneLine)),
        // Each kind of book keeps one of the two.
        Hash = book.IsPersonal ? row.Hash : "",
        Password = book.IsPersonal ? "" : row.Password,
        ForceAlwaysRelay = row.ForceAlwaysRelay,
        RdpPort = row.RdpPort,
        RdpUsername = row.RdpUsername,
        LoginName = row.LoginName,
        CreatedAt = row.CreatedAt ?? _now,
        UpdatedAt = _now,
    };

    private async Task AddSharesAsync(CancellationToken ct)
    {
        if (_from.Shares.Count == 0) return;
        var known = new HashSet<(Guid, Guid?)>();
        foreach (var share in await _db.AddressBookShares.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((share.BookGuid, share.SubjectGuid));
        }

        foreach (var row in _from.Shares)
        {
            if (!_books.TryGetValue(row.Book, out var book) || book.IsPersonal || row.Rule is < 1 or > 3) continue;
            var kind = row.User.Length > 0 ? ShareSubject.User
                : row.Group.Length > 0 ? ShareSubject.UserGroup : ShareSubject.Everybody;
            Guid? subject = kind == ShareSubject.Everybody ? null : kind == ShareSubject.User
                ? _users.TryGetValue(Normal(row.User), out var user) ? user.Guid : Guid.Empty
                : _groups.GetValueOrDefault(Normal(row.Group));
            if (subject == Guid.Empty || !known.Add((book.Guid, subject))) continue;
            _db.AddressBookShares.Add(new AddressBookShare
            {
                BookGuid = book.Guid, SubjectKind = kind, SubjectGuid = subject, Rule = (ShareRule)row.Rule,
                CreatedAt = _now,
            });
            _report.Shares++;
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
