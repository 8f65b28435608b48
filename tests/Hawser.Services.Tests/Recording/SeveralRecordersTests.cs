using Hawser.Recording.Library;
using Hawser.Services.Tests.Postgres;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>Two nodes on one PostgreSQL server and one folder serve the same recordings, with Redis and without.</summary>
public sealed class SeveralRecordersTests(PostgresFixture fixture)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C26_a_recording_moves_between_nodes_and_is_one_file(bool redis)
    {
        await using var pair = await PairAsync(redis);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 8);
        (await pair.One.StartAsync()).Code.ShouldBe(RecordCode.Ok);
        for (var i = 0; i < 4; i++) (await pair.One.AppendAsync(chunks[i])).Index.ShouldBe(i);
        (await pair.Two.StartAsync()).Resumed.ShouldBeTrue();
        for (var i = 4; i < 7; i++) (await pair.Two.AppendAsync(chunks[i])).Index.ShouldBe(i);
        // C10 on two nodes: the stop arrives at one, the last bytes are on their way to the other.
        var told = 0;
        using var attending = pair.Two.Recordings.Attend(RecorderNode.Ann, RecorderNode.Id, _ => Interlocked.Increment(ref told));
        var arriving = pair.Two.Recordings.Arriving(RecorderNode.Ann, RecorderNode.Id);
        await Eventually.HoldsAsync(() => pair.One.RowAsync().GetAwaiter().GetResult().ActiveAt > TimeProvider.System.GetUtcNow().UtcDateTime, "the other node knows");
        var stopping = pair.One.StopAsync();
        await Eventually.HoldsAsync(() => pair.Two.ViewAsync().GetAwaiter().GetResult().State == RecordState.Stopping, "stopping");
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        (await pair.Two.AppendAsync(chunks[7])).Index.ShouldBe(7);
        arriving.Dispose();
        var ends = await Task.WhenAll(stopping, pair.Two.StopAsync());
        foreach (var end in ends) (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        ends[0].ShouldBe(ends[1]);
        (await pair.One.FinalAsync()).Video.ShouldBe(150);
        (await pair.Two.FinalAsync()).Video.ShouldBe(150);
        await Eventually.HoldsAsync(() => Volatile.Read(ref told) == 1, "who attends on the other node is told");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C27_a_thousand_chunks_on_two_nodes_have_a_thousand_numbers(bool redis)
    {
        await using var pair = await PairAsync(redis);
        var head = (await TestVideo.WebmAsync())[..500];
        await pair.One.StartAsync();
        (await pair.One.AppendAsync(head)).Index.ShouldBe(0);
        var both = await Task.WhenAll(SendAsync(pair.One, 1), SendAsync(pair.Two, 2));
        foreach (var own in both) own.ShouldBeInOrder();
        both.SelectMany(n => n).Distinct().Count().ShouldBe(1000);
        (await pair.One.RowAsync()).Chunks.ShouldBe(1001);
        var found = await pair.Two.Storage.ChunksAsync(RecorderNode.Id, default);
        found.Count.ShouldBe(1001);
        found.Skip(1).ShouldAllBe(c => c.Length == 3);

        static async Task<int[]> SendAsync(RecorderNode node, byte mark)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => node.AppendAsync([mark, (byte)i, (byte)(i >> 8)])));
            return [.. answers.Select(a => a.Index)];
        }
    }

    [Fact]
    public async Task C51_without_Redis_chunks_are_refused_and_after_it_forgot_none_is_overwritten()
    {
        await using var pair = await PairAsync(redis: true);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await pair.One.StartAsync();
        (await pair.One.AppendAsync(chunks[0])).Index.ShouldBe(0);
        (await pair.One.AppendAsync(chunks[1])).Index.ShouldBe(1);
        await pair.Redis!.StopAsync();
        (await pair.One.AppendAsync(chunks[2])).Code.ShouldBe(RecordCode.IndexUnavailable);
        (await pair.Two.StartAsync("another")).Code.ShouldBe(RecordCode.IndexUnavailable);
        (await pair.Two.ViewAsync("another")).State.ShouldBe(RecordState.NotFound);
        await pair.Redis.StartAgainAsync();
        AppendAnswer answer = default;
        await Eventually.HoldsAsync(
            () => (answer = pair.Two.AppendAsync(chunks[2]).GetAwaiter().GetResult()).Code == RecordCode.Ok, "it goes on", 60);
        answer.Index.ShouldBe(2);
        (await pair.Two.AppendAsync(chunks[3])).Index.ShouldBe(3);
        var end = await pair.Two.StopAsync(chunks: 4);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await pair.One.FinalAsync()).Video.ShouldBe(150);
    }

    [Fact]
    public async Task A_node_that_finishes_nothing_leaves_it_to_the_other()
    {
        await using var pair = await PairAsync(redis: false, secondFinishes: false);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await pair.Two.StartAsync();
        foreach (var chunk in chunks) (await pair.Two.AppendAsync(chunk)).Code.ShouldBe(RecordCode.Ok);
        (await pair.Two.StopAsync(chunks: 4)).Code.ShouldBe(RecordCode.Ok);
        (await pair.Two.FinalAsync()).Video.ShouldBe(150);
    }

    private Task<RecorderPair> PairAsync(bool redis, bool secondFinishes = true) => RecorderPair.StartAsync(fixture, redis, secondFinishes);
}
