using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.NatLab;

/// <summary>
/// A session over every transport (§3): a shell, files both ways and a tunnel, from the controller's program to the
/// agent's, through two NATs.
/// </summary>
public sealed class SessionTests(SessionLab lab) : IClassFixture<SessionLab>
{
    private const int FileLength = (3 << 20) + 17;
    private const int TunnelBytes = 300_000;

    [Fact]
    public async Task In_the_own_network_directly_by_TCP()
    {
        await lab.ReadyAsync();
        await TryAsync("neighbour", lab.Id, "Lan", "Lan", "--way", "Tcp");
    }

    [Fact]
    public async Task Through_two_NATs_by_punched_TCP()
    {
        await lab.ReadyAsync();
        await TryAsync("caller", lab.Id, "PunchedTcp", "PunchedTcp", "--way", "Tcp");
    }

    [Fact]
    public async Task Through_two_NATs_by_punched_UDP_with_50_ms_and_1_percent_loss()
    {
        await lab.ReadyAsync();
        await OnABadLineAsync(() => TryAsync("caller", lab.Id, "PunchedUdp", tunnelBy: null, "--way", "Udp"));
    }

    [Fact]
    public async Task A_tunnel_is_never_made_by_KCP()
    {
        await lab.ReadyAsync();
        await TunnelAsync("caller", lab.Id, "RelayTcp", "--way", "Udp,IPv6,Relay");
    }

    [Fact]
    public async Task By_the_relay()
    {
        await lab.ReadyAsync();
        await TryAsync("caller", lab.Id, "RelayTcp", "RelayTcp", "--way", "Relay");
    }

    [Fact]
    public async Task T09_by_WebSocket_to_the_ID_server_and_the_relay_on_both_sides()
    {
        await lab.ReadyAsync();
        await TryAsync("caller", lab.WebSocketId, "RelayWebSocket", "RelayWebSocket", "--transport", "WebSocket");
    }

    [Fact]
    public async Task T14_by_UDP_between_IPv6_addresses_with_50_ms_and_1_percent_loss()
    {
        await lab.ReadyAsync();
        await OnABadLineAsync(() => TryAsync("caller", lab.Id, "IPv6", tunnelBy: null, "--way", "IPv6"));
    }

    [Fact]
    public async Task By_the_hosts_address_in_clear_when_both_agree()
    {
        await lab.ReadyAsync();
        // Not without a word: nothing on this path is sealed.
        var refused = lab.Connect("neighbour", "192.168.1.10", "info");
        (await refused.EndAsync()).ShouldBe(5);
        await TryAsync("neighbour", "192.168.1.10", "Direct", "Direct", "--allow-clear");
    }

