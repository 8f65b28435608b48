using System.Diagnostics;
using System.Text.Json;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary><c>hawser user</c> and <c>hawser token</c>, as their own processes, beside a running server.</summary>
public sealed class UserCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-user-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await TestDatabase.DropAsync(_folder);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_first_administrator_can_be_made_before_the_first_start()
    {
        var made = await RunAsync("correct horse 7\n", "user", "add", "chief", "--admin", "--password-stdin");
        made.Errors.ShouldBe("");
        made.Code.ShouldBe(0);
        made.Output.Trim().ShouldBe("Administrator chief was made.");
        await using var server = await TestHawser.StartAsync(folder: _folder);
        using var api = new ApiClient(server);
        server.Node.Announcements.ShouldBeEmpty();
        var answer = await api.LoginAsync("chief", "correct horse 7");
        answer.Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task The_setup_code_of_the_first_start_makes_one_administrator_and_no_other()
    {
        await using var server = await TestHawser.StartAsync(folder: _folder);
        var code = server.Node.Announcements.Single().Split("only now: ")[1].Split('\n')[0];
        (await RunAsync("", "user", "add", "chief", "--setup-code", code)).Errors.ShouldContain("--admin");
        (await RunAsync("", "user", "add", "chief", "--admin", "--setup-code", "AAAA-BBBB-CCCC-DDDD")).Code.ShouldBe(1);
        var made = await RunAsync("", "user", "add", "chief", "--admin", "--setup-code", code.ToLowerInvariant());
        made.Errors.ShouldBe("");
        var password = made.Output.Split("Password:")[1].Trim();
        using var api = new ApiClient(server);
        (await api.LoginAsync("chief", password)).Member("type").ShouldBe("access_token");
        (await RunAsync("", "user", "add", "second", "--admin", "--setup-code", code)).Code.ShouldBe(1);
        (await RunAsync("", "user", "setup-code")).Errors.ShouldContain("exists already");
    }

    [Fact]
    public async Task A_running_server_notices_within_a_second()
    {
        await using var server = await TestHawser.StartAsync(folder: _folder);
        using var api = new ApiClient(server);
        var mara = await api.AddUserAsync("mara", change: u => (u.TotpEnabled, u.TotpSecret) = (true, "x"));
        var token = await api.TokenAsync(mara);
        (await api.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(200);
        (await RunAsync("", "user", "reset-2fa", "MARA")).Output.Trim().ShouldBe("mara: second factors were reset.");
        (await RunAsync("", "user", "disable", "mara")).Code.ShouldBe(0);
        await Eventually.HoldsAsync(
            () => api.PostAsync("/api/currentUser", "{}", token).GetAwaiter().GetResult().Status == 401, "she is out", 2);
        (await api.LoginAsync("mara")).Error.ShouldNotBeNull().ShouldContain("disabled");
        (await RunAsync("", "user", "enable", "mara")).Code.ShouldBe(0);
        (await RunAsync("another password\n", "user", "passwd", "mara", "--password-stdin")).Code.ShouldBe(0);
        (await api.LoginAsync("mara")).Error.ShouldBe("Wrong credentials");
        (await api.LoginAsync("mara", "another password")).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task The_list_is_for_people_and_for_programs()
    {
        await RunAsync("correct horse 7\n", "user", "add", "chief", "--admin", "--password-stdin", "--email", "c@example.net");
        await RunAsync("", "user", "add", "mara");
        var list = await RunAsync("", "user", "list");
        list.Output.ShouldContain("chief  enabled  admin   none           Default  c@example.net  never");
        var json = JsonDocument.Parse((await RunAsync("", "user", "list", "--json")).Output).RootElement;
        json.GetArrayLength().ShouldBe(2);
        json[1].GetProperty("name").GetString().ShouldBe("mara");
        json[1].GetProperty("is_admin").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task What_can_not_be_done_is_said_in_a_sentence()
    {
        await RunAsync("", "user", "add", "chief", "--admin");
        (string Input, string Words, string Sentence)[] refused =
        [
            ("password123\n", "add mara --password-stdin", "tried first"),
            ("", "add mara --password-stdin", "standard input is empty"),
            ("", "add CHIEF", "has that name"),
            ("", "disable chief", "last administrator"),
            ("", "disable nobody", "hawser user list"),
            ("", "passwd chief", "--password-stdin"),
        ];
        foreach (var (input, words, sentence) in refused)
        {
            var result = await RunAsync(input, ["user", .. words.Split(' ')]);
            result.Code.ShouldBe(1, words);
            result.Errors.ShouldContain(sentence);
            result.Errors.ShouldNotContain("   at ");
        }
    }

    [Fact]
    public async Task Only_adding_makes_a_database()
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "a database on a server was made by its administrator");
        var result = await RunAsync("", "user", "list");
        result.Code.ShouldBe(1);
        result.Errors.ShouldContain("holds no hawser.db");
    }

    [Fact]
    public async Task Tokens_are_made_shown_and_ended()
    {
        await RunAsync("", "user", "add", "chief", "--admin");
        var token = (await RunAsync("", "token", "add", "--user", "chief", "--scopes", "device:rw audit:r", "--name", "roll out")).Output.Trim();
        token.ShouldStartWith("hwp_");
        (await RunAsync("", "token", "add", "--user", "chief", "--scopes", "device:x")).Errors.ShouldContain("no scope");
        (await RunAsync("", "token", "list")).Output.ShouldContain("roll out");
        var list = await RunAsync("", "token", "list", "--user", "chief", "--json");
        list.Output.ShouldNotContain(token);
        var id = JsonDocument.Parse(list.Output).RootElement[0].GetProperty("guid").GetString()!;
        (await RunAsync("", "token", "revoke", id)).Code.ShouldBe(0);
        (await RunAsync("", "token", "revoke", id)).Code.ShouldBe(1);
        (await RunAsync("", "token", "list", "--json")).Output.Trim().ShouldBe("[]");
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string input, params string[] words)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "hawser"), [.. words, "--data", _folder])
        {
            WorkingDirectory = _folder, UseShellExecute = false,
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HAWSER_API_PASSWORD_MEMORY"] = "8";
        if (TestDatabase.IsPostgres) start.Environment["HAWSER_DATABASE"] = await TestDatabase.OptionOfAsync(_folder);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await errors);
    }
}
