using System.Net;
using Hawser.Agent.Serving;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using ApiClient = Hawser.TestRig.ApiClient;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>An agent whose server goes away and comes back, and whose clock jumps.</summary>
public sealed class AgentFaultTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-agent-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(240));
    private TestHawser _server = null!;
    private AgentFolder _state = null!;

    private string Id => _state.Identity.Id;

    public async ValueTask InitializeAsync()
    {
        _server = await TestHawser.StartAsync(folder: Path.Combine(_folder, "server"));
        _state = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Display = "none",
                Server = $"127.0.0.1:{_server.RendezvousPort}",
                Key = _server.Key.PublicText,
                Api = _server.Http.ToString(),
            },
            Options = new AgentOptions(new(StringComparer.Ordinal) { ["allow-scope-violation-alarm"] = "Y" }, 0),
        };
        new HostSecrets(_state.Secrets, _state.Save).SetPermanent("secret");
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _limit.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_happens_while_the_server_is_away_for_an_hour_is_in_its_books_afterwards_in_order_and_once()
    {
        var time = new ManualTime();
        await using (var agent = Start(time))
        {
            await using (new Pump(time, TimeSpan.FromMilliseconds(20)))
            {
                await HoldsAsync(() => agent.IsRegistered, "the agent is registered");
                await using var files = await OpenAsync(o => o with { Files = new FileTransfer() });
                await using var shell = await OpenAsync(o => o with { Terminal = new Terminal() });
                await HoldsAsync(() => agent.WaitingRecords == 0, "the server has heard of both sessions");
                await _server.DisposeAsync();
                var here = Path.Combine(_folder, "here");
                await File.WriteAllTextAsync(here, "hello", _limit.Token);
                for (var i = 0; i < 3; i++)
                {
                    (await files.Files.PutAsync(here, Path.Combine(_folder, $"there{i}"), null, _limit.Token)).Moved.ShouldBe(1);
                }

                var outside = shell.Files.CreateAsync(Path.Combine(_folder, "never"), _limit.Token);
                await HoldsAsync(() => agent.WaitingRecords == 4, "three transfers and an alarm wait");
                await files.DisposeAsync();
                await shell.DisposeAsync();
                await Should.ThrowAsync<IOException>(outside);
                await HoldsAsync(() => agent.WaitingRecords == 6, "both ends wait");
            }

            for (var seconds = 0; seconds < 3600; seconds += 5)
            {
                time.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }

            agent.WaitingRecords.ShouldBe(6);
        }

        Directory.GetFiles(Path.Combine(_state.Location, "outbox"), "*.json").Length.ShouldBe(6, "they are on the disk");
        await using (var again = Start(time))
        {
            again.WaitingRecords.ShouldBe(6);
            _server = await StartAgainAsync();
            await using (new Pump(time, TimeSpan.FromSeconds(1)))
            {
                await HoldsAsync(() => again.WaitingRecords == 0 && again.IsRegistered, "all is at the server");
            }
        }

        await CheckBooksAsync();
    }

    [Fact]
    public async Task A_session_goes_on_while_the_server_starts_again_and_the_agent_registers_anew()
    {
        var timings = new PeerTimings { Register = TimeSpan.FromSeconds(1), Retry = TimeSpan.FromSeconds(1) };
        await using var agent = Start(TimeProvider.System, timings);
        await HoldsAsync(() => agent.IsRegistered, "the agent is registered");
        await using var session = await OpenAsync(o => o with { Files = new FileTransfer() });
        await UseAsync(session, "before");
        await _server.DisposeAsync();
        await UseAsync(session, "without");
        _server = await StartAgainAsync();
        await (await OpenAsync(o => o with { Terminal = new Terminal() })).DisposeAsync();
        await UseAsync(session, "after");
    }

    [Fact]
    public async Task A_clock_that_jumps_ahead_and_back_disturbs_no_session()
    {
        var clock = new JumpingClock();
        await using var agent = Start(clock);
        await HoldsAsync(() => agent.IsRegistered, "the agent is registered");
        await using var session = await OpenAsync(o => o with { Files = new FileTransfer(), Time = clock });
        foreach (var days in (int[])[400, -800, 0])
        {
            clock.Jump(TimeSpan.FromDays(days));
            await UseAsync(session, $"jump{days}");
            await (await OpenAsync(o => o with { Terminal = new Terminal(), Time = clock })).DisposeAsync();
        }

        await session.DisposeAsync();
        await HoldsAsync(() => agent.Host.Connections.Count == 0, "all sessions are over");
        await HoldsAsync(() => agent.WaitingRecords == 0, "the server has heard of all");
        using var api = new ApiClient(_server);
        await using var db = api.OpenDb();
        var connections = await db.ConnectionAudits.AsNoTracking().ToListAsync(_limit.Token);
        connections.Count.ShouldBe(4);
        connections.ShouldAllBe(c => c.EndedAt != null && c.AuthorizedAt != null);
    }

    private static async Task HoldsAsync(Func<bool> condition, string what) => await Eventually.HoldsAsync(condition, what, 90);

    private RunningAgent Start(TimeProvider time, PeerTimings? timings = null) =>
        RunningAgent.Start(_state, new AgentLog(TextWriter.Null, time), time, timings);

    private Task<TestHawser> StartAgainAsync()
    {
        var before = _server.Options;
        return TestHawser.StartAsync(
            o =>
            {
                o.Http.Port = before.Http.Port;
                o.Rendezvous.Port = before.Rendezvous.Port;
                o.Relay.Port = before.Relay.Port;
                o.Recorder.Port = before.Recorder.Port;
            },
            folder: before.Data);
    }

    private async Task CheckBooksAsync()
    {
        using var api = new ApiClient(_server);
        await using var db = api.OpenDb();
        var files = await db.FileAudits.AsNoTracking().OrderBy(f => f.CreatedAt).ThenBy(f => f.Guid).ToListAsync(_limit.Token);
        files.Select(f => Path.GetFileName(f.Path)).ShouldBe(["there0", "there1", "there2"]);
        var alarm = (await db.AlarmAudits.AsNoTracking().Where(a => a.ConnId != null).ToListAsync(_limit.Token)).ShouldHaveSingleItem();
        alarm.Type.ShouldBe((int)HostAlarm.ScopeViolation);
        var connections = await db.ConnectionAudits.AsNoTracking().ToListAsync(_limit.Token);
        connections.Count.ShouldBe(2);
        connections.ShouldAllBe(c => c.EndedAt != null && c.AuthorizedAt != null);
    }

    private async Task<ControllerSession> OpenAsync(Func<ControllerOptions, ControllerOptions> kind)
    {
        // A machine that does more than this may need a second time.
        ControllerSession? session = null;
        while (session is null) session = await TryConnectAsync(kind);
        (await session.LoginAsync("secret", _limit.Token)).ShouldBe(new LoginStep(LoginState.In, ""));
        return session;
    }

    private async Task<ControllerSession?> TryConnectAsync(Func<ControllerOptions, ControllerOptions> kind)
    {
        var options = new PeerCallerOptions
        {
            Server = new ServerName("127.0.0.1", _server.RendezvousPort),
            Key = _server.Key.PublicText,
            LocalAddress = IPAddress.Loopback,
            Paths = Paths.Tcp,
        };
        var result = await PeerCaller.ConnectAsync(Id, options, _limit.Token);
        if (result.Outcome != ConnectOutcome.Connected) return null;
        return new ControllerSession(result.Channel!, kind(new ControllerOptions { Target = Id, MyId = "tester" }));
    }

    // The host's answer says that the session lives.
    private async Task UseAsync(ControllerSession session, string name)
    {
        var folder = Path.Combine(_folder, name);
        await session.Files.CreateAsync(folder, _limit.Token);
        Directory.Exists(folder).ShouldBeTrue();
    }

    /// <summary>Moves a manual clock on while something else is waited for.</summary>
    private sealed class Pump : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;

        public Pump(ManualTime time, TimeSpan step) => _running = RunAsync(time, step);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _running;
            _stop.Dispose();
        }

        private async Task RunAsync(ManualTime time, TimeSpan step)
        {
            while (!_stop.IsCancellationRequested)
            {
                time.Advance(step);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>The system's clock, whose date is set by somebody again and again.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        private long _offset;

        public void Jump(TimeSpan to) => Interlocked.Exchange(ref _offset, to.Ticks);

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));
    }
}
