using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class DeviceStoreTests : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private readonly ManualTime _time = new();
    private HawserStore _store = null!;

    private DeviceStore Devices => _store.Devices;

    public async ValueTask InitializeAsync() => _store = await HawserStore.OpenAsync(
        _folder.Path, _time, null, CancellationToken.None, await TestDatabase.OfAsync(_folder.Path));

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await TestDatabase.DropAsync(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_saved_is_loaded_after_a_restart_byte_for_byte()
    {
        var v4 =
            DataFolder.Device(1) with { Note = "", LastSeen = new DateTime(2026, 1, 1, 0, 0, 0, 1, DateTimeKind.Utc) };
        PeerAddress.TryParse("[2001:db8::7]:0", out var address).ShouldBeTrue();
        var v6 = DataFolder.Device(2) with { LastHost = address, Uuid = [0], Listed = true, Note = "Grüße, 🦅" };
        var nowhere = DataFolder.Device(3) with { LastHost = PeerAddress.FromIPv4(0, 0) };
        await Devices.SaveAsync([v4, v6, nowhere], CancellationToken.None);
        await _store.DisposeAsync();
        await InitializeAsync();

        var loaded = await LoadAsync();
        loaded.Count.ShouldBe(3);
        foreach (var device in (StoredDevice[])[v4, v6, nowhere])
        {
            var read = loaded[device.Id];
            read.Uuid.ShouldBe(device.Uuid);
            read.PublicKey.ShouldBe(device.PublicKey);
            (read with { Uuid = device.Uuid, PublicKey = device.PublicKey }).ShouldBe(device);
        }
    }

    [Fact]
    public async Task Saving_again_changes_uuid_key_and_address_but_neither_guid_nor_what_an_administrator_wrote()
    {
        var first = DataFolder.Device(1) with { Note = "keep me", Listed = true };
        await Devices.SaveAsync([first], CancellationToken.None);
        var guid = await GuidAsync(first.Id);
        var second =
            DataFolder.Device(1, seed: 9) with { CreatedAt = first.CreatedAt.AddDays(1), Note = null, Listed = false };
        await Devices.SaveAsync([second], CancellationToken.None);

        (await GuidAsync(first.Id)).ShouldBe(guid);
        var read = (await LoadAsync())[first.Id];
        read.Uuid.ShouldBe(second.Uuid);
        read.PublicKey.ShouldBe(second.PublicKey);
        read.CreatedAt.ShouldBe(first.CreatedAt);
        read.Note.ShouldBe("keep me");
        read.Listed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_batch_is_stored_as_a_whole_or_not_at_all()
    {
        var good = DataFolder.Device(1);
        var bad = DataFolder.Device(2) with { Uuid = null! };
        await Should.ThrowAsync<Exception>(() => Devices.SaveAsync([good, bad], CancellationToken.None));
        (await Devices.CountAsync(CancellationToken.None)).ShouldBe(0);
        await Devices.SaveAsync([good], CancellationToken.None);
        (await Devices.CountAsync(CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing_and_are_never_told_that_the_file_is_locked()
    {
        var writers = Enumerable.Range(0, 16).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await Devices.SaveAsync([DataFolder.Device((w * 20) + i)], CancellationToken.None);
                (await Devices.IsRetiredAsync("nobody", [1], CancellationToken.None)).ShouldBeFalse();
            }
        }));
        await Task.WhenAll(writers);
        (await Devices.CountAsync(CancellationToken.None)).ShouldBe(320);
    }

    [Fact]
    public async Task A_reader_sees_the_rows_of_one_moment_while_others_write()
    {
        await Devices.SaveAsync(
            [.. Enumerable.Range(0, 500).Select(i => DataFolder.Device(i))], CancellationToken.None);
        var seen = 0;
        Task? write = null;
        await Devices.LoadAsync(
            _ =>
            {
                if (seen++ == 0)
                {
                    write = Devices.SaveAsync(
                        [.. Enumerable.Range(500, 500).Select(i => DataFolder.Device(i))], CancellationToken.None);
                }
                if (seen == 250) write!.GetAwaiter().GetResult();
            },
            CancellationToken.None);
        seen.ShouldBe(500);
        (await Devices.CountAsync(CancellationToken.None)).ShouldBe(1000);
    }

    [Fact]
    public async Task A_full_database_is_a_sentence_and_changes_nothing_and_saving_works_again_when_there_is_room()
    {
        var folder = new DataFolder();
        await using var store = HawserStore.For(folder.Path);
        await store.OpenAsync(CancellationToken.None);
        await store.Devices.SaveAsync([DataFolder.Device(0)], CancellationToken.None);
        await store.LimitPagesAsync(40);
        StoredDevice[] many = [.. Enumerable.Range(1, 5000).Select(i => DataFolder.Device(i))];
        var fault =
            await Should.ThrowAsync<StoreException>(() => store.Devices.SaveAsync(many, CancellationToken.None));
        fault.Fault.ShouldBe(StoreFault.Full);
        fault.Message.ShouldContain(store.DataFolder);
        fault.Message.ShouldContain("--data");
        (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(1);
        await store.LimitPagesAsync(1_000_000);
        await store.Devices.SaveAsync(many, CancellationToken.None);
        (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(5001);
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_change_of_id_keeps_the_row_and_retires_the_old_id_for_everyone_else()
    {
        var device = DataFolder.Device(1);
        await Devices.SaveAsync([device], CancellationToken.None);
        var guid = await GuidAsync(device.Id);

        (await RenameAsync(device.Id, "cellar-pc", device.Uuid)).ShouldBe(RenameOutcome.Renamed);

        (await GuidAsync("cellar-pc")).ShouldBe(guid);
        var loaded = await LoadAsync();
        loaded.Keys.ShouldBe(["cellar-pc"]);
        loaded["cellar-pc"].PublicKey.ShouldBe(device.PublicKey);
        (await Devices.IsRetiredAsync(device.Id, [42], CancellationToken.None)).ShouldBeTrue();
        (await Devices.IsRetiredAsync(device.Id, device.Uuid, CancellationToken.None)).ShouldBeFalse();
        (await Devices.IsRetiredAsync("cellar-pc", [42], CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_of_id_is_refused_to_strangers_for_unknown_devices_and_for_taken_ids()
    {
        var (mine, other) = (DataFolder.Device(1), DataFolder.Device(2));
        await Devices.SaveAsync([mine, other], CancellationToken.None);
        (await RenameAsync(mine.Id, "new-name", other.Uuid)).ShouldBe(RenameOutcome.WrongUuid);
        (await RenameAsync("999999999", "new-name", mine.Uuid)).ShouldBe(RenameOutcome.UnknownDevice);
        (await RenameAsync(mine.Id, other.Id, mine.Uuid)).ShouldBe(RenameOutcome.Taken);
        (await RenameAsync(other.Id, "others-name", other.Uuid)).ShouldBe(RenameOutcome.Renamed);
        (await RenameAsync(mine.Id, other.Id, mine.Uuid))
            .ShouldBe(RenameOutcome.Taken, "it is retired by another device");
        (await LoadAsync()).Keys.Order().ShouldBe([mine.Id, "others-name"]);
    }

    [Fact]
    public async Task A_change_of_id_may_be_asked_for_again_and_taken_back()
    {
        var device = DataFolder.Device(1);
        await Devices.SaveAsync([device], CancellationToken.None);
        (await RenameAsync(device.Id, "new-name", device.Uuid)).ShouldBe(RenameOutcome.Renamed);
        (await RenameAsync(device.Id, "new-name", device.Uuid)).ShouldBe(RenameOutcome.Renamed, "the answer was lost");
        (await RenameAsync(device.Id, "new-name", [1, 2]))
            .ShouldBe(RenameOutcome.UnknownDevice, "a stranger learns nothing");
        (await RenameAsync("new-name", device.Id, device.Uuid)).ShouldBe(RenameOutcome.Renamed);
        (await Devices.IsRetiredAsync(device.Id, [42], CancellationToken.None)).ShouldBeFalse();
        (await Devices.IsRetiredAsync("new-name", [42], CancellationToken.None)).ShouldBeTrue();
        (await LoadAsync()).Keys.ShouldBe([device.Id]);
    }

    [Fact]
    public async Task Of_many_devices_that_want_one_id_at_once_exactly_one_gets_it()
    {
        StoredDevice[] all = [.. Enumerable.Range(0, 12).Select(i => DataFolder.Device(i))];
        await Devices.SaveAsync(all, CancellationToken.None);
        var outcomes = await Task.WhenAll(all.Select(d => RenameAsync(d.Id, "wanted", d.Uuid)));
        outcomes.Count(o => o == RenameOutcome.Renamed).ShouldBe(1);
        outcomes.Count(o => o == RenameOutcome.Taken).ShouldBe(11);
        (await Devices.CountAsync(CancellationToken.None)).ShouldBe(12);
    }

    [Fact]
    public async Task An_id_that_is_twice_in_a_batch_is_stored_as_if_one_came_after_the_other()
    {
        var first = DataFolder.Device(1) with { Note = "first", LastSeen = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) };
        var second = DataFolder.Device(1, seed: 9) with { Note = "second", CreatedAt = first.CreatedAt.AddDays(1) };
        await Devices.SaveAsync([first, DataFolder.Device(2), second], CancellationToken.None);
        var read = (await LoadAsync())[first.Id];
        read.PublicKey.ShouldBe(second.PublicKey);
        read.Uuid.ShouldBe(second.Uuid);
        read.Note.ShouldBe("first");
        read.CreatedAt.ShouldBe(first.CreatedAt);
        read.LastSeen.ShouldBe(first.LastSeen);
    }

    [Fact]
    public async Task Last_seen_never_goes_back_and_unknown_ids_are_skipped()
    {
        var device = DataFolder.Device(1);
        await Devices.SaveAsync([device], CancellationToken.None);
        var at = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        (await Devices.TouchAsync([new(device.Id, at), new("nobody", at)], CancellationToken.None)).ShouldBe(1);
        (await Devices.TouchAsync([new(device.Id, at.AddHours(-1))], CancellationToken.None)).ShouldBe(0);
        (await LoadAsync())[device.Id].LastSeen.ShouldBe(at);
    }

    [Fact]
    public async Task A_device_can_be_listed_and_forgotten()
    {
        var device = DataFolder.Device(1);
        await Devices.SaveAsync([device], CancellationToken.None);
        (await Devices.SetListedAsync(device.Id, true, CancellationToken.None)).ShouldBeTrue();
        (await LoadAsync())[device.Id].Listed.ShouldBeTrue();
        (await Devices.DeleteAsync(device.Id, CancellationToken.None)).ShouldBeTrue();
        (await Devices.DeleteAsync(device.Id, CancellationToken.None)).ShouldBeFalse();
        (await Devices.SetListedAsync(device.Id, true, CancellationToken.None)).ShouldBeFalse();
        (await LoadAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Hostile_ids_are_data()
    {
        var device = DataFolder.Device(1) with { Id = "'; DROP TABLE devices;--", Note = "\"\0%_\\" };
        await Devices.SaveAsync([device], CancellationToken.None);
        // PostgreSQL keeps no NUL in texts; it is left out there.
        (await LoadAsync())[device.Id].Note!.Replace("\0", "").ShouldBe("\"%_\\");
        (await RenameAsync(device.Id, "harmless", device.Uuid)).ShouldBe(RenameOutcome.Renamed);
    }

    private Task<RenameOutcome> RenameAsync(string oldId, string newId, byte[] uuid) =>
        Devices.RenameAsync(oldId, newId, uuid, CancellationToken.None);

    private async Task<Guid> GuidAsync(string id)
    {
        await using var db = _store.CreateDb();
        return (await db.Devices.SingleAsync(d => d.Id == id)).Guid;
    }

    private async Task<Dictionary<string, StoredDevice>> LoadAsync()
    {
        var all = new Dictionary<string, StoredDevice>(StringComparer.Ordinal);
        var count = await Devices.LoadAsync(d => all.Add(d.Id, d), CancellationToken.None);
        count.ShouldBe(all.Count);
        return all;
    }
}
