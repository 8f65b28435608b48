using System.Globalization;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Import;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class HbbsImportTests : IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly HbbsFixture _hbbs = new();
    private readonly ManualTime _time = new();

    private string Database => _folder.File("hawser.db");

    public void Dispose()
    {
        _folder.Dispose();
        _hbbs.Dispose();
    }

    [Fact]
    public async Task T65_Devices_of_hbbs_keep_id_uuid_and_key_and_their_mapped_address_is_normalised()
    {
        var guid = Guid.NewGuid().ToByteArray();
        _hbbs.Add("123456789", 1, note: "the boss's", guid: guid);
        _hbbs.Add("my-laptop", 2, info: """{"ip":"2001:db8::7"}""", created: "2021-12-31 23:59:59");
        var before = await File.ReadAllBytesAsync(_hbbs.Database, CancellationToken.None);

        var report = await ImportAsync();

        (report.Read, report.Added, report.Kept, report.Skipped).ShouldBe((2, 2, 0, 0));
        report.WarningCount.ShouldBe(1, "only that there is no key file");
        var devices = await LoadAsync();
        var first = devices["123456789"];
        first.Uuid.ShouldBe(HbbsFixture.UuidOf(1));
        first.PublicKey.ShouldBe(HbbsFixture.PkOf(1));
        first.LastHost.ShouldBe(PeerAddress.FromIPv4(0xCB007107, 0));
        first.CreatedAt.ShouldBe(new DateTime(2023, 4, 5, 6, 7, 8, DateTimeKind.Utc));
        first.Note.ShouldBe("the boss's");
        devices["my-laptop"].LastHost.ToString().ShouldBe("2001:db8::7");
        devices["my-laptop"].Note.ShouldBeNull();
        DataFolder.Scalar(Database, "SELECT created_at FROM devices WHERE id = 'my-laptop'")
            .ShouldBe("2021-12-31 23:59:59");
        DataFolder.Scalar(Database, "SELECT guid FROM devices WHERE id = '123456789'").ShouldBe(guid);
        (await File.ReadAllBytesAsync(_hbbs.Database, CancellationToken.None))
            .ShouldBe(before, "the source is never written");
        Directory.GetFiles(_hbbs.Path).ShouldBe([_hbbs.Database]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("{\"ip\":")]
    [InlineData("{\"ip\":17}")]
    [InlineData("{\"ip\":\"somewhere\"}")]
    [InlineData("{\"ip\":\"\\ud800\"}")]
    [InlineData("[\"ip\",\"1.2.3.4\"]")]
    [InlineData("{\"x\":{\"ip\":\"1.2.3.4\"}}")]
    public async Task Info_that_tells_no_address_is_tolerated(string info)
    {
        _hbbs.Add("123456789", 1, info: info);
        (await ImportAsync()).Added.ShouldBe(1);
        (await LoadAsync())["123456789"].LastHost.IsUnspecified.ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_that_cant_be_devices_are_skipped_with_a_warning_that_steers_no_terminal()
    {
        _hbbs.Add("111111111", 1, uuid: []);
        _hbbs.Add("222222222", 2, pk: [1, 2, 3]);
        _hbbs.Add("\u001b[31mred", 3, pk: []);
        _hbbs.Add("", 4);
        _hbbs.Add(new string('x', 300), 5);
        _hbbs.Add("666666666", 6, created: "yesterday");
        var report = await ImportAsync();
        (report.Read, report.Added, report.Skipped).ShouldBe((6, 1, 5));
        report.Warnings.ShouldContain(w => w.Contains("111111111") && w.Contains("uuid"));
        report.Warnings.ShouldContain(w => w.Contains("222222222") && w.Contains("3 bytes"));
        report.Warnings.ShouldAllBe(w => !w.Any(char.IsControl));
        (await LoadAsync())["666666666"].CreatedAt.ShouldBe(_time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task A_forks_further_columns_do_no_harm_and_missing_ones_neither()
    {
        using var fork = new HbbsFixture(
            "CREATE TABLE peer (pk blob, region text, strategy blob, uuid blob, last_online datetime, id text)");
        DataFolder.Run(fork.Database,
            """
            INSERT INTO peer (pk, region, uuid, last_online, id)
            VALUES (zeroblob(32), 'eu', x'0102', '2025-06-07 08:09:10', 'forked-one')
            """);
        var report = await ImportAsync(from: fork.Path);
        report.Added.ShouldBe(1);
        var device = (await LoadAsync())["forked-one"];
        device.Uuid.ShouldBe([1, 2]);
        device.LastSeen.ShouldBe(new DateTime(2025, 6, 7, 8, 9, 10, DateTimeKind.Utc));
    }

    [Fact]
    public async Task Ids_that_a_damaged_source_holds_twice_are_taken_once()
    {
        using var fork = new HbbsFixture("CREATE TABLE peer (pk blob, uuid blob, id text)");
        DataFolder.Run(fork.Database,
            """
            INSERT INTO peer VALUES (zeroblob(32), x'01', 'twice-here'), (zeroblob(32), x'02', 'only-once'),
                (zeroblob(32), x'03', 'twice-here')
            """);
        var report = await ImportAsync(from: fork.Path);
        (report.Read, report.Added, report.Kept).ShouldBe((3, 2, 1));
        report.Warnings.ShouldContain(w => w.StartsWith("1 rows", StringComparison.Ordinal));
        (await LoadAsync())["twice-here"].Uuid.ShouldBe([1]);
        DataFolder.Scalar(Database, "SELECT count(*) FROM sqlite_master WHERE name = 'ix_devices_id'").ShouldBe(1L);
    }

    [Fact]
    public async Task Importing_twice_changes_nothing_and_a_device_that_changed_here_stays_as_it_is()
    {
        _hbbs.AddMany(50);
        (await ImportAsync()).Added.ShouldBe(50);
        var changed = (await LoadAsync())["200000007"] with { Uuid = [7, 7] };
        await using (var store = await OpenAsync())
        {
            await store.Devices.SaveAsync([changed], CancellationToken.None);
            var uuid = HbbsFixture.UuidOf(8);
            (await store.Devices.RenameAsync("200000008", "renamed-here", uuid, CancellationToken.None))
                .ShouldBe(RenameOutcome.Renamed);
        }

        var again = await ImportAsync();

        (again.Read, again.Added, again.Kept, again.Overwritten).ShouldBe((50, 0, 50, 0));
        var devices = await LoadAsync();
        devices.Count.ShouldBe(50);
        devices["200000007"].Uuid.ShouldBe([7, 7]);
        devices.ShouldContainKey("renamed-here");
        devices.ShouldNotContainKey("200000008");
    }

    [Fact]
    public async Task Overwriting_takes_the_sources_values_but_keeps_the_row_and_its_deployment()
    {
        _hbbs.AddMany(3);
        await using (var store = await OpenAsync())
        {
            await store.Devices.SaveAsync(
                [DataFolder.Device(0) with { Id = "200000001", Listed = true, Note = "here" }], CancellationToken.None);
        }

        var guid = DataFolder.Scalar(Database, "SELECT guid FROM devices");
        var report = await ImportAsync(overwrite: true);
        (report.Added, report.Overwritten, report.Kept).ShouldBe((2, 1, 0));
        var device = (await LoadAsync())["200000001"];
        device.Uuid.ShouldBe(HbbsFixture.UuidOf(1));
        device.PublicKey.ShouldBe(HbbsFixture.PkOf(1));
        device.Listed.ShouldBeTrue();
        device.Note.ShouldBe("here");
        DataFolder.Scalar(Database, "SELECT guid FROM devices WHERE id = '200000001'").ShouldBe(guid);
    }

    [Fact]
    public async Task The_old_server_may_be_running()
    {
        _hbbs.AddMany(20);
        await using var running = new SqliteConnection($"Data Source={_hbbs.Database};Pooling=False");
        await running.OpenAsync(CancellationToken.None);
        DataFolder.Execute(running,
            """
            BEGIN IMMEDIATE;
            INSERT INTO peer SELECT randomblob(16), 'half', uuid, pk, created_at, user, status, note, info
            FROM peer LIMIT 1
            """);
        (await ImportAsync()).Added.ShouldBe(20);
        DataFolder.Execute(running, "COMMIT");
        var again = await ImportAsync();
        (again.Added, again.Kept).ShouldBe((1, 20));
    }

    [Fact]
    public async Task A_journal_that_a_crash_left_is_rolled_back_on_a_copy()
    {
        _hbbs.AddMany(30);
        // What kill -9 in the midst of a transaction leaves: changed pages in the file, the old ones in the journal.
        var crashed = _hbbs.File("crashed");
        Directory.CreateDirectory(crashed);
        await using (var running = new SqliteConnection($"Data Source={_hbbs.Database};Pooling=False"))
        {
            await running.OpenAsync(CancellationToken.None);
            DataFolder.Execute(running,
                """
                PRAGMA cache_size=1;
                PRAGMA cache_spill=1;
                BEGIN;
                UPDATE peer SET pk = zeroblob(32), note = hex(randomblob(300))
                """);
            foreach (var name in (string[])["db_v2.sqlite3", "db_v2.sqlite3-journal"])
            {
                File.Copy(_hbbs.File(name), Path.Combine(crashed, name));
            }

            DataFolder.Execute(running, "ROLLBACK");
        }

        var files = Directory.GetFiles(crashed).ToDictionary(f => f, File.ReadAllBytes);
        (await ImportAsync(from: crashed)).Added.ShouldBe(30);
        (await LoadAsync()).Values.ShouldAllBe(d => d.PublicKey.Any(b => b != 0));
        foreach (var (file, bytes) in files)
        {
            (await File.ReadAllBytesAsync(file, CancellationToken.None)).ShouldBe(bytes);
        }
    }

    [Fact]
    public async Task Key_files_and_lists_are_copied_unchanged_and_private()
    {
        _hbbs.Add("123456789", 1);
        await File.WriteAllTextAsync(_hbbs.File("id_ed25519"), _hbbs.Key.ToSecretText() + "\n", CancellationToken.None);
        await File.WriteAllTextAsync(_hbbs.File("id_ed25519.pub"), _hbbs.Key.PublicText, CancellationToken.None);
        await File.WriteAllTextAsync(_hbbs.File("blacklist.txt"), "203.0.113.9 slow\n", CancellationToken.None);
        var report = await ImportAsync();
        report.Files.ShouldBe(["id_ed25519.pub", "id_ed25519", "blacklist.txt"]);
        report.WarningCount.ShouldBe(0);
        foreach (var name in report.Files)
        {
            (await File.ReadAllBytesAsync(_folder.File(name), CancellationToken.None))
                .ShouldBe(await File.ReadAllBytesAsync(_hbbs.File(name), CancellationToken.None), name);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(_folder.File(name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        (await ImportAsync()).Files.ShouldBeEmpty("they are there already");
    }

    [Fact]
    public async Task A_key_that_cant_sign_stops_the_import_before_anything_is_written()
    {
        _hbbs.Add("123456789", 1);
        var secret = Convert.FromBase64String(_hbbs.Key.ToSecretText());
        secret[^1] ^= 1;
        await File.WriteAllTextAsync(_hbbs.File("id_ed25519"), Convert.ToBase64String(secret), CancellationToken.None);
        var refusal = await Should.ThrowAsync<StoreException>(() => ImportAsync());
        refusal.Message.ShouldContain("public half");
        refusal.Message.ShouldContain("--from");
        refusal.Message.ShouldNotContain(Convert.ToBase64String(secret)[..20]);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_that_is_there_stays_and_a_public_file_that_does_not_belong_is_corrected()
    {
        _hbbs.WriteKey();
        var other = ServerKey.Generate();
        await File.WriteAllTextAsync(_folder.File("id_ed25519"), other.ToSecretText(), CancellationToken.None);
        var report = await ImportAsync();
        report.Files.ShouldBeEmpty();
        report.Warnings.ShouldContain(w => w.Contains("another key"));
        (await File.ReadAllTextAsync(_folder.File("id_ed25519"), CancellationToken.None))
            .ShouldBe(other.ToSecretText());

        File.Delete(_folder.File("id_ed25519"));
        await File.WriteAllTextAsync(_hbbs.File("id_ed25519.pub"), other.PublicText, CancellationToken.None);
        report = await ImportAsync();
        report.Warnings.ShouldContain(w => w.Contains("does not belong"));
        (await File.ReadAllTextAsync(_folder.File("id_ed25519.pub"), CancellationToken.None))
            .ShouldBe(_hbbs.Key.PublicText);
    }

    [Theory]
    [InlineData("empty folder")]
    [InlineData("garbage")]
    [InlineData("foreign")]
    public async Task What_is_no_hbbs_is_a_sentence_that_names_the_option_and_nothing_is_written(string kind)
    {
        File.Delete(_hbbs.Database);
        if (kind == "garbage")
        {
            await File.WriteAllTextAsync(_hbbs.Database, new string('g', 9000), CancellationToken.None);
        }
        if (kind == "foreign") DataFolder.Run(_hbbs.Database, "CREATE TABLE peer (id text)");
        var refusal = await Should.ThrowAsync<StoreException>(() => ImportAsync());
        refusal.Message.ShouldContain(_hbbs.Path);
        refusal.Message.ShouldContain("--from");
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_first_start_in_hbbs_own_folder_imports_once_and_completely()
    {
        _hbbs.AddMany(40);
        _hbbs.WriteKey();
        HbbsImport.IsDue(_hbbs.Path).ShouldBeTrue();
        await using (var store = HawserStore.For(_hbbs.Path, _time))
        {
            (await store.OpenAsync(CancellationToken.None))!.Added.ShouldBe(40);
            (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(40);
            (await store.Devices.DeleteAsync("200000001", CancellationToken.None)).ShouldBeTrue();
        }

        HbbsImport.IsDue(_hbbs.Path).ShouldBeFalse();
        await using var again = HawserStore.For(_hbbs.Path, _time);
        (await again.OpenAsync(CancellationToken.None)).ShouldBeNull();
        (await again.Devices.CountAsync(CancellationToken.None)).ShouldBe(39);
    }

    [Fact]
    public async Task A_first_import_that_is_cut_short_leaves_no_database_so_the_next_start_begins_again()
    {
        AddFast(25_000);
        using var stop = new CancellationTokenSource();
        var progress = new Progress(p => { if (p.Done >= 10_000) stop.Cancel(); });
        await using var store = HawserStore.For(_hbbs.Path, _time);
        await Should.ThrowAsync<OperationCanceledException>(() => store.OpenAsync(stop.Token, progress));
        Directory.GetFiles(_hbbs.Path).ShouldBe([_hbbs.Database]);

        var steps = new List<ImportProgress>();
        (await store.OpenAsync(CancellationToken.None, new Progress(steps.Add)))!.Added.ShouldBe(25_000);
        steps.ShouldBe([new(0, 25_000), new(10_000, 25_000), new(20_000, 25_000), new(25_000, 25_000)]);
    }

    [Fact]
    public async Task A_damaged_source_names_the_source_and_leaves_no_database()
    {
        AddFast(5_000);
        await using (var stream = File.OpenWrite(_hbbs.Database))
        {
            stream.Position = stream.Length / 2;
            await stream.WriteAsync(new byte[65_536], CancellationToken.None);
        }

        var refusal = await Should.ThrowAsync<StoreException>(() => ImportAsync());
        refusal.Message.ShouldContain(_hbbs.Database);
        File.Exists(Database).ShouldBeFalse();
    }

    private void AddFast(int count) => DataFolder.Run(_hbbs.Database, string.Create(CultureInfo.InvariantCulture,
        $$"""
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {{count}})
        INSERT INTO peer (guid, id, uuid, pk, info)
        SELECT randomblob(16), 300000000 + i, randomblob(36), randomblob(32), '{"ip":"::ffff:198.51.100.4"}' FROM n
        """));

    private Task<ImportReport> ImportAsync(string? from = null, bool overwrite = false) =>
        HbbsImport.RunAsync(from ?? _hbbs.Path, _folder.Path, overwrite, null, _time, CancellationToken.None);

    private Task<HawserStore> OpenAsync() => HawserStore.OpenAsync(_folder.Path, _time, null, CancellationToken.None);

    private async Task<Dictionary<string, StoredDevice>> LoadAsync()
    {
        await using var store = await OpenAsync();
        var all = new Dictionary<string, StoredDevice>(StringComparer.Ordinal);
        await store.Devices.LoadAsync(d => all.Add(d.Id, d), CancellationToken.None);
        return all;
    }

    private sealed class Progress(Action<ImportProgress> report) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => report(value);
    }
}
