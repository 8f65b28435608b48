using System.Net;
using System.Text;
using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Session.Connecting;
using Hawser.Session.Host;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using ApiClient = Hawser.Agent.Serving.ApiClient;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>The device's loop with the API server (http-api §8), tick by tick, on a clock that the test moves.</summary>
public sealed class ServerLoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-loop-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly Clock _time = new();
    private readonly Api _api;
    private readonly AgentFolder _home;
    private readonly AgentState _state;
    private readonly SessionHost _host;
    private readonly ApiClient _client = new(null);
    private readonly ServerLoop _loop;

    public ServerLoopTests()
    {
        _api = new Api(_time);
        _home = new AgentFolder(Path.Combine(_folder, "state")) { Config = new AgentConfig { Server = "127.0.0.1:1", Api = _api.Url } };
        _state = new AgentState(_home);
        _host = new SessionHost(new HostOptions { Id = _state.Identity.Id, Secrets = new HostSecrets() });
        _loop = new ServerLoop(_state, _host, _client, new AgentLog(TextWriter.Null, _time), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _host.DisposeAsync();
        _client.Dispose();
        _api.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_quiet_device_says_what_it_is_once_and_beats_every_fifteen_seconds()
    {
        await TicksAsync(21);
        _api.At("/api/sysinfo").ShouldBe([3]);
        _api.At("/api/heartbeat").ShouldBe([3, 18, 33, 48, 63]);
        var beat = _api.Last("/api/heartbeat");
        beat.GetProperty("id").GetString().ShouldBe(_state.Identity.Id);
        beat.GetProperty("ver").GetInt64().ShouldBe(1_004_090);
        beat.GetProperty("modified_at").GetInt64().ShouldBe(0);
        beat.TryGetProperty("conns", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task With_a_connection_it_beats_every_three_seconds_and_names_it()
    {
        await TicksAsync(2);
        using var listener = new DirectListener(new IPEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync("1", _stop.Token);
        // Also before anybody has logged in.
        await using var caller = await DirectListener.CallAsync(
            new ServerName("127.0.0.1", listener.Local.Port), TimeSpan.FromSeconds(60), _stop.Token);
        var session = _host.RunAsync(new IncomingSession((await accepting).Channel), _stop.Token);
        await Eventually.HoldsAsync(() => _host.Connections.Count == 1, "the connection", 60);
        await TicksAsync(3);
        _api.At("/api/heartbeat").ShouldBe([3, 9, 12, 15]);
        var number = _host.Connections.Single();
        _api.Last("/api/heartbeat").GetProperty("conns").EnumerateArray().Select(c => c.GetInt32()).ShouldBe([number]);
        // Ended by the server; fifteen seconds again from there.
        _api.Answers["/api/heartbeat"] = $$"""{"disconnect":[{{number}}]}""";
        await TicksAsync(1);
        (await session.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe("Closed manually by web console");
        _api.Answers["/api/heartbeat"] = "{}";
        await TicksAsync(6);
        _api.At("/api/heartbeat").ShouldBe([3, 9, 12, 15, 18, 33]);
    }

    [Fact]
    public async Task What_it_is_is_sent_again_after_two_minutes_at_the_next_tick_or_when_it_is_asked_for()
    {
        _api.Answers["/api/sysinfo"] = "no";
        await TicksAsync(42);
        _api.At("/api/sysinfo").ShouldBe([3, 123]);
        // On its way into the books there: soon.
        _api.Answers["/api/sysinfo"] = "ID_NOT_FOUND";
        await TicksAsync(40);
        _api.At("/api/sysinfo").ShouldBe([3, 123, 243, 246]);
        _api.Answers["/api/sysinfo"] = "SYSINFO_UPDATED";
        await TicksAsync(1);
        _api.At("/api/sysinfo").ShouldBe([3, 123, 243, 246, 249]);
        await TicksAsync(20);
        _api.At("/api/sysinfo").Length.ShouldBe(5);
        // Whatever the value is, its presence counts.
        _api.Answers["/api/heartbeat"] = """{"sysinfo":null}""";
        await TicksAsync(4);
        var asked = _api.At("/api/heartbeat")[^1];
        _api.Answers["/api/heartbeat"] = "{}";
        await TicksAsync(2);
        _api.At("/api/sysinfo")[^1].ShouldBe(asked + 3);
    }

    [Fact]
    public async Task A_strategy_is_followed_and_remembered_and_its_time_is_told_back()
    {
        _api.Answers["/api/heartbeat"] =
            """{"modified_at":77,"strategy":{"config_options":{"enable-audio":"N","approve-mode":"click"},"extra":{}}}""";
        await TicksAsync(1);
        _state.Settings.IsOn("enable-audio").ShouldBeFalse();
        _api.Answers["/api/heartbeat"] = "[1]";
        await TicksAsync(5);
        _api.Last("/api/heartbeat").GetProperty("modified_at").GetInt64().ShouldBe(77);
        var later = new AgentState(_home);
        (later.ModifiedAt, later.Settings.Text("approve-mode"), later.Settings.IsOn("enable-audio")).ShouldBe((77, "click", false));
        // One value that is no text spoils the object; the time counts by itself.
        _api.Answers["/api/heartbeat"] = """{"modified_at":78,"strategy":{"config_options":{"enable-audio":"Y","approve-mode":1}}}""";
        await TicksAsync(5);
        _state.ModifiedAt.ShouldBe(78);
        _state.Settings.IsOn("enable-audio").ShouldBeFalse();
    }

    [Fact]
    public async Task Nothing_is_sent_while_the_service_is_stopped()
    {
        _state.Change(new Dictionary<string, string> { ["stop-service"] = "Y" });
        await TicksAsync(10);
        _api.At("/api/heartbeat").ShouldBeEmpty();
    }

    [Fact]
    public async Task By_itself_it_ticks_every_three_seconds()
    {
        var running = _loop.RunAsync(_stop.Token);
        _time.Periods.ShouldBe([Tick]);
        ServerLoop.Tick.ShouldBe(Tick);
        _time.Advance(Tick);
        await Eventually.HoldsAsync(() => _api.At("/api/heartbeat").Length == 1, "the first tick", 60);
        await _stop.CancelAsync();
        await running;
    }

    private async Task TicksAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _time.Advance(Tick);
            await _loop.TickAsync(_stop.Token);
        }
    }

    /// <summary>A clock that knows who waits for it again and again.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly ManualTime _time = new();
        private readonly long _start;

        public Clock() => _start = _time.GetTimestamp();

        public List<TimeSpan> Periods { get; } = [];

        public int Seconds => (int)Math.Round(_time.GetElapsedTime(_start).TotalSeconds);

        public override long TimestampFrequency => _time.TimestampFrequency;

        public override long GetTimestamp() => _time.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Periods.Add(period);
            return _time.CreateTimer(callback, state, dueTime, period);
        }

        public void Advance(TimeSpan by) => _time.Advance(by);
    }

    /// <summary>A server that answers as it is told, and notes when it was asked.</summary>
    private sealed class Api : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Lock _gate = new();
        private readonly List<(string Path, int At, JsonElement Body)> _got = [];
        private readonly Clock _time;
        private readonly Task _running;

        public Api(Clock time)
        {
            _time = time;
            Url = $"http://127.0.0.1:{FreePorts.Block(1)}/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _running = RunAsync();
        }

        public string Url { get; }

        public Dictionary<string, string> Answers { get; } =
            new(StringComparer.Ordinal) { ["/api/sysinfo"] = "SYSINFO_UPDATED", ["/api/heartbeat"] = "{}" };

        public int[] At(string path)
        {
            lock (_gate) return [.. _got.Where(g => g.Path == path).Select(g => g.At)];
        }

        public JsonElement Last(string path)
        {
            lock (_gate) return _got.Last(g => g.Path == path).Body;
        }

        public void Dispose()
        {
            _listener.Close();
            _running.Wait(TimeSpan.FromSeconds(30));
        }

        private async Task RunAsync()
        {
            while (true)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var path = context.Request.Url!.AbsolutePath;
                using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
                lock (_gate) _got.Add((path, _time.Seconds, body.RootElement.Clone()));
                context.Response.Close(Encoding.UTF8.GetBytes(Answers[path]), willBlock: true);
            }
        }
    }
}
