using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Api.Access;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Server.Tests.Api.Accounts.SignIn;
using Hawser.Session.Host;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using ApiClient = Hawser.TestRig.ApiClient;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary><c>hawser-connect</c> with an account: the real program against a real server.</summary>
public sealed class ConnectAccountTests : IDisposable
{
    private const string Totp = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    private readonly string _home = Directory.CreateTempSubdirectory("hawser-connect-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Logs_in_with_a_second_factor_reaches_what_only_accounts_may_and_logs_out()
    {
        await using var server = await TestHawser.StartAsync(
            o => o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}"));
        using var api = new ApiClient(server);
        var mara = await api.AddUserAsync("mara", change: u =>
        {
            u.TotpEnabled = true;
            u.TotpSecret = api.Services.GetRequiredService<Secrets>().Protect(Totp);
        });
        await api.AddDeviceAsync("482913399", owner: mara);
        await using var agent = await StartAgentAsync(server);
        await api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AccessSettings.Key, new AccessSettings { DefaultPolicy = DefaultPolicy.Open, LoginRequired = true }, default);
        (await RunAsync("", ["profile", "add", "office", Server(server), server.Key.PublicText])).Code.ShouldBe(0);
        (await RunAsync("", ["profile", "use", "office"])).Code.ShouldBe(0);
        // The setting holds when the watch has looked.
        var stranger = (Code: 0, Output: "", Errors: "");
        await Eventually.HoldsAsync(
            () => (stranger = RunAsync("secret\n", [agent.Id, "info", "--password-file", "-"]).GetAwaiter().GetResult()).Code == 4,
            "strangers are refused", 90);
        stranger.Errors.ShouldContain("hawser-connect login");

        var wrong = await LoginAsync("not her password");
        wrong.Code.ShouldBe(4);
        wrong.Errors.ShouldContain("Wrong credentials");
        var half = await LoginAsync(ApiClient.Password);
        half.Code.ShouldBe(4);
        half.Errors.ShouldContain("--code");
        var code = AuthenticatorCode.At(Totp, server.Node.Time.GetUtcNow());
        var done = await LoginAsync(ApiClient.Password, "--code", code, "--json");
        (done.Code, done.Errors).ShouldBe((0, ""));
        JsonDocument.Parse(done.Output).RootElement.GetProperty("user").GetString().ShouldBe("mara");
        var secret = new FileInfo(Path.Combine(_home, "hawser-connect", "logins.json"));
        secret.UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var info = await RunAsync("secret\n", [agent.Id, "info", "--password-file", "-", "--json"]);
        (info.Code, info.Errors).ShouldBe((0, ""));
        JsonDocument.Parse(info.Output).RootElement.GetProperty("encrypted").GetBoolean().ShouldBeTrue();
        var profiles = JsonDocument.Parse((await RunAsync("", ["profile", "list", "--json"])).Output).RootElement;
        (profiles[0].GetProperty("user").GetString(), profiles[0].GetProperty("used").GetBoolean()).ShouldBe(("mara", true));
        var devices = await RunAsync("", ["devices", "--json"]);
        JsonDocument.Parse(devices.Output).RootElement.EnumerateArray().Select(d => d.GetProperty("id").GetString())
            .ShouldContain("482913399", devices.Errors);

        (await RunAsync("", ["logout"])).Code.ShouldBe(0);
        var out1 = await RunAsync("", ["devices", "--json"]);
        out1.Code.ShouldBe(4);
        JsonDocument.Parse(out1.Errors).RootElement.GetProperty("error").GetString()!.ShouldContain("hawser-connect login");

        Task<(int Code, string Output, string Errors)> LoginAsync(string password, params string[] more) =>
            RunAsync(password + "\n", ["login", "mara", "--password-file", "-", .. more]);
    }

