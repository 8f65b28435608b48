using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Hawser.Services.Tests.NatLab;

/// <summary>How a router maps the ports of what leaves it.</summary>
internal enum RouterKind
{
    /// <summary>The port is kept while it is free, as most home routers do.</summary>
    KeepsPorts,

    /// <summary>Every connection gets a random port: hole punching by address can't work.</summary>
    RandomPorts,
}

/// <summary>
/// Six network namespaces of this machine: a server on a "public" network, two routers on it, a host and its neighbour
/// behind the first, a caller behind the second. Made by the test, removed by the test, also when it fails.
/// </summary>
/// <remarks>
/// The routers drop what nobody behind them asked for, as home routers do. One that answers an unexpected SYN with a
/// reset would close the other router's hole again (its connection tracking ends the entry), and TCP can't be punched.
/// </remarks>
internal sealed class Lab : IAsyncDisposable
{
    public const string ServerAddress = "203.0.113.1";

    private readonly string _prefix = string.Create(CultureInfo.InvariantCulture,
        $"hawser{Random.Shared.Next(0x10000):x4}");
    private readonly List<string> _namespaces = [];
    private readonly List<LabProcess> _processes = [];

    private Lab() { }

    /// <summary>A folder that goes with the lab.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("hawser-lab-").FullName;

