using System.Text.Json;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.NatLab;

/// <summary>Two peers behind NATs, a server between them, each a process in a network namespace of its own.</summary>
public sealed class NatTests
{
    private const string Id = "123456789";

    [Fact]
    public async Task Behind_one_router_peers_meet_in_their_own_network()
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key);

        var (caller, hosted) = await CallAsync(lab, "neighbour", key, host);

        Check(caller, hosted, "Lan");
        caller.GetProperty("remote").GetString()!.ShouldStartWith("192.168.1.10:");
    }

    [Fact]
    public async Task Behind_two_routers_peers_punch_TCP()
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key);

        var (caller, hosted) = await CallAsync(lab, "caller", key, host, "--paths", "Tcp");

        Check(caller, hosted, "PunchedTcp");
        caller.GetProperty("remote").GetString()!.ShouldStartWith("203.0.113.11:");
    }

    [Fact]
    public async Task Behind_two_routers_peers_punch_UDP()
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key);

        var (caller, hosted) = await CallAsync(lab, "caller", key, host, "--paths", "Udp");

        Check(caller, hosted, "PunchedUdp");
    }

    [Fact]
    public async Task A_caller_that_insists_meets_the_host_at_the_relay()
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key);

        var (caller, hosted) = await CallAsync(lab, "caller", key, host, "--paths", "Relay");

        Check(caller, hosted, "RelayTcp");
    }

    [Fact]
    public async Task Routers_with_random_ports_are_recognised_and_lead_to_the_relay()
    {
        await using var lab = await Lab.BuildAsync(RouterKind.RandomPorts, RouterKind.RandomPorts);
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key, "--learn-nat", "yes");

        var process = Call(lab, "caller", key, "--learn-nat", "yes");

        (await process.ExpectAsync("nat")).GetProperty("type").GetString().ShouldBe("Symmetric");
        Check(await process.ExpectAsync("session"), await host.ExpectAsync("session"), "RelayTcp");
    }

    [Fact]
    public async Task Routers_that_keep_ports_are_recognised()
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key, "--learn-nat", "yes");

        var process = Call(lab, "caller", key, "--learn-nat", "yes", "--paths", "Tcp");

        (await process.ExpectAsync("nat")).GetProperty("type").GetString().ShouldBe("Asymmetric");
        Check(await process.ExpectAsync("session"), await host.ExpectAsync("session"), "PunchedTcp");
    }

    [Theory]
    [InlineData("Tcp", "PunchedTcp")]
    [InlineData("WebSocket", "RelayWebSocket")]
    public async Task Hosts_that_use_no_UDP_are_reached_too(string transport, string how)
    {
        await using var lab = await Lab.BuildAsync();
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key, "--transport", transport);

        var (caller, hosted) = await CallAsync(lab, "caller", key, host, "--transport", transport);

        Check(caller, hosted, how);
    }

    [Fact]
    public async Task A_router_that_was_taken_for_a_better_one_costs_time_but_no_session()
    {
        await using var lab = await Lab.BuildAsync(RouterKind.KeepsPorts, RouterKind.RandomPorts);
        var key = await StartServerAsync(lab);
        var host = await StartHostAsync(lab, key);

        // The caller did not test its NAT and promises to keep its port: the direct attempt can only fail.
        var (caller, hosted) = await CallAsync(lab, "caller", key, host, "--answer", "3");

        Check(caller, hosted, "RelayTcp");
    }

    [Theory]
    [InlineData("KeepsPorts", "direct connections are possible")]
    [InlineData("RandomPorts", "symmetric")]
    public async Task The_doctor_sees_the_server_from_behind_a_router(string router, string seen)
    {
        await using var lab = await Lab.BuildAsync(callerRouter: Enum.Parse<RouterKind>(router));
        var key = await StartServerAsync(lab);

        var doctor = lab.Start("caller", "hawser.dll", "doctor", Lab.ServerAddress, "--key", key);

        await doctor.ExpectLineAsync(l => l.Contains(seen, StringComparison.Ordinal));
        await doctor.ExpectLineAsync(l =>
            l.Contains("Clients can register, find each other", StringComparison.Ordinal));
        (await doctor.EndAsync()).ShouldBe(0);
    }

    // The real program, as a person would start it.
    private static async Task<string> StartServerAsync(Lab lab)
    {
        var folder = Path.Combine(lab.Folder, "server");
        var server = lab.Start("public", "hawser.dll", "serve", "--data", folder);
        await server.ExpectLineAsync(l => l.Contains("is ready", StringComparison.Ordinal));
        return (await File.ReadAllTextAsync(Path.Combine(folder, "id_ed25519.pub"))).Trim();
    }

    private static async Task<LabProcess> StartHostAsync(Lab lab, string key, params string[] more)
    {
        var host = lab.Start("host", "Hawser.LabPeer.dll", ["host", "--server", Lab.ServerAddress, "--key", key,
            "--id", Id, .. more]);
        await host.ExpectAsync("registered");
        return host;
    }

    private static LabProcess Call(Lab lab, string place, string key, params string[] more) => lab.Start(
        place, "Hawser.LabPeer.dll", ["caller", "--server", Lab.ServerAddress, "--key", key, "--id", Id, .. more]);

    private static async Task<(JsonElement Caller, JsonElement Host)> CallAsync(
        Lab lab, string place, string key, LabProcess host, params string[] more)
    {
        var caller = Call(lab, place, key, more);
        return (await caller.ExpectAsync("session"), await host.ExpectAsync("session"));
    }

    private static void Check(JsonElement caller, JsonElement host, string how)
    {
        caller.GetProperty("how").GetString().ShouldBe(how);
        host.GetProperty("how").GetString().ShouldBe(how);
        caller.GetProperty("encrypted").GetBoolean().ShouldBeTrue();
        host.GetProperty("encrypted").GetBoolean().ShouldBeTrue();
        caller.GetProperty("heard").GetString().ShouldBe("hello from host");
        host.GetProperty("heard").GetString().ShouldBe("hello from caller");
    }
}
