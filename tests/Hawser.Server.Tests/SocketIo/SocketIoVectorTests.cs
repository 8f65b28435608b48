using System.Text;
using System.Text.Json;
using Hawser.Recording.SocketIo;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>The golden bytes of the reference (recorder.md §2.8) in both directions, and at every split.</summary>
public class SocketIoVectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(Repository.File("vectors/socket-io.json"))).RootElement;

    [Fact]
    public async Task A_clients_bytes_are_understood_however_they_are_cut()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(rooms: room);
        using var peer = await RawPeer.OpenAsync(host.Port);
        var frames = Vectors.GetProperty("client").EnumerateArray()
            .Where(v => !v.TryGetProperty("binary", out _))
            .Select(v => (Frame: Convert.FromHexString(v.GetProperty("frame").GetString()!), Text: v.GetProperty("text").GetString()!)).ToArray();
        foreach (var (frame, text) in frames)
        {
            RawPeer.Frame(0x81, Encoding.UTF8.GetBytes(text)).ShouldBe(frame);
            foreach (var part in frame) await peer.SendRawAsync(new[] { part });
        }

        (await peer.TextAsync()).ShouldStartWith("40/recording,");
        await Eventually.HoldsAsync(() => room.Happened.Contains("disconnected ClientLeft"), "all were understood");
        room.Happened.ShouldBe(["connected", "event start", "disconnected ClientLeft"]);
        await peer.SendRawAsync(Convert.FromHexString("888037fa213d"));
        (await peer.FrameAsync()).ShouldBe(Convert.FromHexString("880203e8"));
    }

    [Fact]
    public async Task The_servers_bytes_are_the_references()
    {
        var room = new EchoRoom("/recording", greets: false);
        await using var host = await SocketIoHost.StartAsync(rooms: room);
        using var peer = await RawPeer.JoinAsync(host.Port);
        await Eventually.HoldsAsync(() => room.Last is not null, "joined");
        foreach (var name in new[] { "started", "finished" })
        {
            var wanted = Vectors.GetProperty("server").EnumerateArray()
                .Single(v => v.TryGetProperty("text", out var t) && t.GetString()!.Contains($"\"{name}\"", StringComparison.Ordinal));
            room.Last!.Emit(name, json =>
            {
                json.WriteStartObject();
                json.WriteString("recordId", "abc123");
                json.WriteEndObject();
            });
            Convert.ToHexStringLower((await peer.FrameAsync())!).ShouldBe(wanted.GetProperty("frame").GetString());
        }
    }

    [Fact]
    public void Headers_are_read_and_written_as_the_reference_has_them()
    {
        foreach (var vector in Vectors.GetProperty("headers").EnumerateArray())
        {
            var text = Encoding.UTF8.GetBytes(vector.GetProperty("packet").GetString()!);
            if (vector.TryGetProperty("length", out var length)) text.Length.ShouldBe(length.GetInt32());
            PacketHeader.TryRead(text.AsSpan(1), 10, out var header).ShouldBeTrue();
            ((int)header.Type).ShouldBe(vector.GetProperty("type").GetInt32());
            header.Attachments.ShouldBe(vector.GetProperty("attachments").GetInt32());
            Encoding.UTF8.GetString(text.AsSpan(1)[header.Namespace]).ShouldBe(vector.GetProperty("namespace").GetString());
            header.AckId.ShouldBe(vector.TryGetProperty("ackId", out var id) ? id.GetInt64() : null);
        }

        using var joined = PacketText.Connected("/recording"u8, "BBBBBBBBBBBBBBBBBBBB");
        Encoding.UTF8.GetString(joined.Text.Span).ShouldBe("40/recording,{\"sid\":\"BBBBBBBBBBBBBBBBBBBB\"}");
        using var answer = PacketText.Any("/recording"u8, null, 1, j => j.WriteRawValue("{\"_placeholder\":true,\"num\":0}"), [new byte[] { 1, 2, 3 }]);
        Encoding.UTF8.GetString(answer.Text.Span).ShouldBe("461-/recording,1[{\"_placeholder\":true,\"num\":0}]");
        Convert.ToHexStringLower(answer.Attachments.Single().Span).ShouldBe("010203");
    }
}
