using System.Diagnostics;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary><c>hawser sso</c> and <c>hawser ldap</c>, as their own processes, beside a running server.</summary>
public sealed class SsoCommandTests : IDisposable
{
    private const string Providers = """
        { "publicUrls": ["https://desk.example.org"],
          // comments are for people
          "providers": [ { "name": "corp", "issuer": "https://id.example", "clientId": "a", "clientSecret": "topsecret" } ] }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-sso-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Providers_that_are_set_appear_in_clients_and_their_secrets_nowhere()
    {
        await using var server = await TestHawser.StartAsync(folder: _folder);
        using var client = new ApiClient(server);
        (await client.GetAsync("/api/login-options")).Text.ShouldBe("[]");
        var set = await RunAsync(Providers, "settings", "set", "signIn", "-");
        set.Errors.ShouldBe("");
        (await RunAsync("", "sso", "callbacks")).Output.Trim().ShouldBe("https://desk.example.org/api/oidc/callback");
        await EventuallyAsync(async () => (await client.GetAsync("/api/login-options")).Text.Contains("oidc/corp", StringComparison.Ordinal));

        var shown = await RunAsync("", "settings", "get", "signIn");
        shown.Output.ShouldContain("\"clientSecret\": \"********\"");
        shown.Output.ShouldNotContain("topsecret");
        (await RunAsync(shown.Output, "settings", "set", "signIn", "-")).Code.ShouldBe(0);
        (await RunAsync("", "settings", "get", "signIn")).Output.ShouldBe(shown.Output);
        (await RunAsync("", "settings", "list")).Output.ShouldContain("* signIn");
        await using var db = client.OpenDb();
        var rows = await db.ConsoleAudits.AsNoTracking().ToListAsync();
        rows.Count.ShouldBe(2);
        rows.ShouldAllBe(r => r.Operator == "cli" && r.OperatorGuid == null && r.Info.Contains("signIn")
            && r.Info.Contains("os_user") && !r.Info.Contains("topsecret"));
    }

    [Fact]
    public async Task Mistakes_in_a_file_are_told_and_nothing_is_stored()
    {
        await using (await TestHawser.StartAsync(folder: _folder))
        {
        }

        foreach (var (json, words) in new[]
        {
            ("{", "not JSON"), ("{\"provider\":[]}", "provider"), ("{\"providers\":null}", "null"),
            ("{\"providers\":[{\"name\":\"a b\",\"clientId\":\"x\"}]}", "the name must be"),
            (Providers.Replace("https://id", "http://id", StringComparison.Ordinal), "https address"),
        })
        {
            var set = await RunAsync(json, "settings", "set", "signIn", "-");
            set.Code.ShouldNotBe(0);
            set.Errors.ShouldContain(words);
        }

        var ldap = await RunAsync("{\"urls\":[\"ldap://dc.example\"],\"baseDn\":\"dc=x\"}", "settings", "set", "directory", "-");
        (ldap.Code, ldap.Errors.Contains("in the clear", StringComparison.Ordinal)).ShouldBe((2, true));
        (await RunAsync("", "ldap", "test")).Errors.ShouldContain("no directory is set");
        (await RunAsync("{\"urls\":[\"ldap://127.0.0.1:1\"],\"baseDn\":\"dc=x\"}", "settings", "set", "directory", "-")).Code.ShouldBe(0);
        var test = await RunAsync("", "ldap", "test");
        (test.Code, test.Errors.Contains("can't be reached", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    private static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start).TotalSeconds > 20) throw new TimeoutException("the server did not notice");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string input, params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hawser"), [.. words, "--data", _folder])
        {
            WorkingDirectory = _folder, UseShellExecute = false,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await errors);
    }
}
