using System.Net;
using Hawser.Agent.Serving;
using Hawser.Protocol.Messages;
using Hawser.Recording;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using ApiClient = Hawser.TestRig.ApiClient;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>An agent whose option says so records who works on its desktop, and the server's library has it.</summary>
public sealed class AgentRecordingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-agent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_controller_saw_is_a_film_in_the_library()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(140));
        await using var server = await TestHawser.StartAsync(o =>
            (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false));
        using var api = new ApiClient(server);
        var admin = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        var folder = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Display = "test-card",
                Server = $"127.0.0.1:{server.RendezvousPort}",
                Key = server.Key.PublicText,
                Api = server.Http.ToString(),
            },
            Options = new AgentOptions(new() { ["allow-auto-record-incoming"] = "Y" }, 0),
        };
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        await using var agent = RunningAgent.Start(folder, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        var seen = await WatchAsync(server, folder.Identity.Id, 20, limit.Token);
        agent.WaitingRecordings.ShouldBe(1);
        await Eventually.HoldsAsync(() => agent.WaitingRecords == 0, "the server has heard of the session", 60);
        await Eventually.HoldsAsync(() => agent.WaitingRecordings == 0, "the film is at the server", 60);
        var listed = await ReadyAsync(api, admin, limit.Token);
        listed.GetProperty("device").GetString().ShouldBe(folder.Identity.Id);
        listed.GetProperty("direction").GetString().ShouldBe("incoming");
        listed.GetProperty("connectionGuid").GetGuid().ShouldNotBe(Guid.Empty);
        var film = Path.Combine(_folder, "film.webm");
        await File.WriteAllBytesAsync(film, await api.Http.GetByteArrayAsync(listed.GetProperty("downloadUrl").GetString()), limit.Token);
        var (video, _, seconds) = await TestVideo.ProbeAsync(film);
        video.ShouldBeGreaterThanOrEqualTo(seen);
        seconds.ShouldBeGreaterThan(0.3);
        // Every picture can be unpacked.
        await TestVideo.RunAsync("ffmpeg", ["-v", "error", "-xerror", "-i", film, "-f", "null", "-"], _folder);
    }

    private static async Task<int> WatchAsync(TestHawser server, string id, int count, CancellationToken cancellation)
    {
        var result = await PeerCaller.ConnectAsync(
            id,
            new PeerCallerOptions
            {
                Server = new ServerName("127.0.0.1", server.RendezvousPort),
                Key = server.Key.PublicText,
                LocalAddress = IPAddress.Loopback,
                Paths = Paths.Tcp,
            },
            cancellation);
        var wishes = new OptionMessage
        {
            SupportedDecoding = VideoCodecs.Decoding(SupportedDecoding.Types.PreferCodec.Vp8), CustomFps = 10,
            ImageQuality = ImageQuality.Low,
        };
        await using var session = new ControllerSession(
            result.Channel!, new ControllerOptions { Target = id, MyId = "482913377", Wishes = wishes });
        (await session.LoginAsync("secret", cancellation)).State.ShouldBe(LoginState.In);
        for (var i = 0; i < count; i++) await session.Screen.ReadAsync(cancellation);
        return count;
    }

    private static async Task<System.Text.Json.JsonElement> ReadyAsync(
        ApiClient api, string token, CancellationToken cancellation)
    {
        while (true)
        {
            var list = (await api.GetAsync("/api/recordings?source=upload&status=ready", token)).Json.GetProperty("data");
            if (list.GetArrayLength() > 0) return list[0];
            var all = (await api.GetAsync("/api/recordings?source=upload", token)).Text;
            all.ShouldNotContain("\"error\"");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellation);
        }
    }
}
