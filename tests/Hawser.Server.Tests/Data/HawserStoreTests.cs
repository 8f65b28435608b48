using System.Globalization;
using Hawser.Data;
using Hawser.Data.Sqlite;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class HawserStoreTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private string Database => _folder.File("hawser.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_folder_and_the_file_are_the_owners_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        var inner = Path.Combine(_folder.Path, "a", "b");
        await using var store = await HawserStore.OpenAsync(inner, null, null, CancellationToken.None);
        File.GetUnixFileMode(inner).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await store.Devices.SaveAsync([DataFolder.Device(1)], CancellationToken.None);
        foreach (var file in Directory.GetFiles(inner))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task It_runs_with_a_write_ahead_log()
    {
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        DataFolder.Scalar(Database, "PRAGMA journal_mode").ShouldBe("wal");
        File.Exists(Database + ".new").ShouldBeFalse();
    }

    [Fact]
    public async Task A_killed_process_loses_nothing_that_was_acknowledged_and_starts_without_EF_Core()
    {
        using var child = KilledWriter.Start(_folder.Path);
        var last = -1;
        try
        {
            (await child.StandardOutput.ReadLineAsync(CancellationToken.None)).ShouldBe("ef False");
            while (last < 25)
            {
                var line = await child.StandardOutput.ReadLineAsync(CancellationToken.None);
                last = int.Parse(line!["saved ".Length..], CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            child.Kill();
        }

        // Some more may have been acknowledged before the signal arrived.
        while (await child.StandardOutput.ReadLineAsync(CancellationToken.None) is { Length: > 6 } line)
        {
            if (int.TryParse(line["saved ".Length..], out var batch)) last = batch;
        }

        await child.WaitForExitAsync(CancellationToken.None);
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        var found = new HashSet<string>(StringComparer.Ordinal);
        await store.Devices.LoadAsync(d => found.Add(d.Id), CancellationToken.None);
        for (var i = 0; i < (last + 1) * 50; i++) found.ShouldContain(DataFolder.Device(i).Id);
        (found.Count % 50).ShouldBe(0, "no batch is there in part");
        DataFolder.Scalar(Database, "PRAGMA integrity_check").ShouldBe("ok");
    }

    [Fact]
    public async Task A_draft_that_a_crash_left_behind_is_not_in_the_way()
    {
        await File.WriteAllTextAsync(Database + ".new", "half a database", CancellationToken.None);
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        File.Exists(Database + ".new").ShouldBeFalse();
        (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task A_log_that_outlived_its_database_is_not_played_into_a_new_one()
    {
        using (var child = KilledWriter.Start(_folder.Path))
        {
            while (await child.StandardOutput.ReadLineAsync(CancellationToken.None) is not "saved 3")
            {
            }

            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
        }

        File.Exists(Database + "-wal").ShouldBeTrue();
        File.Delete(Database);
        await using var store = await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None);
        (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_told_and_left_alone()
    {
        var text = string.Concat(Enumerable.Repeat("my shopping list\n", 500));
        await File.WriteAllTextAsync(Database, text, CancellationToken.None);
        (await RefusalAsync()).Fault.ShouldBe(StoreFault.NotADatabase);
        (await File.ReadAllTextAsync(Database, CancellationToken.None)).ShouldBe(text);
    }

    [Fact]
    public async Task A_foreign_database_is_told_and_left_alone()
    {
        DataFolder.Run(Database, "CREATE TABLE shopping (item TEXT)");
        (await RefusalAsync()).Fault.ShouldBe(StoreFault.NotADatabase);
        DataFolder.Scalar(Database, "SELECT count(*) FROM sqlite_master").ShouldBe(1L);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_told()
    {
        await (await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None)).DisposeAsync();
        DataFolder.Run(Database, "INSERT INTO __EFMigrationsHistory VALUES ('299901010000_future', '42.0')");
        var refusal = await RefusalAsync();
        refusal.Fault.ShouldBe(StoreFault.TooNew);
        refusal.Message.ShouldContain("299901010000_future");
    }

    [Fact]
    public async Task A_damaged_database_is_told()
    {
        await (await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None)).DisposeAsync();
        var bytes = await File.ReadAllBytesAsync(Database, CancellationToken.None);
        bytes.AsSpan(100).Fill(0xA5);
        await File.WriteAllBytesAsync(Database, bytes, CancellationToken.None);
        (await RefusalAsync()).Fault.ShouldBe(StoreFault.NotADatabase);
    }

    [Fact]
    public async Task A_locked_database_is_told_within_seconds()
    {
        await (await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None)).DisposeAsync();
        await using var other = new SqliteConnection($"Data Source={Database};Pooling=False");
        await other.OpenAsync(CancellationToken.None);
        DataFolder.Execute(other, "BEGIN IMMEDIATE");
        var start = TimeProvider.System.GetTimestamp();
        (await RefusalAsync()).Fault.ShouldBe(StoreFault.Locked);
        TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(25), "SQLite itself would wait 30");
        DataFolder.Execute(other, "ROLLBACK");
        await (await HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None)).DisposeAsync();
    }

    [Fact]
    public async Task A_folder_that_is_a_file_or_on_a_read_only_system_is_told()
    {
        var file = _folder.File("occupied");
        await File.WriteAllTextAsync(file, "", CancellationToken.None);
        var refusal = await Should.ThrowAsync<StoreException>(
            () => HawserStore.OpenAsync(file, null, null, CancellationToken.None));
        refusal.Fault.ShouldBe(StoreFault.Unusable);
        refusal.Message.ShouldContain(file);
        refusal.Message.ShouldContain("--data");

        // Nobody, not even root, can make a folder there.
        if (!OperatingSystem.IsLinux()) return;
        refusal = await Should.ThrowAsync<StoreException>(
            () => HawserStore.OpenAsync("/proc/hawser", null, null, CancellationToken.None));
        refusal.Fault.ShouldBe(StoreFault.Unusable);
        refusal.Message.ShouldContain("/proc/hawser");
    }

    [Fact]
    public void A_full_disk_at_the_first_start_is_told_and_leaves_nothing_behind()
    {
        var file = new SqliteFile(Database, "--data");
        var refusal = Should.Throw<StoreException>(() => file.Guard(() =>
        {
            SchemaGate.Create(file, static target =>
            {
                target.Execute("PRAGMA max_page_count=8");
                target.Execute("CREATE TABLE big (x BLOB); INSERT INTO big VALUES (zeroblob(100000))");
            });
        }));
        refusal.Fault.ShouldBe(StoreFault.Full);
        Directory.GetFiles(_folder.Path).ShouldBeEmpty();
    }

    private async Task<StoreException> RefusalAsync()
    {
        var refusal = await Should.ThrowAsync<StoreException>(
            () => HawserStore.OpenAsync(_folder.Path, null, null, CancellationToken.None));
        refusal.Message.ShouldContain(Database);
        refusal.Message.ShouldContain("--data");
        refusal.Message.ShouldEndWith(").");
        return refusal;
    }
}
