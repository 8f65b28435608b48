using System.Text;
using System.Text.Json;
using Hawser.Api.Devices.Heartbeats;
using Hawser.Api.Strategies;
using Hawser.Data.Strategies;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Devices;

public class HeartbeatVectors
{
    private static readonly JsonElement All = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "vectors", "api", "heartbeat-replies.json"))).RootElement;

    [Fact]
    public void Replies_are_written_as_the_vectors_say()
    {
        foreach (var vector in All.GetProperty("replies").EnumerateArray())
        {
            var disconnect = vector.GetProperty("disconnect").EnumerateArray().Select(c => c.GetInt32()).ToList();
            byte[]? strategy = null;
            var stamp = 0L;
            if (vector.TryGetProperty("options", out var options))
            {
                stamp = vector.GetProperty("modified_at").GetInt64();
                var state = new DeviceStrategyState();
                EffectiveStrategies.Apply(state, new Strategy { Options = options.GetRawText() }, null, stamp);
                state.Stamp.ShouldBe(stamp);
                strategy = Encoding.UTF8.GetBytes($"{{\"config_options\":{state.Options},\"extra\":{{}}}}");
            }

            var reply = HeartbeatReply.Write(vector.TryGetProperty("sysinfo", out _), disconnect, stamp, strategy);
            Encoding.UTF8.GetString(reply).ShouldBe(vector.GetProperty("reply").GetString());
        }
    }

    [Fact]
    public void Requests_are_read_as_the_vectors_say()
    {
        foreach (var vector in All.GetProperty("requests").EnumerateArray())
        {
            var body = Encoding.UTF8.GetBytes(vector.GetProperty("body").GetString()!);
            Span<byte> texts = new byte[2 * Heartbeat.MaximumText];
            Span<int> conns = new int[Heartbeat.MaximumConns];
            Heartbeat.TryRead(body, texts, conns, out var beat).ShouldBeTrue();
            Encoding.UTF8.GetString(beat.Id).ShouldBe(vector.GetProperty("id").GetString());
            Encoding.UTF8.GetString(beat.Uuid).ShouldBe(vector.GetProperty("uuid").GetString());
            beat.Version.ShouldBe(vector.GetProperty("ver").GetInt32());
            beat.ModifiedAt.ShouldBe(vector.GetProperty("modified_at").GetInt64());
            beat.Conns.ToArray().ShouldBe(vector.GetProperty("conns").EnumerateArray().Select(c => c.GetInt32()));
        }
    }
}
