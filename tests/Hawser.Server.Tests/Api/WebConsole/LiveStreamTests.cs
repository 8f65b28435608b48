using Hawser.Cluster;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>The live feed: hints, for those who may know of what they are about.</summary>
public sealed class LiveStreamTests
{
    [Fact]
    public async Task Hints_reach_those_who_may_see_the_device_and_nobody_else()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("root", admin: true);
        var nils = await api.AddUserAsync("nils");
        await api.AddDeviceAsync("100200300", nils);
        await api.AddDeviceAsync("700800900");
        using var admin = await ListenAsync(hawser, "root");
        using var user = await ListenAsync(hawser, "nils");

        hawser.Node.Feed.Publish(new LiveEvent("peer-online", "700800900"));
        hawser.Node.Feed.Publish(new LiveEvent("peer-online", "100200300"));

        // The user's first hint is the second one: what was published before it is not for him.
        (await HintAsync(user)).ShouldBe("""{"kind":"device","id":"100200300"}""");
        var seen = new[] { await HintAsync(admin), await HintAsync(admin) };
        seen.ShouldBe(
            ["""{"kind":"device","id":"700800900"}""", """{"kind":"device","id":"100200300"}"""], ignoreOrder: true);
    }

    [Fact]
    public async Task A_burst_is_one_hint_for_the_kind()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("root", admin: true);
        using var admin = await ListenAsync(hawser, "root");

        for (var i = 0; i < 200; i++) hawser.Node.Feed.Publish(new LiveEvent("peer-online", $"{100000000 + i}"));

        var hints = new List<string>();
        do hints.Add(await HintAsync(admin));
        while (!hints[^1].Contains('*', StringComparison.Ordinal));
        hints.Count.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task A_stream_ends_with_its_session()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("root", admin: true);
        using var browser = new Browser(hawser);
        await browser.SignInAsync("root");
        using var stream = await browser.ListenAsync();
        (await stream.ReadLineAsync()).ShouldBe("event: hello");
        using var other = new Browser(hawser);
        await other.SignInAsync("root");
        await other.MeAsync();

        await other.PostAsync("/api/console/account/sessions/end-others");

        var rest = await stream.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(1));
        rest.ShouldContain("\"kind\":\"me\"");
    }

    [Fact]
    public async Task What_is_done_in_one_console_is_told_to_the_others_whose_it_is()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("root", admin: true);
        await api.AddUserAsync("nils");
        using var admin = await ListenAsync(hawser, "root");
        using var user = await ListenAsync(hawser, "nils");
        using var root = new Browser(hawser);
        await root.SignInAsync("root");
        await root.MeAsync();
        (string Kind, HttpMethod Method, string Path, string Body)[] deeds =
        [
            ("group", HttpMethod.Post, "/api/user-groups", """{"name":"Desk"}"""),
            ("strategy", HttpMethod.Post, "/api/strategies", """{"name":"Quiet"}"""),
            ("setting", HttpMethod.Patch, "/api/settings/console", """{"server_name":"Harbour"}"""),
            ("book", HttpMethod.Post, "/api/ab/shared/add", """{"name":"Tills"}"""),
        ];
        foreach (var (kind, method, path, body) in deeds)
        {
            var answer = await root.SendAsync(method, path, body);
            answer.Status.ShouldBeLessThan(300, answer.Text);
            (await HintAsync(admin, kind)).ShouldBe($$"""{"kind":"{{kind}}","id":"*"}""");
        }

        // Whoever has no right to the rest hears of the book alone, and of it last.
        (await HintAsync(user, "group", "strategy", "setting", "book")).ShouldBe("""{"kind":"book","id":"*"}""");
    }

    private static async Task<StreamReader> ListenAsync(TestHawser hawser, string name)
    {
        var browser = new Browser(hawser);
        await browser.SignInAsync(name);
        var stream = await browser.ListenAsync();
        (await stream.ReadLineAsync()).ShouldBe("event: hello");
        (await stream.ReadLineAsync())!.ShouldStartWith("data: {\"node\":");
        return stream;
    }

    private static Task<string> HintAsync(StreamReader stream) => HintAsync(stream, "device");

    private static async Task<string> HintAsync(StreamReader stream, params string[] kinds)
    {
        while (true)
        {
            var line = await stream.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1))
                ?? throw new EndOfStreamException();
            // Others may happen meanwhile: the sign-in of a test is one.
            if (kinds.Any(k => line.StartsWith($"data: {{\"kind\":\"{k}\"", StringComparison.Ordinal))) return line[6..];
        }
    }
}
