using System.Text.Json;
using Hawser.Agent.Installing;
using Hawser.Agent.Serving;
using Hawser.Api.Devices;
using Hawser.Api.Settings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using ApiClient = Hawser.TestRig.ApiClient;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>The commands of <c>hawser-agent</c>: the real program, and a real server where one is needed.</summary>
public sealed class AgentCommandTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("hawser-agent-").FullName;

    private string Data => Path.Combine(_home, "data");

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task A_token_assigns_the_machine_as_the_fields_clients_do()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var admin = await api.AddUserAsync("root", admin: true);
        await api.AddUserAsync("mara");
        var token = await api.ApiTokenAsync(admin, "device:rw");
        await ConfigureAsync(server);
        var nothing = await RunAsync("", "assign", "--token", token, "--user-name", "mara");
        nothing.Code.ShouldBe(1);
        nothing.Errors.ShouldContain("no device");

        var state = new AgentState(new AgentFolder(Data));
        await api.AddDeviceAsync(state.Identity.Id, uuid: state.Identity.Uuid);
        var done = await RunAsync(
            token + "\n", "assign", "--token-file", "-", "--user-name", "mara", "--note", "in the cellar",
            "--device_name", "Cellar PC");
        (done.Code, done.Output.Trim(), done.Errors).ShouldBe((0, "Done!", ""));
        await using (var db = api.OpenDb())
        {
            var guid = (await db.Devices.SingleAsync(d => d.Id == state.Identity.Id)).Guid;
            var details = await db.DeviceDetails.SingleAsync(d => d.DeviceGuid == guid);
            details.NameOverride.ShouldBe("Cellar PC");
            details.OwnerGuid.ShouldBe((await db.Users.SingleAsync(u => u.Name == "mara")).Guid);
        }

        var wrong = await RunAsync("", "assign", "--token", token, "--strategy-name", "No such strategy");
        wrong.Code.ShouldBe(1);
        wrong.Errors.ShouldContain("No such strategy");
        (await RunAsync("", "assign", "--token", "stolen", "--note", "x")).Errors.Trim().ShouldBe("Invalid token");
        (await RunAsync("", "assign", "--token", token)).Code.ShouldBe(2);
        (await RunAsync("", "assign", "--note", "x")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task Deploying_makes_the_machine_known_and_may_give_it_another_id()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var token = await api.ApiTokenAsync(await api.AddUserAsync("root", admin: true), "device:rw");
        await ConfigureAsync(server);
        (await RunAsync("", "deploy", "--token", token)).Code.ShouldBe(3, "nothing is to be deployed here");
        await api.Services.GetRequiredService<SettingsStore>().SetAsync(
            DeviceSettings.Key, new DeviceSettings { DeploymentRequired = true }, default);
        await api.AddDeviceAsync("cellar-taken");
        (await RunAsync("", "deploy", "--token", token, "--id", "cellar-taken")).Code.ShouldBe(6);
        (await RunAsync("", "deploy", "--token", token, "--id", "../x")).Code.ShouldBe(5);
        (await RunAsync("", "deploy", "--token", "stolen")).Code.ShouldBe(1);
        var done = await RunAsync("", "deploy", "--token", token, "--id", "cellar-pc");
        (done.Code, done.Output.Trim()).ShouldBe((0, "Device deployed."), done.Errors);
        (await RunAsync("", "id")).Output.Trim().ShouldBe("cellar-pc");
        await using var running = ProgramRun.Start("hawser-agent", _home, "", "run", "--data", Data);
        await Eventually.HoldsAsync(
            () => running.HasExited || RunAsync("", "status").GetAwaiter().GetResult().Code == 0, "it is let in", 90);
        running.HasExited.ShouldBeFalse(running.Output + running.Errors);
        // What is read at the start only is read again, without a new process.
        (await RunAsync("", "config", "--set", "approve-mode=password")).Code.ShouldBe(0);
        await Eventually.HoldsAsync(
            () => running.Output.Contains("starting anew", StringComparison.Ordinal), "it starts anew", 60);
        await Eventually.HoldsAsync(
            () => running.HasExited || RunAsync("", "status").GetAwaiter().GetResult().Code == 0, "it is let in again", 90);
    }

    [Fact]
    public async Task A_text_of_the_console_configures_and_leaves_the_rest_alone()
    {
        (await RunAsync("", "config", "--proxy", "socks5://127.0.0.1:1080", "--display", "none")).Code.ShouldBe(0);
        var key = Convert.ToBase64String(new byte[32]);
        var json = JsonSerializer.SerializeToUtf8Bytes(new { host = "desk.example", relay = "", api = "https://desk.example", key });
        var text = string.Concat(
            Convert.ToBase64String(json).TrimEnd('=').Replace('+', '-').Replace('/', '_').Reverse());
        (await RunAsync("", "config", text)).Code.ShouldBe(0);
        var config = new AgentFolder(Data).Config;
        (config.Server, config.Key, config.Api).ShouldBe(("desk.example", key, "https://desk.example"));
        (config.Proxy, config.Display).ShouldBe(("socks5://127.0.0.1:1080", "none"));
        (await RunAsync("", "config", "nonsense")).Code.ShouldBe(2);
        (await RunAsync("", "config", "--recordings-limit", "0")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task The_folder_is_for_its_user_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        var open = Directory.CreateDirectory(Path.Combine(_home, "open")).FullName;
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherRead | UnixFileMode.GroupRead);
        var refused = await ProgramRun.ToEndAsync("hawser-agent", _home, "", "id", "--data", open);
        refused.Code.ShouldBe(2);
        refused.Errors.ShouldContain("chmod 700");
        Directory.EnumerateFileSystemEntries(open).ShouldBeEmpty();
        (await RunAsync("", "id")).Code.ShouldBe(0);
        File.GetUnixFileMode(Data).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(Data, "identity.json")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var none = await RunAsync("", "status");
        none.Code.ShouldBe(1);
        none.Errors.ShouldContain("hawser-agent run");
    }

    [Fact]
    public async Task The_unit_is_the_one_that_is_shipped_and_confines_an_account()
    {
        var shipped = await File.ReadAllTextAsync(Repository.File("deploy/hawser-agent.service"));
        UnitFile.Text("/usr/lib/hawser-agent/hawser-agent", "/var/lib/hawser-agent", null).ShouldBe(shipped);
        var own = await RunAsync("", "install", "--print", "--user", "mara", "--program", "/opt/hawser 1/hawser-agent");
        own.Code.ShouldBe(0, own.Errors);
        own.Output.ShouldContain("\nUser=mara\n");
        own.Output.ShouldContain("\nNoNewPrivileges=yes\n");
        own.Output.ShouldContain("\nExecStart=\"/opt/hawser 1/hawser-agent\" run --data ");
    }

    private async Task ConfigureAsync(TestHawser server) => (await RunAsync(
        "", "config", "--server", $"127.0.0.1:{server.RendezvousPort}", "--key", server.Key.PublicText,
        "--api", server.Http.ToString(), "--display", "none")).Code.ShouldBe(0);

    private Task<(int Code, string Output, string Errors)> RunAsync(string input, params string[] arguments) =>
        ProgramRun.ToEndAsync("hawser-agent", _home, input, [.. arguments, "--data", Data]);
}
