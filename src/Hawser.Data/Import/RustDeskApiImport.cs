using System.Text.Json;
using Hawser.Data.Accounts;

namespace Hawser.Data.Import;

/// <summary>
/// Takes over users, user groups and address books of lejianwen's rustdesk-api. May be repeated: what is here by name
/// stays as it is. Passwords are hashes of a kind that is not kept here, so their owners need new ones.
/// </summary>
public sealed class RustDeskApiImport
{
    /// <summary>The name of its database.</summary>
    public const string DatabaseName = "rustdeskapi.db";

    private readonly ForeignServer _server = new();
    private readonly Func<string, string> _protect;
    private readonly Dictionary<long, string> _groups = [];
    private readonly Dictionary<long, string> _users = [];
    private readonly Dictionary<long, string> _collections = [];
    private readonly HashSet<string> _personal = new(StringComparer.Ordinal);

    private RustDeskApiImport(Func<string, string> protect) => _protect = protect;

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
    public static Task<AccountImportReport> RunAsync(
        string file, HawserDb db, Func<string, string> protect, DateTime now, CancellationToken cancellationToken,
        bool dryRun = false) => ForeignImport.RunAsync(Read(file, protect), db, now, dryRun, cancellationToken);

    private static ForeignServer Read(string file, Func<string, string> protect)
    {
        using var source = RustDeskApiDatabase.Open(file);
        var reader = new RustDeskApiImport(protect);
        foreach (var row in source.Rows("groups"))
        {
            var name = row.Cut("name", 128).Trim();
            if (name.Length == 0) continue;
            reader._server.UserGroups.Add(new ForeignGroup(name));
            reader._groups[row.Number("id")] = name;
        }

        foreach (var row in source.Rows("users")) reader.ReadUser(row);
        foreach (var row in source.Rows("address_book_collections")) reader.ReadBook(row);
        foreach (var row in source.Rows("tags"))
        {
            if (reader.BookOf(row) is not { } book) continue;
            reader._server.Tags.Add(new ForeignTag(book, row.Cut("name", 128), row.Number("color")));
        }

        foreach (var row in source.Rows("address_books")) reader.ReadEntry(row);
        foreach (var row in source.Rows("address_book_collection_rules")) reader.ReadShare(row);
        reader.Conclude(source);
        return reader._server;
    }

    private void ReadUser(RustDeskApiRow row)
    {
        var name = row.Cut("username", 128).Trim();
        if (name.Length == 0)
        {
            _server.Notes.Add($"The user {row.Number("id")} was skipped: it has no name.");
            return;
        }

        _users[row.Number("id")] = name;
        _server.Users.Add(new ForeignUser
        {
            Name = name,
            DisplayName = row.Cut("nickname", 128),
            Email = row.Cut("email", 254),
            Note = row.Cut("remark", 1000),
            Status = row.Number("status") == 1 ? UserStatus.Normal : UserStatus.Disabled,
            IsAdmin = row.Flag("is_admin"),
            Group = _groups.GetValueOrDefault(row.Number("group_id"), ""),
            CreatedAt = row.Time("created_at"),
        });
    }

    private void ReadBook(RustDeskApiRow row)
    {
        var id = row.Number("id");
        if (!_users.TryGetValue(row.Number("user_id"), out var owner)) return;
        var name = row.Cut("name", 100).Trim();
        if (name.Length == 0) name = $"{owner} {id}";
        _collections[id] = $"c{id}";
        _server.Books.Add(new ForeignBook($"c{id}", owner, name, IsPersonal: false)
        {
            CreatedAt = row.Time("created_at"),
        });
    }

    private string? BookOf(RustDeskApiRow row)
    {
        var collection = row.Number("collection_id");
        if (collection != 0) return _collections.GetValueOrDefault(collection);
        if (!_users.TryGetValue(row.Number("user_id"), out var owner)) return null;
        var key = "u" + owner;
        if (_personal.Add(key)) _server.Books.Add(new ForeignBook(key, owner, "", IsPersonal: true));
        return key;
    }

    private void ReadEntry(RustDeskApiRow row)
    {
        var id = row.Text("id").Trim();
        if (id.Length is 0 or > 300 || BookOf(row) is not { } book)
        {
            _server.Notes.Add($"The address book entry {row.Number("row_id")} was skipped: it has no id or no owner.");
            return;
        }

        _server.Entries.Add(new ForeignEntry
        {
            Book = book,
            Id = id,
            Alias = row.Cut("alias", 255),
            Username = row.Cut("username", 255),
            Hostname = row.Cut("hostname", 255),
            Platform = row.Cut("platform", 32),
            Tags = TagsIn(row.Text("tags")),
            Hash = Protected(row.Cut("hash", 300)),
            Password = Protected(row.Cut("password", 300)),
            ForceAlwaysRelay = row.Flag("force_always_relay"),
            RdpPort = row.Cut("rdp_port", 16),
            RdpUsername = row.Cut("rdp_username", 255),
            LoginName = row.Cut("login_name", 255),
            CreatedAt = row.Time("created_at"),
        });
    }

    private void ReadShare(RustDeskApiRow row)
    {
        if (!_collections.TryGetValue(row.Number("collection_id"), out var book)) return;
        var toUser = row.Number("type") == 1;
        var to = (toUser ? _users : _groups).GetValueOrDefault(row.Number("to_id"), "");
        var rule = row.Number("rule");
        // With neither it would be everybody's.
        if (to.Length == 0 || rule is < 1 or > 3) return;
        _server.Shares.Add(new ForeignShare(book, toUser ? to : "", toUser ? "" : to, (int)rule));
    }

    private void Conclude(RustDeskApiDatabase source)
    {
        foreach (var (table, what) in ((string, string)[])[("user_thirds", "links to sign-in providers"),
            ("oauths", "sign-in providers"), ("peers", "details of devices (devices report them again)"),
            ("audit_conns", "audits"), ("device_groups", "device groups")])
        {
            var rows = source.Rows(table).Count;
            if (rows > 0) _server.Notes.Add($"Not taken: {rows} {what}.");
        }
    }

    private string Protected(string secret) => secret.Length == 0 ? "" : _protect(secret);

    private static List<string> TagsIn(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.Length == 0 ? "[]" : json);
            return document.RootElement.ValueKind != JsonValueKind.Array ? []
                : [.. document.RootElement.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String)
                    .Select(t => t.GetString()!)];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
