using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

/// <summary>On the engine that the tests run on: in memory beside SQLite, in the row on PostgreSQL.</summary>
public sealed class StoredChunkCounterTests : ChunkCounterSpecification
{
    protected override async Task<CounterUnderTest> CreateAsync(params string[] recordings)
    {
        var folder = new TemporaryFolder();
        var store = await HawserStore.OpenAsync(folder.Path, null, null, CancellationToken.None, await TestDatabase.OfAsync(folder.Path));
        await using (var db = store.CreateDb())
        {
            db.Recordings.AddRange(recordings.Select(id => new RecordingRow { RecordId = id, Door = RecordingDoor.Stream }));
            await db.SaveChangesAsync();
        }

        var counter = new StoredChunkCounter(store);
        return new CounterUnderTest(counter, EndAsync);

        async ValueTask EndAsync()
        {
            await counter.DisposeAsync();
            await store.DisposeAsync();
            await TestDatabase.DropAsync(folder.Path);
            folder.Dispose();
        }
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_the_row_is()
    {
        using var folder = new TemporaryFolder();
        await using var store = await HawserStore.OpenAsync(
            folder.Path, null, null, CancellationToken.None, await TestDatabase.OfAsync(folder.Path));
        await using (var db = store.CreateDb())
        {
            db.Recordings.Add(new RecordingRow { RecordId = "one", NextIndex = 12 });
            await db.SaveChangesAsync();
        }

        await using (var counter = new StoredChunkCounter(store)) (await counter.NextAsync("one", default)).ShouldBe(12);
        await TestDatabase.DropAsync(folder.Path);
    }
}