    /// <summary>Builds the networks, or skips the test where that is not possible.</summary>
    /// <param name="hostRouter">What the host's router does with ports.</param>
    /// <param name="callerRouter">What the caller's does.</param>
    /// <param name="everything">IPv6 too, and a cable of the caller's router that delays and loses when told.</param>
    public static async Task<Lab> BuildAsync(RouterKind hostRouter = RouterKind.KeepsPorts,
        RouterKind callerRouter = RouterKind.KeepsPorts, bool everything = false)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root" || !File.Exists("/usr/sbin/nft") || !HasIp())
        {
            const string Why = "the NAT lab needs Linux, root, iproute2 and nftables";
            if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) Assert.Fail(Why);
            Assert.Skip(Why);
        }

        var lab = new Lab();
        try
        {
            await lab.ConnectAsync(hostRouter, callerRouter, everything);
            if (everything) await lab.AddIPv6Async();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Programs in here are found before the machine's own.</summary>
    public string Programs => Path.Combine(Folder, "bin");

    /// <summary>The cable between the internet and the caller's router; null when it is an ordinary one.</summary>
    public LabProcess? Line { get; private set; }

    /// <summary>Starts a program of ours in a namespace.</summary>
    public LabProcess Start(string place, string dll, params string[] arguments)
    {
        var start = new ProcessStartInfo("ip")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // Nothing of whoever runs the tests is read or written.
            Environment = { ["HOME"] = Folder, ["XDG_CONFIG_HOME"] = Folder, ["PATH"] = $"{Programs}:{SystemPath}" },
        };
        string[] command = ["netns", "exec", Name(place), "dotnet", Path.Combine(AppContext.BaseDirectory, dll),
            .. arguments];
        foreach (var argument in command) start.ArgumentList.Add(argument);
        var process = new LabProcess(Process.Start(start)!, $"{place}: {dll} {string.Join(' ', arguments)}");
        _processes.Add(process);
        return process;
    }

    /// <summary>A command's output inside a namespace; for diagnosis.</summary>
    public Task<string> LookAsync(string place, params string[] command) =>
        RunAsync(["netns", "exec", Name(place), .. command]);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
        foreach (var name in _namespaces)
        {
            try
            {
                await RunAsync(["netns", "delete", name]);
            }
            catch (InvalidOperationException)
            {
                // It was never made.
            }
        }

        Directory.Delete(Folder, recursive: true);
    }

    private static string SystemPath => Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin";

    private static bool HasIp() => File.Exists("/usr/sbin/ip") || File.Exists("/sbin/ip") || File.Exists("/usr/bin/ip");

    private async Task ConnectAsync(RouterKind hostRouter, RouterKind callerRouter, bool withLine)
    {
        foreach (var place in new[] { "public", "router1", "router2", "host", "neighbour",
            "caller" }) await AddPlaceAsync(place);
        await BridgeAsync("public", $"{ServerAddress}/24");
        await BridgeAsync("router1", "192.168.1.1/24");
        await BridgeAsync("router2", "192.168.2.1/24");
        await PlugAsync("public", "router1", "wan", "203.0.113.11/24", null);
        if (withLine) await DrawLineAsync("router2", "203.0.113.12/24");
        else await PlugAsync("public", "router2", "wan", "203.0.113.12/24", null);
        await PlugAsync("router1", "host", "lan", "192.168.1.10/24", "192.168.1.1");
        await PlugAsync("router1", "neighbour", "lan", "192.168.1.20/24", "192.168.1.1");
        await PlugAsync("router2", "caller", "lan", "192.168.2.10/24", "192.168.2.1");
        await RouteAsync("router1", hostRouter);
        await RouteAsync("router2", callerRouter);
    }

    private async Task AddPlaceAsync(string place)
    {
        _namespaces.Add(Name(place));
        await RunAsync(["netns", "add", Name(place)]);
        await InAsync(place, "link", "set", "lo", "up");
    }

    private async Task BridgeAsync(string place, string address)
    {
        await InAsync(place, "link", "add", "bridge0", "type", "bridge");
        await InAsync(place, "address", "add", address, "dev", "bridge0");
        await InAsync(place, "link", "set", "bridge0", "up");
    }

    // A cable from a bridge to a place.
    private async Task PlugAsync(string bridge, string place, string device, string address, string? gateway)
    {
        var port = $"to-{place}";
        await RunAsync(
            ["link", "add", port, "netns", Name(bridge), "type", "veth", "peer", "name", device, "netns", Name(place)]);
        await InAsync(bridge, "link", "set", port, "master", "bridge0");
        await InAsync(bridge, "link", "set", port, "up");
        await InAsync(place, "address", "add", address, "dev", device);
        await InAsync(place, "link", "set", device, "up");
        if (gateway is not null) await InAsync(place, "route", "add", "default", "via", gateway);
    }

    // A cable that is a program, for the kernels of small machines can neither delay nor lose.
    private async Task DrawLineAsync(string place, string address)
    {
        Line = Start("public", "Hawser.LabPeer.dll", "line");
        await Line.ExpectAsync("drawn");
        await InAsync("public", "link", "set", "line0", "master", "bridge0");
        await InAsync("public", "link", "set", "line0", "up");
        await InAsync("public", "link", "set", "line1", "netns", Name(place), "name", "wan");
        await InAsync(place, "address", "add", address, "dev", "wan");
        await InAsync(place, "link", "set", "wan", "up");
    }

    // A network of its own behind each router, no translation, and routers that let in what was asked for.
    private async Task AddIPv6Async()
    {
        await V6Async("public", "bridge0", "2001:db8:0:1::1/64");
        await V6Async("router1", "wan", "2001:db8:0:1::11/64");
        await V6Async("router2", "wan", "2001:db8:0:1::12/64");
        await V6Async("router1", "bridge0", "2001:db8:0:a::1/64");
        await V6Async("router2", "bridge0", "2001:db8:0:b::1/64");
        await V6Async("host", "lan", "2001:db8:0:a::10/64", "2001:db8:0:a::1");
        await V6Async("caller", "lan", "2001:db8:0:b::10/64", "2001:db8:0:b::1");
        await InAsync("router1", "-6", "route", "add", "2001:db8:0:b::/64", "via", "2001:db8:0:1::12");
        await InAsync("router2", "-6", "route", "add", "2001:db8:0:a::/64", "via", "2001:db8:0:1::11");
        const string Rules = """
            table ip6 lab {
              chain through {
                type filter hook forward priority 0;
                iifname "wan" ct state established,related accept;
                iifname "wan" drop;
              }
            }
            """;
        foreach (var router in new[] { "router1", "router2" })
        {
            await LookAsync(router, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");
            await LookAsync(router, "nft", Rules);
        }
    }

    private async Task V6Async(string place, string device, string address, string? gateway = null)
    {
        // Nobody else is there: no need to wait until that is sure.
        await InAsync(place, "address", "add", address, "dev", device, "nodad");
        if (gateway is not null) await InAsync(place, "-6", "route", "add", "default", "via", gateway);
    }

    private async Task RouteAsync(string place, RouterKind kind)
    {
        var masquerade = kind == RouterKind.RandomPorts ? "masquerade fully-random" : "masquerade";
        var rules = $$"""
            table ip lab {
              chain leaving {
                type nat hook postrouting priority 100;
                oifname "wan" {{masquerade}};
              }
              chain self {
                type filter hook input priority 0;
                iifname "wan" ct state established,related accept;
                iifname "wan" drop;
              }
              chain through {
                type filter hook forward priority 0;
                iifname "wan" ct state established,related accept;
                iifname "wan" drop;
              }
            }
            """;
        await LookAsync(place, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        await LookAsync(place, "nft", rules);
    }

    private Task<string> InAsync(string place, params string[] arguments) =>
        RunAsync(["-n", Name(place), .. arguments]);

    private string Name(string place) => $"{_prefix}-{place}";

    private static async Task<string> RunAsync(string[] arguments)
    {
        var start = new ProcessStartInfo("ip") { UseShellExecute = false, RedirectStandardOutput = true,
            RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output
            : throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error}");
    }
}
