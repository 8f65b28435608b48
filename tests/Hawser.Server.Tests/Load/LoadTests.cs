using System.Net;
using System.Text.Json;
using Hawser.Server.Commands;
using Hawser.Server.Commands.Load;
using Hawser.Session.Connecting.Load;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Load;

/// <summary>The simulation against the whole server, and what it must not be pointed at.</summary>
public sealed class LoadTests
{
    [Fact]
    public async Task Everybody_registers_is_introduced_with_a_good_signature_and_relays_every_byte()
    {
        await using var server = await TestHawser.StartAsync();
        var engine = new LoadEngine(Options(server) with
        {
            Peers = 20, TcpPeers = 3, WebSocketPeers = 3, CallsPerSecond = 40, Pairs = 3, FramesPerSecond = 20,
        }, TimeProvider.System);

        var report = await RunUntilAsync(engine, r =>
            r.Registrations.Registered == 20 && r.Introductions.Answered > 20 && r.Relays.Frames > 20);

        report.Errors.ShouldBeEmpty();
        report.Introductions.Failed.ShouldBeEmpty();
        report.Introductions.Pushes.ShouldBeGreaterThanOrEqualTo(report.Introductions.Answered);
        report.Relays.Corrupt.ShouldBe(0);
        report.Registrations.KeysAccepted.ShouldBe(20);
        report.IsClean.ShouldBeTrue();
    }

    [Fact]
    public async Task A_wrong_key_is_told_by_its_reason()
    {
        await using var server = await TestHawser.StartAsync();
        var engine = new LoadEngine(Options(server) with { Key = "wrong", Peers = 2, CallsPerSecond = 40, Pairs = 0 },
            TimeProvider.System);

        var report = await RunUntilAsync(engine, r => r.Introductions.Failed.Count > 0);

        report.Introductions.Answered.ShouldBe(0);
        report.Introductions.Failed.Keys.ShouldBe(["refused: LicenseMismatch"]);
        report.IsClean.ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error_and_no_crash()
    {
        var options = new LoadOptions
        {
            Server = IPAddress.Loopback, RendezvousPort = FreePorts.Block(3), RelayPort = FreePorts.Block(1), Peers = 3,
            TcpPeers = 1, Pairs = 1, CallsPerSecond = 5, Duration = TimeSpan.FromMinutes(1),
        };

        var report = await RunUntilAsync(new LoadEngine(options, TimeProvider.System), r => r.Errors.Count >= 2);

        report.Errors.Keys.ShouldContain("registration connection failed");
        report.Errors.Keys.ShouldContain("relay connection failed");
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.4.4", true)]
    [InlineData("169.254.1.1", true)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("::ffff:192.168.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("2001:db8::1", false)]
    [InlineData("203.0.113.9", false)]
    public void Only_loopback_and_private_addresses_are_ones_own(string address, bool isOwn) =>
        LoadTarget.IsOwnNetwork(IPAddress.Parse(address)).ShouldBe(isOwn);

    [Fact]
    public async Task A_public_address_is_refused_unless_it_is_said_to_be_ones_own() =>
        (await LoadCommand.Create().Parse(["203.0.113.9", "--duration", "0.1"])
            .InvokeAsync(cancellationToken: TestContext.Current.CancellationToken)).ShouldBe(2);

    [Theory]
    [InlineData("--peers", "100001")]
    [InlineData("--pairs", "-1")]
    [InlineData("--calls", "1e9")]
    [InlineData("--id-prefix", "far-too-long-for-an-id")]
    public void Figures_that_no_machine_should_try_are_refused(string option, string value) =>
        LoadCommand.Create().Parse(["127.0.0.1", option, value]).Errors.ShouldNotBeEmpty();

    [Fact]
    public void The_report_is_one_JSON_document()
    {
        var report = new LoadEngine(new LoadOptions { Server = IPAddress.Loopback }, TimeProvider.System).Snapshot();

        var json = JsonSerializer.Serialize(report, LoadReportJson.Default.LoadReport);

        using var read = JsonDocument.Parse(json);
        read.RootElement.GetProperty("registrations").GetProperty("peers").GetInt32().ShouldBe(100);
        read.RootElement.GetProperty("isClean").GetBoolean().ShouldBeTrue();
    }

    private static LoadOptions Options(TestHawser server) => new()
    {
        Server = IPAddress.Loopback,
        RendezvousPort = server.RendezvousPort,
        RelayPort = server.RelayPort,
        Key = server.RequiredKey,
        Interval = TimeSpan.FromSeconds(0.5),
        Duration = TimeSpan.FromMinutes(1),
    };

    private static async Task<LoadReport> RunUntilAsync(LoadEngine engine, Func<LoadReport, bool> isEnough)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var run = engine.RunAsync(end.Token);
        await Eventually.HoldsAsync(() => isEnough(engine.Snapshot()) || run.IsCompleted, "the simulation saw enough", 30);
        await end.CancelAsync();
        return await run;
    }
}
