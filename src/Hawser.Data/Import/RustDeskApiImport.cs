using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Import;

/// <summary>
/// Takes over users, user groups and address books of lejianwen's rustdesk-api. May be repeated: what is here by name
/// stays as it is. Passwords are hashes of a kind that is not kept here, so their owners need new ones.
/// </summary>
public sealed class RustDeskApiImport
{
    /// <summary>The name of its database.</summary>
    public const string DatabaseName = "rustdeskapi.db";

    private readonly HawserDb _db;
    private readonly Func<string, string> _protect;
    private readonly DateTime _now;
    private readonly AccountImportReport _report = new();
    private readonly Dictionary<long, Guid> _groups = [];
    private readonly Dictionary<long, User> _users = [];
    private readonly Dictionary<long, AddressBook> _collections = [];
    private readonly Dictionary<Guid, AddressBook> _personal = [];

    private RustDeskApiImport(HawserDb db, Func<string, string> protect, DateTime now)
    {
        _db = db;
        _protect = protect;
        _now = now;
    }

    /// <summary>Its database in a folder, or the file itself when it is one.</summary>
    /// <param name="from">A folder or file.</param>
    /// <returns>The file; null when there is none.</returns>
    public static string? Find(string from)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        var file = Directory.Exists(from) ? Path.Combine(from, DatabaseName) : from;
        if (!File.Exists(file) || Path.GetFileName(file) == HbbsImport.DatabaseName) return null;
        try
        {
            RustDeskApiDatabase.Open(file).Dispose();
            return file;
        }
        catch (StoreException e) when (e.Fault == StoreFault.NotADatabase && !Directory.Exists(from))
        {
            return null;
        }
    }

    /// <summary>Imports in one transaction.</summary>
    /// <param name="file">Its database.</param>
    /// <param name="db">Ours; it must have its default group.</param>
    /// <param name="protect">Encrypts a secret as address books keep it.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    /// <param name="dryRun">Only say what would be done; the context is of no use afterwards.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="StoreException">The file can't be read, or is something else.</exception>
    public static async Task<AccountImportReport> RunAsync(
        string file, HawserDb db, Func<string, string> protect, DateTime now, CancellationToken cancellationToken,
        bool dryRun = false)
    {
        ArgumentNullException.ThrowIfNull(db);
        using var source = RustDeskApiDatabase.Open(file);
        var import = new RustDeskApiImport(db, protect, now);
        await import.AddGroupsAsync(source, cancellationToken).ConfigureAwait(false);
        await import.AddUsersAsync(source, cancellationToken).ConfigureAwait(false);
        await import.AddBooksAsync(source, cancellationToken).ConfigureAwait(false);
        await import.AddTagsAsync(source, cancellationToken).ConfigureAwait(false);
        await import.AddEntriesAsync(source, cancellationToken).ConfigureAwait(false);
        await import.AddSharesAsync(source, cancellationToken).ConfigureAwait(false);
        if (!dryRun) await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        import.Conclude(source);
        return import._report;
    }

    private async Task AddGroupsAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        var known = await _db.UserGroups.ToDictionaryAsync(g => g.NormalizedName, g => g.Guid, ct)
            .ConfigureAwait(false);
        foreach (var row in source.Rows("groups"))
        {
            var name = row.Cut("name", 128).Trim();
            if (name.Length == 0) continue;
            if (!known.TryGetValue(name.ToUpperInvariant(), out var guid))
            {
                var group = new UserGroup { Name = name, NormalizedName = name.ToUpperInvariant(), CreatedAt = _now };
                _db.UserGroups.Add(group);
                known[group.NormalizedName] = guid = group.Guid;
                _report.Groups++;
            }

            _groups[row.Number("id")] = guid;
        }
    }

    private async Task AddUsersAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        var usual = await _db.UserGroups.FirstAsync(g => g.IsDefault, ct).ConfigureAwait(false);
        var known = await _db.Users.AsNoTracking().ToDictionaryAsync(u => u.NormalizedName, ct).ConfigureAwait(false);
        foreach (var row in source.Rows("users"))
        {
            var name = row.Cut("username", 128).Trim();
            if (name.Length == 0)
            {
                _report.Note($"The user {row.Number("id")} was skipped: it has no name.");
                continue;
            }

            if (known.TryGetValue(name.ToUpperInvariant(), out var user))
            {
                _report.Keep(name);
            }
            else
            {
                user = NewUser(row, name, _groups.GetValueOrDefault(row.Number("group_id"), usual.Guid));
                known.Add(user.NormalizedName, user);
                _db.Users.Add(user);
                _report.Users++;
            }

            _users[row.Number("id")] = user;
        }
    }

    private User NewUser(RustDeskApiRow row, string name, Guid group) => new()
    {
        Name = name,
        NormalizedName = name.ToUpperInvariant(),
        DisplayName = row.Cut("nickname", 128),
        Email = row.Cut("email", 254),
        NormalizedEmail = row.Cut("email", 254).ToUpperInvariant(),
        Note = row.Cut("remark", 1000),
        Status = row.Number("status") == 1 ? UserStatus.Normal : UserStatus.Disabled,
        IsAdmin = row.Flag("is_admin"),
        UserGroupGuid = group,
        SecurityStamp = Guid.NewGuid().ToString("N"),
        ConcurrencyStamp = Guid.NewGuid().ToString("N"),
        CreatedAt = row.Time("created_at", _now),
    };

    private async Task AddBooksAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        foreach (var book in await _db.AddressBooks.Where(b => b.IsPersonal).ToListAsync(ct).ConfigureAwait(false))
        {
            _personal[book.OwnerGuid] = book;
        }

        var shared = await _db.AddressBooks.Where(b => !b.IsPersonal).ToListAsync(ct).ConfigureAwait(false);
        foreach (var row in source.Rows("address_book_collections"))
        {
            if (!_users.TryGetValue(row.Number("user_id"), out var owner)) continue;
            var name = row.Cut("name", 100).Trim();
            if (name.Length == 0) name = $"{owner.Name} {row.Number("id")}";
            var own = shared.Find(b => b.OwnerGuid == owner.Guid && IsNamed(b, name));
            if (own is null)
            {
                // Names of shared books are everybody's here.
                if (shared.Exists(b => IsNamed(b, name))) name = $"{name} ({owner.Name})";
                own = shared.Find(b => IsNamed(b, name));
            }

            if (own is null)
            {
                own = new AddressBook
                {
                    OwnerGuid = owner.Guid, Name = name, NormalizedName = name.ToUpperInvariant(),
                    CreatedAt = row.Time("created_at", _now), UpdatedAt = _now,
                };
                shared.Add(own);
                _db.AddressBooks.Add(own);
                _report.Books++;
            }

            _collections[row.Number("id")] = own;
        }

        static bool IsNamed(AddressBook book, string name) =>
            string.Equals(book.NormalizedName, name.ToUpperInvariant(), StringComparison.Ordinal);
    }

    private AddressBook? BookOf(RustDeskApiRow row)
    {
        var collection = row.Number("collection_id");
        if (collection != 0) return _collections.GetValueOrDefault(collection);
        if (!_users.TryGetValue(row.Number("user_id"), out var owner)) return null;
        if (_personal.TryGetValue(owner.Guid, out var book)) return book;
        book = new AddressBook { OwnerGuid = owner.Guid, IsPersonal = true, CreatedAt = _now, UpdatedAt = _now };
        _db.AddressBooks.Add(book);
        return _personal[owner.Guid] = book;
    }

    private async Task AddTagsAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        var known = new HashSet<(Guid, string)>();
        foreach (var tag in await _db.AddressBookTags.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((tag.BookGuid, tag.Name));
        }

        foreach (var row in source.Rows("tags"))
        {
            var name = OneLine(row.Cut("name", 128));
            if (name.Length == 0 || BookOf(row) is not { } book || !known.Add((book.Guid, name))) continue;
            _db.AddressBookTags.Add(new AddressBookTag
            {
                BookGuid = book.Guid, Name = name, Color = row.Number("color") & 0xFFFFFFFF,
            });
            _report.Tags++;
        }
    }

    private async Task AddEntriesAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        var known = new HashSet<(Guid, string)>();
        foreach (var entry in await _db.AddressBookEntries.Where(e => e.DeletedAt == null)
            .Select(e => new { e.BookGuid, e.Id }).ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((entry.BookGuid, entry.Id));
        }

        foreach (var row in source.Rows("address_books"))
        {
            var id = row.Text("id").Trim();
            if (id.Length is 0 or > 300 || BookOf(row) is not { } book)
            {
                _report.Note($"The address book entry {row.Number("row_id")} was skipped: it has no id or no owner.");
            }
            else if (known.Add((book.Guid, id)))
            {
                _db.AddressBookEntries.Add(NewEntry(row, id, book));
                _report.Entries++;
            }
        }
    }

    private AddressBookEntry NewEntry(RustDeskApiRow row, string id, AddressBook book) => new()
    {
        BookGuid = book.Guid,
        Id = id,
        Alias = row.Cut("alias", 255),
        Username = row.Cut("username", 255),
        Hostname = row.Cut("hostname", 255),
        Platform = row.Cut("platform", 32),
        Tags = TagList.Write(TagsIn(row.Text("tags"))),
        // Each kind of book keeps one of the two.
        Hash = book.IsPersonal ? Protected(row.Cut("hash", 300)) : "",
        Password = book.IsPersonal ? "" : Protected(row.Cut("password", 300)),
        ForceAlwaysRelay = row.Flag("force_always_relay"),
        RdpPort = row.Cut("rdp_port", 16),
        RdpUsername = row.Cut("rdp_username", 255),
        LoginName = row.Cut("login_name", 255),
        CreatedAt = row.Time("created_at", _now),
        UpdatedAt = _now,
    };

    private async Task AddSharesAsync(RustDeskApiDatabase source, CancellationToken ct)
    {
        var known = new HashSet<(Guid, Guid?)>();
        foreach (var share in await _db.AddressBookShares.AsNoTracking().ToListAsync(ct).ConfigureAwait(false))
        {
            known.Add((share.BookGuid, share.SubjectGuid));
        }

        foreach (var row in source.Rows("address_book_collection_rules"))
        {
            if (!_collections.TryGetValue(row.Number("collection_id"), out var book)) continue;
            var toUser = row.Number("type") == 1;
            Guid? subject = toUser
                ? _users.GetValueOrDefault(row.Number("to_id"))?.Guid
                : _groups.TryGetValue(row.Number("to_id"), out var group) ? group : null;
            var rule = row.Number("rule");
            if (subject is null || rule is < 1 or > 3 || !known.Add((book.Guid, subject))) continue;
            _db.AddressBookShares.Add(new AddressBookShare
            {
                BookGuid = book.Guid,
                SubjectKind = toUser ? ShareSubject.User : ShareSubject.UserGroup,
                SubjectGuid = subject,
                Rule = (ShareRule)rule,
                CreatedAt = _now,
            });
            _report.Shares++;
        }
    }

    private void Conclude(RustDeskApiDatabase source)
    {
        if (_report.Users > 0)
        {
            _report.Note(
                "Imported users have no password yet, theirs can't be converted: give each one with hawser user passwd "
                + "NAME, or let them sign in through a provider or a directory.");
        }

        foreach (var (table, what) in ((string, string)[])[("user_thirds", "links to sign-in providers"),
            ("oauths", "sign-in providers"), ("peers", "details of devices (devices report them again)"),
            ("audit_conns", "audits"), ("device_groups", "device groups")])
        {
            var rows = source.Rows(table).Count;
            if (rows > 0) _report.Note($"Not taken: {rows} {what}.");
        }
    }

    private string Protected(string secret) => secret.Length == 0 ? "" : _protect(secret);

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();

    private static IEnumerable<string> TagsIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Length == 0 ? "[]" : json);
            return document.RootElement.ValueKind != JsonValueKind.Array ? []
                : [.. document.RootElement.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String)
                    .Select(t => OneLine(t.GetString()!))];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
