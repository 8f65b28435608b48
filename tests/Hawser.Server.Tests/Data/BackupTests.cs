using System.IO.Compression;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Backups;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class BackupTests : IAsyncLifetime
{
    private static readonly DateTime At = new(2026, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
    private readonly DataFolder _from = new();
    private readonly DataFolder _to = new();
    private HawserStore _store = null!;

    private string Archive => _to.Path + ".zip";

    public async ValueTask InitializeAsync()
    {
        _store = await OpenAsync(_from);
        await FillAsync(_store);
        await File.WriteAllTextAsync(_from.File("id_ed25519"), "secret");
        Directory.CreateDirectory(_from.File("keys"));
        await File.WriteAllTextAsync(Path.Combine(_from.File("keys"), "key-1.xml"), "<key/>");
        Directory.CreateDirectory(_from.File("recordings"));
        await File.WriteAllTextAsync(Path.Combine(_from.File("recordings"), "a.webm"), "film");
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        foreach (var folder in (DataFolder[])[_from, _to])
        {
            await TestDatabase.DropAsync(folder.Path);
            folder.Dispose();
        }

        File.Delete(Archive);
    }

    [Fact]
    public async Task Every_row_and_file_comes_back()
    {
        var made = await BackUpAsync();
        made.Files.ShouldBe(2);
        var restored = await RestoreAsync();
        restored.Rows.ShouldBe(made.Rows);
        restored.CreatedAt.ShouldBe(At);

        await using var store = await OpenAsync(_to);
        await CompareAsync(_store, store);
        (await File.ReadAllTextAsync(_to.File("id_ed25519"))).ShouldBe("secret");
        (await File.ReadAllTextAsync(Path.Combine(_to.File("keys"), "key-1.xml"))).ShouldBe("<key/>");
        Directory.Exists(_to.File("recordings")).ShouldBeFalse();
        if (OperatingSystem.IsWindows()) return;
        File.GetUnixFileMode(_to.File("id_ed25519")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Archive).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Recordings_come_along_when_they_are_asked_for()
    {
        await BackUpAsync(withRecordings: true);
        await RestoreAsync();
        (await File.ReadAllTextAsync(Path.Combine(_to.File("recordings"), "a.webm"))).ShouldBe("film");
    }

    [Fact]
    public async Task The_rows_are_those_of_one_moment_while_others_write()
    {
        using var source = _store.Engine.OpenBackup();
        var devices = BackupArchive.Tables(_store).Single(t => t.Name == "devices");
        var before = source.Count(devices);
        await _store.Devices.SaveAsync(
            [.. Enumerable.Range(5000, 100).Select(i => DataFolder.Device(i))], CancellationToken.None);
        source.Rows(devices).LongCount().ShouldBe(before);
        (await _store.Devices.CountAsync(CancellationToken.None)).ShouldBe((int)before + 100);
    }

    [Fact]
    public async Task A_target_with_rows_is_refused_and_replaced_only_by_force()
    {
        await BackUpAsync();
        await using (var target = await OpenAsync(_to))
        {
            await target.Devices.SaveAsync([DataFolder.Device(900)], CancellationToken.None);
        }

        (await Should.ThrowAsync<BackupException>(() => RestoreAsync())).Message.ShouldContain("--force");
        await using (var target = await OpenAsync(_to))
        {
            (await target.Devices.CountAsync(CancellationToken.None)).ShouldBe(1);
        }

        await RestoreAsync(force: true);
        await using var store = await OpenAsync(_to);
        await CompareAsync(_store, store);
    }

    [Fact]
    public async Task What_is_no_backup_or_damaged_changes_nothing()
    {
        await File.WriteAllTextAsync(Archive, "my shopping list");
        (await Should.ThrowAsync<BackupException>(() => RestoreAsync())).Message.ShouldContain(Archive);
        await BackUpAsync();
        var bytes = await File.ReadAllBytesAsync(Archive);
        await File.WriteAllBytesAsync(Archive, bytes[..(bytes.Length / 2)]);
        await Should.ThrowAsync<BackupException>(() => RestoreAsync());

        await BackUpAsync();
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            zip.GetEntry("rows/devices.jsonl")!.Delete();
            await using var lines = new StreamWriter(zip.CreateEntry("rows/devices.jsonl").Open());
            await lines.WriteLineAsync("[1,2,3]");
        }

        await Should.ThrowAsync<BackupException>(() => RestoreAsync());
        await using var store = await OpenAsync(_to);
        (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(0);
        File.Exists(_to.File("id_ed25519")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_file_that_leads_out_of_the_data_folder_is_refused()
    {
        await BackUpAsync();
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Update))
        {
            await using var evil = zip.CreateEntry("files/../../evil").Open();
            evil.WriteByte(1);
        }

        await Should.ThrowAsync<BackupException>(() => RestoreAsync());
        File.Exists(Path.GetFullPath(Path.Combine(_to.Path, "..", "..", "evil"))).ShouldBeFalse();
    }

    internal static async Task FillAsync(HawserStore store)
    {
        await store.Devices.SaveAsync(
            [.. Enumerable.Range(0, 300).Select(i => DataFolder.Device(i) with { Note = i % 2 == 0 ? null : "Grüße, 🦅 \"\n" })],
            CancellationToken.None);
        (await store.Devices.RenameAsync(
            DataFolder.Device(1).Id, "cellar-pc", DataFolder.Device(1).Uuid, CancellationToken.None))
            .ShouldBe(RenameOutcome.Renamed);
        await using var db = store.CreateDb();
        var group = new UserGroup { Name = "Büro", NormalizedName = "BÜRO", IsDefault = true };
        db.UserGroups.Add(group);
        db.Users.Add(new User { Name = "mara", NormalizedName = "MARA", UserGroupGuid = group.Guid, CreatedAt = At, IsAdmin = true });
        await db.SaveChangesAsync();
        var user = await db.Users.SingleAsync();
        db.AccessTokens.Add(new AccessToken { UserGuid = user.Guid, Hash = [1, 0, 255], CreatedAt = At, ExpiresAt = null });
        db.AuditNonces.Add(new Hawser.Data.Audit.AuditNonce { Nonce = "n", AtUtc = At });
        db.ConnectionAudits.Add(new Hawser.Data.Audit.ConnectionAudit { DeviceId = "1", SessionId = -5, CreatedAt = At });
        await db.SaveChangesAsync();
    }

    internal static async Task CompareAsync(HawserStore a, HawserStore b)
    {
        foreach (var table in BackupArchive.Tables(a))
        {
            Lines(b, table).ShouldBe(Lines(a, table), table.Name);
        }

        // Also usable as entities.
        await using var db = b.CreateDb();
        (await db.Users.SingleAsync()).CreatedAt.ShouldBe(At);
        (await db.Devices.SingleAsync(d => d.Id == "cellar-pc")).Uuid.ShouldBe(DataFolder.Device(1).Uuid);

        static List<string> Lines(HawserStore store, BackupTable table)
        {
            using var source = store.Engine.OpenBackup();
            var lines = new List<string>();
            foreach (var row in source.Rows(table))
            {
                using var stream = new MemoryStream();
                using (var json = new System.Text.Json.Utf8JsonWriter(stream)) BackupRow.Write(json, table, row);
                lines.Add(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
            }

            lines.Sort(StringComparer.Ordinal);
            return lines;
        }
    }

    private static async Task<HawserStore> OpenAsync(DataFolder folder) => await HawserStore.OpenAsync(
        folder.Path, null, null, CancellationToken.None, await TestDatabase.OfAsync(folder.Path));

    private Task<BackupReport> BackUpAsync(bool withRecordings = false) => BackupArchive.WriteAsync(
        _store, Archive, withRecordings, "test", At, null, CancellationToken.None);

    private async Task<BackupReport> RestoreAsync(bool force = false)
    {
        await using var store = HawserStore.For(_to.Path, database: await TestDatabase.OfAsync(_to.Path));
        return await BackupRestore.RunAsync(store, Archive, force, null, CancellationToken.None);
    }
}
