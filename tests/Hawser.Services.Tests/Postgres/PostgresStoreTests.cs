using System.Globalization;
using System.Text;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Backups;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Postgres;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Postgres;

/// <summary>What an operator may meet when the data live on a PostgreSQL server.</summary>
public sealed class PostgresStoreTests(PostgresFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-data-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_database_that_is_missing_is_made_and_found_again()
    {
        var cluster = await fixture.ClusterAsync();
        var address = cluster.Address($"made_{Guid.NewGuid():N}");
        await using (var store = await OpenAsync(address))
        {
            await store.Devices.SaveAsync([Device(1)], CancellationToken.None);
        }

        await using var again = await OpenAsync(address);
        (await again.Devices.CountAsync(CancellationToken.None)).ShouldBe(1);
        await using var db = again.CreateDb();
        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
        db.Database.GetMigrations().Last().ShouldBe(PostgresGate.Newest);
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_time_make_it_once()
    {
        var cluster = await fixture.ClusterAsync();
        var address = cluster.Address($"made_{Guid.NewGuid():N}");
        var stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => OpenAsync(address))));
        await Task.WhenAll(stores.Select((s, i) => s.Devices.SaveAsync([Device(i)], CancellationToken.None)));
        foreach (var store in stores)
        {
            (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(6);
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Nodes_that_write_the_same_rows_at_once_never_wait_in_a_circle()
    {
        var cluster = await fixture.ClusterAsync();
        var address = await cluster.EmptyAsync();
        await using var a = await OpenAsync(address);
        await using var b = await OpenAsync(address);
        var devices = Enumerable.Range(0, 200).Select(i => Device(i)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(round => Task.Run(async () =>
        {
            var store = round % 2 == 0 ? a : b;
            var rows = round % 3 == 0 ? devices.Reverse().ToArray() : devices;
            await store.Devices.SaveAsync(rows, CancellationToken.None);
            var now = DateTime.UnixEpoch.AddSeconds(round);
            await store.Devices.TouchAsync(
                [.. rows.Select(d => new KeyValuePair<string, DateTime>(d.Id, now))], CancellationToken.None);
        })));
        (await a.Devices.CountAsync(CancellationToken.None)).ShouldBe(200);
    }

    [Fact]
    public async Task A_user_who_may_not_make_databases_is_told_what_an_administrator_has_to_run()
    {
        var cluster = await fixture.ClusterAsync();
        var role = $"r{Guid.NewGuid():N}";
        await cluster.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'p'");
        var refusal = await RefusalAsync(new NpgsqlConnectionStringBuilder(cluster.Administrator)
        {
            Username = role, Password = "p", Database = $"none_{role}",
        }.ConnectionString);
        refusal.Fault.ShouldBe(StoreFault.Missing);
        refusal.Message.ShouldContain($"CREATE DATABASE \"none_{role}\" OWNER \"{role}\"");
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_not_shown()
    {
        var cluster = await fixture.ClusterAsync();
        var refusal = await RefusalAsync($"postgres://postgres:wr%20ong@127.0.0.1:{cluster.Port}/any");
        refusal.Fault.ShouldBe(StoreFault.Refused);
        refusal.Message.ShouldContain("--database");
        refusal.ToString().ShouldNotContain("wr ong");
    }

    [Fact]
    public async Task Foreign_tables_and_a_newer_version_are_told_and_left_alone()
    {
        var cluster = await fixture.ClusterAsync();
        var foreign = await cluster.EmptyAsync();
        await cluster.ExecuteAsync("CREATE TABLE shopping (item text)", NameOf(foreign));
        (await Should.ThrowAsync<StoreException>(() => OpenAsync(foreign))).Fault.ShouldBe(StoreFault.NotADatabase);

        var newer = await cluster.EmptyAsync();
        await (await OpenAsync(newer)).DisposeAsync();
        await cluster.ExecuteAsync(
            "INSERT INTO \"__EFMigrationsHistory\" VALUES ('299901010000_future', '42')", NameOf(newer));
        var refusal = await Should.ThrowAsync<StoreException>(() => OpenAsync(newer));
        refusal.Fault.ShouldBe(StoreFault.TooNew);
        refusal.Message.ShouldContain("299901010000_future");
    }

    [Fact]
    public async Task A_fresh_database_a_migrated_one_and_the_model_have_the_same_schema()
    {
        var cluster = await fixture.ClusterAsync();
        var fresh = await cluster.EmptyAsync();
        await (await OpenAsync(fresh)).DisposeAsync();
        var migrated = await cluster.EmptyAsync();
        await WithDbAsync(cluster, migrated, db => db.Database.MigrateAsync());
        var model = await cluster.EmptyAsync();
        await WithDbAsync(cluster, model, db => db.Database.EnsureCreatedAsync());
        var dump = await DumpAsync(cluster, model);
        dump.ShouldContain("devices.public_key");
        Difference(dump, await DumpAsync(cluster, fresh)).ShouldBeEmpty("a fresh database");
        Difference(dump, await DumpAsync(cluster, migrated)).ShouldBeEmpty("a migrated database");
    }

    [Fact]
    public async Task A_backup_goes_from_either_engine_to_the_other()
    {
        var cluster = await fixture.ClusterAsync();
        var archive = Path.Combine(_folder, "backup.zip");
        await using var first = await HawserStore.OpenAsync(Path.Combine(_folder, "a"), null, null, CancellationToken.None);
        await FillAsync(first);
        await BackupArchive.WriteAsync(first, archive, false, "t", DateTime.UnixEpoch, null, CancellationToken.None);

        await using var second = HawserStore.For(Path.Combine(_folder, "b"), database: await cluster.EmptyAsync());
        await BackupRestore.RunAsync(second, archive, false, null, CancellationToken.None);
        Rows(second).ShouldBe(Rows(first), "SQLite to PostgreSQL");
        await Should.ThrowAsync<BackupException>(
            () => BackupRestore.RunAsync(second, archive, false, null, CancellationToken.None));
        await BackupRestore.RunAsync(second, archive, true, null, CancellationToken.None);

        await BackupArchive.WriteAsync(second, archive, false, "t", DateTime.UnixEpoch, null, CancellationToken.None);
        await using var third = HawserStore.For(Path.Combine(_folder, "c"));
        await BackupRestore.RunAsync(third, archive, false, null, CancellationToken.None);
        Rows(third).ShouldBe(Rows(first), "PostgreSQL to SQLite");
        await third.OpenAsync(CancellationToken.None);
        await using var db = third.CreateDb();
        (await db.Users.SingleAsync()).Name.ShouldBe("mara");
    }

    [Fact]
    public async Task Texts_that_PostgreSQL_can_not_keep_are_stored_without_what_it_refuses()
    {
        var cluster = await fixture.ClusterAsync();
        await using var store = await OpenAsync(await cluster.EmptyAsync());
        var hostile = "a\0b\uD800c";
        await using (var db = store.CreateDb())
        {
            db.AuditNonces.Add(new Hawser.Data.Audit.AuditNonce { Nonce = hostile, AtUtc = DateTime.UnixEpoch });
            await db.SaveChangesAsync();
        }

        await using var again = store.CreateDb();
        (await again.AuditNonces.SingleAsync()).Nonce.ShouldBe("ab\uFFFDc");
        (await again.AuditNonces.CountAsync(n => n.Nonce == hostile)).ShouldBe(1, "looked up as it was stored");
    }

    [Fact]
    public async Task Texts_are_sorted_by_their_bytes_as_on_SQLite()
    {
        var cluster = await fixture.ClusterAsync();
        await using var server = await OpenAsync(await cluster.EmptyAsync());
        await using var file = await HawserStore.OpenAsync(_folder, null, null, CancellationToken.None);
        string[] ids = ["b", "B", "a", "ä", "Z", "_", "-x", "1", "10", "2", "🦅"];
        foreach (var store in (HawserStore[])[server, file])
        {
            await using var db = store.CreateDb();
            db.AuditNonces.AddRange(ids.Select(i => new Hawser.Data.Audit.AuditNonce { Nonce = i, AtUtc = DateTime.UnixEpoch }));
            await db.SaveChangesAsync();
            (await db.AuditNonces.OrderBy(n => n.Nonce).Select(n => n.Nonce).ToListAsync())
                .ShouldBe(["-x", "1", "10", "2", "B", "Z", "_", "a", "b", "ä", "🦅"]);
        }
    }

    private static StoredDevice Device(int number) => new(
        (100_000_000 + number).ToString(CultureInfo.InvariantCulture), [1, 0, (byte)number, 0xFF],
        [.. Enumerable.Range(0, 32).Select(i => (byte)(i + number))], PeerAddress.FromIPv4(0xCB007101u, 0),
        new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), number % 2 == 0 ? null : "note", false);

    private static async Task FillAsync(HawserStore store)
    {
        await store.Devices.SaveAsync([.. Enumerable.Range(0, 500).Select(Device)], CancellationToken.None);
        await using var db = store.CreateDb();
        var group = new UserGroup { Name = "g", NormalizedName = "G", IsDefault = true };
        db.UserGroups.Add(group);
        var at = new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc);
        var user = new User { Name = "mara", NormalizedName = "MARA", UserGroupGuid = group.Guid, CreatedAt = at };
        db.Users.Add(user);
        db.AccessTokens.Add(new AccessToken { UserGuid = user.Guid, Hash = [0, 255], CreatedAt = at });
        await db.SaveChangesAsync();
    }

    private static List<string> Rows(HawserStore store)
    {
        using var source = store.Engine.OpenBackup();
        var lines = new List<string>();
        foreach (var table in BackupArchive.Tables(store))
        {
            foreach (var row in source.Rows(table))
            {
                using var stream = new MemoryStream();
                using (var json = new System.Text.Json.Utf8JsonWriter(stream)) BackupRow.Write(json, table, row);
                lines.Add($"{table.Name} {Encoding.UTF8.GetString(stream.ToArray())}");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        lines.Count.ShouldBeGreaterThan(500);
        return lines;
    }

    private static string NameOf(StoreAddress address) => address.Shown[(address.Shown.LastIndexOf('/') + 1)..];

    private static async Task WithDbAsync(PostgresCluster cluster, StoreAddress address, Func<HawserDb, Task> action)
    {
        await using var source = NpgsqlDataSource.Create($"{cluster.Administrator};Database={NameOf(address)}");
        await using var db = PostgresContexts.Create(source);
        await action(db);
    }

    private static List<string> Difference(string model, string found)
    {
        var (wanted, there) = (model.Split('\n'), found.Split('\n'));
        return [.. wanted.Except(there).Select(l => "lacks " + l), .. there.Except(wanted).Select(l => "has " + l)];
    }

    private static async Task<string> DumpAsync(PostgresCluster cluster, StoreAddress address)
    {
        const string Columns =
            """
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
                || coalesce(collation_name, '') FROM information_schema.columns WHERE table_schema = 'public'
                AND table_name NOT LIKE '\_\_EF%'
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_EF%'
            UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
                FROM pg_constraint WHERE contype <> 't' AND connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%\_\_EF%'
            ORDER BY 1
            """;
        await using var source = NpgsqlDataSource.Create($"{cluster.Administrator};Database={NameOf(address)}");
        await using var command = source.CreateCommand(Columns);
        await using var reader = await command.ExecuteReaderAsync();
        var all = new StringBuilder();
        while (await reader.ReadAsync()) all.Append(reader.GetString(0)).Append('\n');
        return all.ToString();
    }

    private Task<HawserStore> OpenAsync(StoreAddress address) =>
        HawserStore.OpenAsync(_folder, null, null, CancellationToken.None, address);

    private Task<StoreException> RefusalAsync(string address) =>
        Should.ThrowAsync<StoreException>(() => OpenAsync(PostgresFixture.Parse(address)));
}
