using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>The agent's records that wait for the API server.</summary>
public sealed class AgentOutboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-outbox-").FullName;
    private readonly ManualTime _time = new();
    private readonly ConcurrentQueue<(string Path, int Number, string Nonce)> _posts = new();
    private volatile bool _away = true;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task As_many_as_there_is_room_for_wait_and_arrive_in_order()
    {
        await using (var outbox = Open())
        {
            for (var i = 0; i < 8; i++) outbox.Add(i % 2 == 0 ? "api/audit/conn" : "api/audit/file", Record(i));
            outbox.Count.ShouldBe(5, "more is lost, and the log says so");
        }

        // What a crash left half written is no record.
        await File.WriteAllTextAsync(Path.Combine(_folder, "000000000099.json.new"), "api/aud");
        _posts.Clear();
        _away = false;
        await using var again = Open();
        await Eventually.HoldsAsync(() => again.Count == 0, "all are sent");
        _posts.Select(p => p.Number).ShouldBe([0, 1, 2, 3, 4]);
        _posts.Select(p => p.Path).Distinct().ShouldBe(["api/audit/conn", "api/audit/file"]);
        Directory.GetFiles(_folder, "*.json").ShouldBeEmpty();
        again.Add("api/audit/conn", Record(9));
        await Eventually.HoldsAsync(() => _posts.Count == 6, "there is room again");
    }

    [Fact]
    public async Task A_record_whose_answer_was_lost_is_repeated_with_its_nonce_before_the_next_goes()
    {
        await using var outbox = Open();
        outbox.Add("api/audit/conn", Record(0));
        outbox.Add("api/audit/conn", Record(1));
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(60));
                return _posts.Count >= 3;
            }, "it is tried again and again");
        _posts.ShouldAllBe(p => p.Number == 0);
        _posts.Select(p => p.Nonce).Distinct().Count().ShouldBe(1);
        _away = false;
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(60));
                return outbox.Count == 0;
            }, "both are sent");
        _posts.Count(p => p.Number == 1).ShouldBe(1);
    }

    private static Dictionary<string, object> Record(int number) => new(StringComparer.Ordinal) { ["number"] = number };

    private Outbox Open() => new(_folder, PostAsync, new AgentLog(TextWriter.Null, _time), _time, mostWaiting: 5);

    private Task<PostOutcome> PostAsync(string path, byte[] body, CancellationToken cancellation)
    {
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(body));
        _posts.Enqueue((path, json.RootElement.GetProperty("number").GetInt32(), json.RootElement.GetProperty("nonce").GetString()!));
        return Task.FromResult(_away ? PostOutcome.Later : PostOutcome.Done);
    }
}
