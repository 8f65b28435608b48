using System.Text;
using System.Text.RegularExpressions;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed partial class SchemaTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_system_library_is_used_and_not_the_unpatched_one_of_the_package()
    {
        var version = (string)DataFolder.Scalar(_folder.File("v.db"), "SELECT sqlite_version()")!;
        version.ShouldNotBe("3.35.5");
        Version.Parse(version).ShouldBeGreaterThan(new Version(3, 35, 5), "ON CONFLICT clauses and RETURNING need it");
    }

    [Fact]
    public async Task A_fresh_file_a_migrated_file_and_the_model_have_the_golden_schema()
    {
        var golden = Normalise(SchemaGate.Schema());
        golden.ShouldNotBeEmpty();

        await using (await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None))
        {
            Dump(_folder.File("hawser.db")).ShouldBe(golden, "a fresh file");
        }

        var migrated = new SqliteFile(_folder.File("migrated.db"), "--data");
        await using (var db = SqliteContexts.Create(migrated)) await db.Database.MigrateAsync(CancellationToken.None);
        SqliteContexts.ClearPool(migrated);
        Dump(migrated.Path).ShouldBe(golden, "a migrated file");

        var created = new SqliteFile(_folder.File("created.db"), "--data");
        await using (var db = SqliteContexts.Create(created))
        {
            await db.Database.EnsureCreatedAsync(CancellationToken.None);
        }

        SqliteContexts.ClearPool(created);
        Dump(created.Path).ShouldBe(golden, "the model");
    }

    [Fact]
    public async Task A_fresh_file_counts_as_migrated_and_the_newest_migration_is_the_one_the_fast_path_knows()
    {
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        await using var db = store.CreateDb();
        (await db.Database.GetPendingMigrationsAsync(CancellationToken.None)).ShouldBeEmpty();
        db.Database.GetMigrations().Last().ShouldBe(SchemaGate.Newest);
    }

    [Fact]
    public async Task An_empty_file_is_migrated_when_it_is_opened()
    {
        // What a crash of an older version, or touch(1), leaves behind.
        await File.WriteAllBytesAsync(_folder.File("hawser.db"), [], CancellationToken.None);
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        Dump(_folder.File("hawser.db")).ShouldBe(Normalise(SchemaGate.Schema()));
        await store.Devices.SaveAsync([DataFolder.Device(1)], CancellationToken.None);
    }

    [Fact]
    public async Task The_model_reads_what_the_store_wrote_and_the_other_way_round()
    {
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        var saved = DataFolder.Device(7) with { Note = "the one in the cellar" };
        await store.Devices.SaveAsync([saved], CancellationToken.None);
        var guid = Guid.CreateVersion7();
        await using (var db = store.CreateDb())
        {
            var row = await db.Devices.SingleAsync(d => d.Id == saved.Id, CancellationToken.None);
            row.Uuid.ShouldBe(saved.Uuid);
            row.PublicKey.ShouldBe(saved.PublicKey);
            row.LastAddress.ShouldBe("203.0.113.7");
            row.CreatedAt.ShouldBe(saved.CreatedAt);
            row.CreatedAt.Kind.ShouldBe(DateTimeKind.Utc);
            row.Note.ShouldBe("the one in the cellar");
            row.Guid.Version.ShouldBe(7);
            row.Listed = true;
            db.Devices.Add(new Device(guid, "fresh-one", [9], new byte[32], saved.CreatedAt.AddTicks(1)));
            await db.SaveChangesAsync(CancellationToken.None);
            (await db.Devices.SingleAsync(d => d.Guid == guid, CancellationToken.None)).Id.ShouldBe("fresh-one");
        }

        var loaded = new Dictionary<string, StoredDevice>();
        (await store.Devices.LoadAsync(d => loaded.Add(d.Id, d), CancellationToken.None)).ShouldBe(2);
        loaded[saved.Id].Listed.ShouldBeTrue();
        loaded["fresh-one"].CreatedAt.ShouldBe(saved.CreatedAt.AddTicks(1));
    }

    private static string Dump(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            SELECT sql FROM sqlite_master
            WHERE sql IS NOT NULL AND type <> 'trigger' AND name NOT LIKE '\_\_EF%' ESCAPE '\' AND name NOT LIKE 'sqlite%'
            ORDER BY type DESC, name
            """;
        using var reader = command.ExecuteReader();
        var all = new StringBuilder();
        while (reader.Read()) all.Append(reader.GetString(0)).Append(";\n");
        return Normalise(all.ToString());
    }

    private static string Normalise(string sql) =>
        string.Join('\n', Blanks().Replace(sql, " ").Split(';').Select(s => s.Trim()).Where(s => s.Length > 0).Order());

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
