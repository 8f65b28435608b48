using Hawser.Data;
using Hawser.Data.Recordings;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

/// <summary>The rows of chunks on the engine that the tests run on: batches, repetitions, recordings that ended.</summary>
public sealed class ChunkRowsTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 11, 21, 9, 30, 0, DateTimeKind.Utc);
    private readonly TemporaryFolder _folder = new();
    private HawserStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await HawserStore.OpenAsync(
        _folder.Path, null, null, CancellationToken.None, await TestDatabase.OfAsync(_folder.Path));

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await TestDatabase.DropAsync(_folder.Path);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_batch_of_many_recordings_is_stored_and_counted(bool flush)
    {
        var rows = await RecordingsAsync(3);
        var outcomes = await AddAsync(flush, Chunk(rows[0], 0), Chunk(rows[1], 4, seq: 9), Chunk(rows[0], 1, length: 7), Chunk(rows[2], 0, length: 0));
        outcomes.ShouldAllBe(o => o == ChunkOutcome.Stored);
        var after = await ReadAsync();
        after.Select(r => (r.Chunks, r.Size, r.NextIndex)).ShouldBe([(2, 107L, 2), (1, 100L, 5), (1, 0L, 1)]);
        after.ShouldAllBe(r => r.ActiveAt == Now && r.UpdatedAt == Now);
        await using var db = _store.CreateDb();
        var stored = await db.RecordingChunks.AsNoTracking().SingleAsync(c => c.Seq == 9);
        (stored.RecordingGuid, stored.Index, stored.Length, stored.StoredAt).ShouldBe((rows[1].Guid, 4, 100, Now));
        stored.Hash.ShouldBe(new byte[32]);
    }

    [Fact]
    public async Task What_is_stored_again_changes_nothing_and_what_another_has_is_refused()
    {
        var row = (await RecordingsAsync(1))[0];
        await AddAsync(true, Chunk(row, 0, seq: 5), Chunk(row, 1));
        var outcomes = await AddAsync(
            true, Chunk(row, 0, seq: 5), Chunk(row, 1), Chunk(row, 1, length: 99), Chunk(row, 2, seq: 5), Chunk(row, 3), Chunk(row, 3, length: 5));
        outcomes.ShouldBe([
            ChunkOutcome.Stored, ChunkOutcome.Stored, ChunkOutcome.Taken, ChunkOutcome.Taken, ChunkOutcome.Stored, ChunkOutcome.Taken]);
        var after = (await ReadAsync())[0];
        (after.Chunks, after.Size, after.NextIndex).ShouldBe((3, 300, 4));
    }

    [Theory]
    [InlineData(RecordingStatus.Recording, ChunkOutcome.Stored)]
    [InlineData(RecordingStatus.Stopping, ChunkOutcome.Stored)]
    [InlineData(RecordingStatus.Finalising, ChunkOutcome.Closed)]
    [InlineData(RecordingStatus.Ready, ChunkOutcome.Closed)]
    [InlineData(RecordingStatus.Failed, ChunkOutcome.Closed)]
    [InlineData(RecordingStatus.Deleting, ChunkOutcome.Closed)]
    public async Task Late_chunks_are_kept_out_by_the_row(RecordingStatus status, ChunkOutcome outcome)
    {
        var rows = await RecordingsAsync(2);
        await using (var db = _store.CreateDb())
        {
            await db.Recordings.Where(r => r.Guid == rows[0].Guid).ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, status));
        }

        (await AddAsync(true, Chunk(rows[0], 0), Chunk(rows[1], 0))).ShouldBe([outcome, ChunkOutcome.Stored]);
        (await ReadAsync())[0].Chunks.ShouldBe(outcome == ChunkOutcome.Stored ? 1 : 0);
        (await AddAsync(true, Chunk(new RecordingRow(), 0))).ShouldBe([ChunkOutcome.Closed]);
    }

    [Fact]
    public async Task Numbers_are_taken_in_the_order_of_asking_and_nobody_gets_anothers()
    {
        await RecordingsAsync(2);
        (await TakeAsync("r1", "r0", "void", "r1", "r1")).ShouldBe([0, 0, null, 1, 2]);
        (await TakeAsync("r1")).ShouldBe([3]);
        (await TakeAsync()).ShouldBeEmpty();
        var many = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => TakeAsync(i % 2 == 0 ? ["r0", "r1"] : ["r1", "r0"])));
        many.Select((n, i) => n[i % 2]!.Value).Order().ShouldBe(Enumerable.Range(1, 20));
        many.Select((n, i) => n[1 - (i % 2)]!.Value).Order().ShouldBe(Enumerable.Range(4, 20));
    }

    [Fact]
    public async Task Numbers_and_rows_of_the_same_recordings_at_once_never_wait_in_a_circle()
    {
        var rows = await RecordingsAsync(8);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            var own = rows.OrderBy(r => (r.RecordId[1] + i) % 8).ToArray();
            var numbers = await TakeAsync([.. own.Select(r => r.RecordId)]);
            var outcomes = await AddAsync(false, [.. own.Select((r, n) => Chunk(r, numbers[n]!.Value))]);
            outcomes.ShouldAllBe(o => o == ChunkOutcome.Stored);
        })));
        (await ReadAsync()).ShouldAllBe(r => r.Chunks == 40 && r.NextIndex == 40 && r.Size == 4000);
    }

    [Fact]
    public async Task Bytes_on_their_way_are_marked_where_they_are_their_owners_and_the_recording_takes_them()
    {
        var rows = await RecordingsAsync(4);
        await using (var db = _store.CreateDb())
        {
            await db.Recordings.ExecuteUpdateAsync(s => s.SetProperty(r => r.Owner, "u1"));
            await db.Recordings.Where(r => r.Guid == rows[2].Guid).ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RecordingStatus.Ready));
            await db.Recordings.Where(r => r.Guid == rows[3].Guid).ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RecordingStatus.Stopping));
        }

        var at = Now.AddMinutes(1);
        var marked = await _store.Chunks.MarkAsync([("r0", "u1"), ("r1", "u2"), ("r2", "u1"), ("r3", "u2"), ("r3", "u1"), ("void", "u1")], at, default);
        marked.Order(StringComparer.Ordinal).ShouldBe(["r0", "r3"]);
        (await ReadAsync()).Select(r => r.ActiveAt == at).ShouldBe([true, false, false, true]);
        (await _store.Chunks.MarkAsync([], at, default)).ShouldBeEmpty();
    }

    private static RecordingChunk Chunk(RecordingRow row, int index, long? seq = null, long length = 100) => new()
    {
        RecordingGuid = row.Guid, Index = index, Seq = seq, Length = length, Hash = seq is null ? null : new byte[32],
    };

    private Task<ChunkOutcome[]> AddAsync(bool flush, params RecordingChunk[] chunks) =>
        _store.Chunks.AddAsync(chunks, Now, flush, CancellationToken.None);

    private Task<int?[]> TakeAsync(params string[] ids) => _store.Chunks.TakeNumbersAsync(ids, CancellationToken.None);

    private async Task<RecordingRow[]> RecordingsAsync(int count)
    {
        await using var db = _store.CreateDb();
        db.Recordings.AddRange(Enumerable.Range(0, count).Select(i => new RecordingRow { RecordId = $"r{i}", Door = RecordingDoor.Stream }));
        await db.SaveChangesAsync();
        return await ReadAsync();
    }

    private async Task<RecordingRow[]> ReadAsync()
    {
        await using var db = _store.CreateDb();
        return await db.Recordings.AsNoTracking().OrderBy(r => r.RecordId).ToArrayAsync();
    }
}