    [Fact]
    public async Task Lists_address_books_without_their_passwords()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var mara = await api.AddUserAsync("mara");
        var token = await api.TokenAsync(mara);
        var guid = (await api.PostAsync("/api/ab/personal", token: token)).Member("guid");
        (await api.PostAsync($"/api/ab/peer/add/{guid}", """
            {"id":"771200345","alias":"Till 1","tags":[],"hash":"c2VjcmV0","hostname":"till1"}
            """, token)).Status.ShouldBe(200);
        string[] way = ["--server", Server(server), "--key", server.Key.PublicText, "--api", server.Http.ToString()];
        (await RunAsync($"{ApiClient.Password}\n", ["login", "mara", "--password-file", "-", .. way])).Code.ShouldBe(0);
        var all = await RunAsync("", ["ab", "--json", .. way]);
        (all.Code, all.Errors).ShouldBe((0, ""));
        all.Output.ShouldNotContain("c2VjcmV0");
        var entry = JsonDocument.Parse(all.Output).RootElement[0];
        (entry.GetProperty("id").GetString(), entry.GetProperty("alias").GetString()).ShouldBe(("771200345", "Till 1"));
        (await RunAsync("", ["ab", .. way])).Output.ShouldContain("Till 1");
        var unknown = await RunAsync("", ["ab", "No such book", .. way]);
        unknown.Code.ShouldBe(2);
        unknown.Errors.ShouldContain("My address book");
    }

    [Fact]
    public async Task Logs_in_with_a_browser()
    {
        await using var rig = await SignInRig.StartAsync();
        string[] way = ["--server", Server(rig.Server), "--api", rig.Server.Http.ToString()];
        (await RunAsync("", ["login", "--provider", "list", .. way])).Output.Trim().ShouldBe("corp");
        await using var login = ProgramRun.Start(
            "hawser-connect", _home, "", ["login", "--provider", "corp", "--no-browser", .. way]);
        const string mark = "Sign in there: ";
        await Eventually.HoldsAsync(
            () => login.Errors.Contains(mark, StringComparison.Ordinal) || login.HasExited, "the page is shown", 90);
        login.Errors.ShouldStartWith(mark);
        await rig.LeaveFromAsync(login.Errors[mark.Length..].Trim());
        (await rig.ReturnAsync()).Status.ShouldBe(200);
        (await login.ExitAsync()).ShouldBe(0, login.Errors);
        login.Output.Trim().ShouldBe("Logged in as mara.");
        (await RunAsync("", ["login", "--provider", "nobody", "--no-browser", .. way])).Code.ShouldBe(4);
    }

    [Fact]
    public async Task Says_what_to_do_when_nothing_is_there()
    {
        var none = await RunAsync("", ["devices"]);
        none.Code.ShouldBe(2);
        none.Errors.ShouldContain("profile add");
        (await RunAsync("", ["profile", "use", "nowhere"])).Code.ShouldBe(2);
        var port = FreePorts.Block(1);
        var away = await RunAsync(
            "x\n", ["login", "mara", "--password-file", "-", "--server", "127.0.0.1", "--api", $"http://127.0.0.1:{port}"]);
        away.Code.ShouldBe(3);
        away.Errors.ShouldContain("--api URL");
        (await RunAsync("", ["profile", "add", "bad", "desk.example", "k", "--api", "ftp://x"])).Code.ShouldBe(2);
    }

    private static string Server(TestHawser server) => $"127.0.0.1:{server.RendezvousPort}";

    private Task<(int Code, string Output, string Errors)> RunAsync(string input, string[] arguments) =>
        ProgramRun.ToEndAsync("hawser-connect", _home, input, arguments);

    private async Task<TestAgent> StartAgentAsync(TestHawser server)
    {
        var folder = new AgentFolder(Path.Combine(_home, "agent"))
        {
            Config = new AgentConfig
            {
                Display = "none", Server = Server(server), Key = server.Key.PublicText, Api = server.Http.ToString(),
            },
        };
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        var agent = RunningAgent.Start(folder, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        return new TestAgent(agent, folder.Identity.Id);
    }

    private sealed record TestAgent(RunningAgent Agent, string Id) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Agent.DisposeAsync();
    }
}
