using Hawser.Data;
using Hawser.Data.Activity;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class LastSeenWriterTests : IAsyncLifetime
{
    private readonly DataFolder _folder = new();
    private readonly ManualTime _time = new();
    private HawserStore _store = null!;
    private LastSeenWriter _writer = null!;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public async ValueTask InitializeAsync()
    {
        _store = await HawserStore.OpenAsync(
            _folder.Path, _time, null, CancellationToken.None, await TestDatabase.OfAsync(_folder.Path));
        _writer = new LastSeenWriter(_store.Devices, _time);
        await _store.Devices.SaveAsync(
            [.. Enumerable.Range(0, 240).Select(i => DataFolder.Device(i))], CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await TestDatabase.DropAsync(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task Sightings_are_collected_and_written_once_a_minute_the_newest_of_each_device()
    {
        var id = DataFolder.Device(5).Id;
        for (var i = 0; i < 59; i++)
        {
            _writer.Note(id, Now);
            _time.Advance(TimeSpan.FromSeconds(1));
            _writer.Tick();
        }

        _writer.Written.ShouldBe(0);
        var last = Now;
        _writer.Note(id, last);
        _writer.Note(id, last.AddSeconds(-30));
        _time.Advance(TimeSpan.FromSeconds(1));
        _writer.Tick();
        await Eventually.HoldsAsync(() => _writer.Written == 1, "the round was written");
        (await SeenAsync())[id].ShouldBe(last);
    }

    [Fact]
    public async Task A_device_that_is_always_online_costs_one_write_an_hour()
    {
        var asked = new HashSet<int>();
        _writer.AddSource((slice, visit) =>
        {
            lock (asked) asked.Add(slice.Index).ShouldBeTrue("each slice once an hour");
            slice.Count.ShouldBe(LastSeenWriter.Slices);
            for (var i = slice.Index; i < 240; i += slice.Count)
            {
                if (Now >= slice.Since) visit(DataFolder.Device(i).Id, Now);
            }
        });
        for (var minute = 1; minute <= 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            var due = minute * 4;
            await Eventually.HoldsAsync(
                () =>
                {
                    // Again and again, as the heartbeat does: the round before may just be ending.
                    _writer.Tick();
                    return _writer.Written == due;
                },
                $"minute {minute}");
        }

        _writer.Written.ShouldBe(240);
        asked.Count.ShouldBe(60);
        (await SeenAsync()).Values.ShouldAllBe(t => t != null);
    }

    [Fact]
    public async Task Stopping_writes_everything_since_the_last_round()
    {
        var since = new List<DateTime>();
        var begin = Now;
        _writer.AddSource((slice, visit) =>
        {
            since.Add(slice.Since);
            for (var i = slice.Index; i < 240; i += slice.Count) visit(DataFolder.Device(i).Id, Now);
        });
        _writer.Note(DataFolder.Device(3).Id, Now.AddDays(1));
        _time.Advance(TimeSpan.FromSeconds(10));
        await _writer.StopAsync(CancellationToken.None);
        since.Count.ShouldBe(60);
        since.ShouldAllBe(t => t == begin);
        var seen = await SeenAsync();
        seen.Values.ShouldAllBe(t => t != null);
        seen[DataFolder.Device(3).Id].ShouldBe(begin.AddDays(1));

        _time.Advance(TimeSpan.FromHours(1));
        _writer.Tick();
        since.Count.ShouldBe(60, "nothing runs after the stop");
    }

    [Fact]
    public async Task A_flood_of_sightings_is_bounded_and_counted()
    {
        for (var i = 0; i < LastSeenWriter.MaxNotes + 500; i++) _writer.Note($"made-up-{i}", Now);
        _writer.Dropped.ShouldBe(500);
        await _writer.StopAsync(CancellationToken.None);
        _writer.Written.ShouldBe(0, "unknown ids make no rows");
        (await _store.Devices.CountAsync(CancellationToken.None)).ShouldBe(240);
    }

    private async Task<Dictionary<string, DateTime?>> SeenAsync()
    {
        var seen = new Dictionary<string, DateTime?>(StringComparer.Ordinal);
        await _store.Devices.LoadAsync(d => seen.Add(d.Id, d.LastSeen), CancellationToken.None);
        return seen;
    }
}
