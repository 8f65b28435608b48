using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Groups;
using Hawser.Data.Import;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class RustDeskApiImportTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 5, 6, 7, 8, 9, DateTimeKind.Utc);
    private readonly DataFolder _folder = new();
    private HawserStore _store = null!;

    private string Source => _folder.File(RustDeskApiImport.DatabaseName);

    public async ValueTask InitializeAsync()
    {
        DataFolder.Run(Source, """
            CREATE TABLE groups (id integer PRIMARY KEY, name text, type integer);
            CREATE TABLE users (id integer PRIMARY KEY, username text, email text, password text, nickname text,
                group_id integer, is_admin numeric, status integer, created_at timestamp);
            CREATE TABLE address_book_collections (id integer PRIMARY KEY, user_id integer, name text);
            CREATE TABLE address_book_collection_rules (id integer PRIMARY KEY, user_id integer, collection_id integer,
                rule integer, type integer, to_id integer);
            CREATE TABLE tags (id integer PRIMARY KEY, name text, user_id integer, color integer, collection_id integer);
            CREATE TABLE address_books (row_id integer PRIMARY KEY, id text, username text, password text, hostname text,
                alias text, platform text, tags text, hash text, user_id integer, force_always_relay numeric,
                rdp_port text, collection_id integer);
            CREATE TABLE oauths (id integer PRIMARY KEY);
            INSERT INTO groups VALUES (1, 'Office', 1), (2, 'Cellar', 2);
            INSERT INTO users VALUES
                (1, 'admin', '', '$2a$10$x', '', 1, 1, 1, '2024-01-02 03:04:05'),
                (2, 'Mara', 'mara@example.test', '$2a$10$y', 'Mara L.', 2, 0, 1, '2024-01-02 03:04:05'),
                (3, 'gone', '', 'z', '', 9, 0, 2, NULL), (4, '', '', '', '', 1, 0, 1, NULL);
            INSERT INTO address_book_collections VALUES (1, 2, 'Customers');
            INSERT INTO address_book_collection_rules VALUES (1, 2, 1, 2, 1, 3), (2, 2, 1, 1, 2, 1), (3, 2, 1, 9, 2, 2);
            INSERT INTO tags VALUES (1, 'red', 2, 4294901760, 0), (2, 'red', 2, 1, 1);
            INSERT INTO address_books VALUES
                (1, '111222333', 'u', 'secret', 'h', 'Printer', 'Windows', '["red","x"]', 'hash', 2, 1, '3389', 0),
                (2, '111222333', 'u', 'secret', 'h', 'Printer', 'Windows', 'not json', 'hash', 2, 0, '', 1),
                (3, '', '', '', '', '', '', '[]', '', 2, 0, '', 0),
                (4, '444', '', '', '', '', '', '[]', '', 77, 0, '', 0);
            INSERT INTO oauths VALUES (1);
            """);
        _store = await HawserStore.OpenAsync(
            _folder.Path, null, null, CancellationToken.None, await TestDatabase.OfAsync(_folder.Path));
        await using var db = _store.CreateDb();
        var group = new UserGroup { Name = "Default", NormalizedName = "DEFAULT", IsDefault = true };
        db.UserGroups.Add(group);
        db.Users.Add(new User { Name = "admin", NormalizedName = "ADMIN", PasswordHash = "ours", UserGroupGuid = group.Guid });
        await db.SaveChangesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await TestDatabase.DropAsync(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task Users_groups_and_books_come_over_and_what_is_here_stays()
    {
        var report = await ImportAsync();
        (report.Groups, report.Users, report.KeptUsers).ShouldBe((2, 2, 1));
        (report.Books, report.Entries, report.Tags, report.Shares).ShouldBe((1, 2, 2, 2));
        report.Notes.ShouldContain(n => n.Contains("hawser user passwd", StringComparison.Ordinal));
        report.Notes.ShouldContain(n => n.Contains("1 sign-in providers", StringComparison.Ordinal));

        await using var db = _store.CreateDb();
        (await db.Users.SingleAsync(u => u.Name == "admin")).PasswordHash.ShouldBe("ours");
        var mara = await db.Users.SingleAsync(u => u.Name == "Mara");
        (mara.DisplayName, mara.Email, mara.Status, mara.IsAdmin, mara.PasswordHash)
            .ShouldBe(("Mara L.", "mara@example.test", UserStatus.Normal, false, null));
        mara.CreatedAt.ShouldBe(new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        (await db.UserGroups.SingleAsync(g => g.Guid == mara.UserGroupGuid)).Name.ShouldBe("Cellar");
        var gone = await db.Users.SingleAsync(u => u.Name == "gone");
        gone.Status.ShouldBe(UserStatus.Disabled);
        (await db.UserGroups.SingleAsync(g => g.Guid == gone.UserGroupGuid)).IsDefault.ShouldBeTrue();

        var personal = await db.AddressBooks.SingleAsync(b => b.IsPersonal && b.OwnerGuid == mara.Guid);
        var entry = await db.AddressBookEntries.SingleAsync(e => e.BookGuid == personal.Guid);
        (entry.Id, entry.Alias, entry.Hash, entry.Password, entry.ForceAlwaysRelay, entry.RdpPort)
            .ShouldBe(("111222333", "Printer", "<hash>", "", true, "3389"));
        TagList.Read(entry.Tags).ShouldBe(["red", "x"]);
        var shared = await db.AddressBooks.SingleAsync(b => b.Name == "Customers");
        (await db.AddressBookEntries.SingleAsync(e => e.BookGuid == shared.Guid)).Password.ShouldBe("<secret>");
        (await db.AddressBookTags.SingleAsync(t => t.BookGuid == personal.Guid)).Color.ShouldBe(4294901760);
        (await db.AddressBookShares.SingleAsync(s => s.SubjectKind == ShareSubject.User)).Rule.ShouldBe(ShareRule.ReadWrite);
    }

    [Fact]
    public async Task Importing_again_adds_nothing()
    {
        await ImportAsync();
        var again = await ImportAsync();
        (again.Groups, again.Users, again.Books, again.Entries, again.Tags, again.Shares).ShouldBe((0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public async Task Another_programs_file_is_told_and_found_only_where_it_is_one()
    {
        RustDeskApiImport.Find(_folder.Path).ShouldBe(Source);
        RustDeskApiImport.Find(Source).ShouldBe(Source);
        var other = _folder.File("other.db");
        DataFolder.Run(other, "CREATE TABLE users (id integer)");
        RustDeskApiImport.Find(other).ShouldBeNull();
        await using var db = _store.CreateDb();
        (await Should.ThrowAsync<StoreException>(() =>
            RustDeskApiImport.RunAsync(other, db, s => s, Now, CancellationToken.None))).Message.ShouldContain(other);
    }

    private async Task<AccountImportReport> ImportAsync()
    {
        await using var db = _store.CreateDb();
        return await RustDeskApiImport.RunAsync(Source, db, s => $"<{s}>", Now, CancellationToken.None);
    }
}