    [Fact]
    public async Task Rdp_leads_to_the_hosts_own_server_and_starts_a_client_for_it()
    {
        await lab.ReadyAsync();
        await using var nobody = lab.Connect("caller", lab.Id, "rdp", "--no-client");
        (await nobody.EndAsync()).ShouldBe(4);
        (await nobody.ErrorsAsync()).ShouldContain("Failed to access remote RDP");

        // The namespace is ours alone, so are its ports.
        await using var server = lab.Start("host", "Hawser.LabPeer.dll", "echo", "--port", "3389");
        await server.ExpectAsync("listening", 90);
        await using (var open = lab.Connect("caller", lab.Id, "rdp", "--no-client", "--json"))
        {
            var said = JsonSerializer.Deserialize<JsonElement>(
                await open.ExpectLineAsync(l => l.StartsWith('{'), 120));
            said.GetProperty("client").GetBoolean().ShouldBeFalse();
            await BounceAsync("caller", said.GetProperty("address").GetString()!);
        }

        Directory.CreateDirectory(lab.Programs);
        var (client, asked) = (Path.Combine(lab.Programs, "xfreerdp3"), At("asked"));
        await File.WriteAllTextAsync(client, $"#!/bin/sh\necho \"$@\" > {asked}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(client, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var program = lab.Connect("caller", lab.Id, "rdp", "--json");
        // It ends with its client.
        (await program.EndAsync()).ShouldBe(0, await program.ErrorsAsync());
        var where = JsonSerializer.Deserialize<JsonElement>(program.Output);
        where.GetProperty("client").GetBoolean().ShouldBeTrue();
        (await File.ReadAllTextAsync(asked)).Trim().ShouldBe($"/v:{where.GetProperty("address").GetString()}");
    }

    private async Task OnABadLineAsync(Func<Task> work)
    {
        var before = await lab.SetLineAsync(delayMs: 25, lossPercent: 1);
        try
        {
            await work();
        }
        finally
        {
            (await lab.SetLineAsync(0, 0)).ShouldBeGreaterThan(before);
        }
    }

    private async Task TryAsync(string place, string id, string by, string? tunnelBy, params string[] way)
    {
        await ShellAsync(place, id, way);
        await FilesAsync(place, id, by, way);
        if (tunnelBy is not null) await TunnelAsync(place, id, tunnelBy, way);
    }

    private async Task ShellAsync(string place, string id, string[] way)
    {
        var shell = lab.Connect(place, [id, "shell", .. way]);
        await shell.TypeAsync("echo answer=$((6*7))\nexit 7\n");
        await shell.ExpectLineAsync(l => l.Contains("answer=42", StringComparison.Ordinal), 120);
        (await shell.EndAsync()).ShouldBe(7);
    }

    private async Task FilesAsync(string place, string id, string by, string[] way)
    {
        var name = Guid.NewGuid().ToString("N");
        var (sent, there, back) = (At($"{name}-here"), At($"{name}-there"), At($"{name}-back"));
        await File.WriteAllBytesAsync(sent, RandomNumberGenerator.GetBytes(FileLength));

        await MovedAsync(lab.Connect(place, [id, "put", sent, there, "--json", .. way]), by);
        await MovedAsync(lab.Connect(place, [id, "get", there, back, "--json", .. way]), by);

        var hash = SHA256.HashData(await File.ReadAllBytesAsync(sent));
        SHA256.HashData(await File.ReadAllBytesAsync(there)).ShouldBe(hash);
        SHA256.HashData(await File.ReadAllBytesAsync(back)).ShouldBe(hash);
        foreach (var file in new[] { sent, there, back }) File.Delete(file);
    }

    private static async Task MovedAsync(LabProcess transfer, string by)
    {
        var code = await transfer.EndAsync(300);
        code.ShouldBe(0, await transfer.ErrorsAsync());
        var said = JsonSerializer.Deserialize<JsonElement>(transfer.Output);
        said.GetProperty("moved").GetInt32().ShouldBe(1);
        said.GetProperty("reached_by").GetString().ShouldBe(by);
    }

    private async Task TunnelAsync(string place, string id, string by, params string[] way)
    {
        var leads = string.Create(CultureInfo.InvariantCulture, $"0:127.0.0.1:{lab.EchoPort}");
        await using var tunnel = lab.Connect(place, [id, "tunnel", leads, "--json", .. way]);
        var opened = JsonSerializer.Deserialize<JsonElement>(
            await tunnel.ExpectLineAsync(l => l.StartsWith('{'), 120));
        opened.GetProperty("reached_by").GetString().ShouldBe(by);
        await BounceAsync(place, opened.GetProperty("address").GetString()!);
    }

    // What is sent there comes back.
    private async Task BounceAsync(string place, string address)
    {
        var bytes = TunnelBytes.ToString(CultureInfo.InvariantCulture);
        await using var bounce = lab.Start(
            place, "Hawser.LabPeer.dll", "bounce", "--port", address.Split(':')[1], "--bytes", bytes);
        (await bounce.ExpectAsync("bounced", 120)).GetProperty("equal").GetBoolean().ShouldBeTrue();
    }

    private string At(string name) => Path.Combine(lab.Files, name);
}
