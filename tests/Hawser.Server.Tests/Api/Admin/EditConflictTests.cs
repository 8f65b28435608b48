using System.Text.Json;
using Hawser.Api.Http;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>
/// Two people who edit the same thing: whoever saves over a version that has gone is told, and changes nothing; scripts
/// that send no version go on as before.
/// </summary>
public sealed class EditConflictTests
{
    [Theory]
    [InlineData("user")]
    [InlineData("user group")]
    [InlineData("device group")]
    [InlineData("control role")]
    [InlineData("access rule")]
    [InlineData("strategy")]
    [InlineData("device")]
    [InlineData("setting")]
    public async Task The_second_of_two_writers_is_told_and_changes_nothing(string kind)
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var desk = new Desk(api, await api.TokenAsync(await api.AddUserAsync("admin", admin: true)));
        var thing = await ThingAsync(desk, kind);
        var read = await thing.ReadAsync();
        read.Version.ShouldNotBeNullOrEmpty();

        (await thing.WriteAsync("first", read.Version)).Status.ShouldBe(200);
        var second = await thing.WriteAsync("second", read.Version);
        second.Status.ShouldBe(409, second.Text);
        second.Member("code").ShouldBe("edit_conflict");
        var now = await thing.ReadAsync();
        now.Note.ShouldBe("first");
        now.Version.ShouldNotBe(read.Version);

        (await thing.WriteAsync("second", now.Version)).Status.ShouldBe(200);
        (await thing.ReadAsync()).Note.ShouldBe("second");
        (await thing.WriteAsync("by a script", null)).Status.ShouldBe(200);
        (await thing.ReadAsync()).Note.ShouldBe("by a script");
        (await thing.WriteAsync("late", now.Version)).Status.ShouldBe(409, "a script's change counts, too");
    }

    [Fact]
    public async Task Of_many_who_save_at_once_over_the_same_version_one_does()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var desk = new Desk(api, await api.TokenAsync(await api.AddUserAsync("admin", admin: true)));
        foreach (var kind in new[] { "user", "user group", "setting" })
        {
            var thing = await ThingAsync(desk, kind);
            var read = await thing.ReadAsync();
            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => thing.WriteAsync($"writer {i}", read.Version)));
            answers.Count(a => a.Status == 200).ShouldBe(1, kind);
            answers.Count(a => a.Status == 409).ShouldBe(5, kind);
            var winner = Array.FindIndex(answers, a => a.Status == 200);
            (await thing.ReadAsync()).Note.ShouldBe($"writer {winner}");
        }
    }

    [Fact]
    public async Task A_version_for_something_that_is_not_there_says_so_and_nothing_else()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var desk = new Desk(api, await api.TokenAsync(await api.AddUserAsync("admin", admin: true)));
        foreach (var path in new[] { "users", "control-roles", "access/rules", "devices" })
        {
            (await desk.PatchAsync($"/api/{path}/{Guid.NewGuid()}", """{"note":"x"}""", "0123456789abcdef")).Status.ShouldBe(404, path);
            (await desk.PatchAsync($"/api/{path}/nonsense", """{"note":"x"}""", "0123456789abcdef")).Status.ShouldBe(404, path);
        }
    }

    [Fact]
    public void A_version_knows_where_one_value_ends()
    {
        EditVersion.Of("a", "b").ShouldNotBe(EditVersion.Of("ab", ""));
        EditVersion.Of("a", null).ShouldNotBe(EditVersion.Of("a", ""));
        EditVersion.Of("a", new[] { "b", "c" }).ShouldNotBe(EditVersion.Of("a", "b", "c"));
        EditVersion.Of("a", 1, true).ShouldBe(EditVersion.Of("a", 1, true));
    }

    private static async Task<Thing> ThingAsync(Desk desk, string kind)
    {
        switch (kind)
        {
            case "user":
                var user = await desk.Api.AddUserAsync($"u{Guid.NewGuid():N}");
                return new Thing(desk, $"/api/users/{user.Guid}", $"/api/users/{user.Guid}", j => j, "note");
            case "user group" or "device group":
                var path = kind == "user group" ? "/api/user-groups" : "/api/device-groups";
                var group = (await desk.PostAsync(path, $$"""{"name":"g{{Guid.NewGuid():N}}"}""")).Member("guid")!;
                return new Thing(desk, $"{path}/{group}", path, j => Find(j.GetProperty("data"), group), "note");
            case "control role":
                var role = (await desk.PostAsync("/api/control-roles", """{"name":"View only"}""")).Member("guid")!;
                return new Thing(desk, $"/api/control-roles/{role}", "/api/control-roles", j => Find(j, role), "note");
            case "access rule":
                var rule = (await desk.PostAsync(
                    "/api/access/rules", """{"subject":{"kind":"everybody"},"target":{"kind":"all_devices"}}""")).Member("guid")!;
                return new Thing(
                    desk, $"/api/access/rules/{rule}", "/api/access/rules", j => Find(j.GetProperty("data"), rule), "note");
            case "strategy":
                var strategy = (await desk.PostAsync("/api/strategies", """{"name":"Shops"}""")).Member("guid")!;
                return new Thing(desk, $"/api/strategies/{strategy}", $"/api/strategies/{strategy}", j => j, "note");
            case "device":
                var device = await desk.Api.AddDeviceAsync("482913377");
                return new Thing(
                    desk, $"/api/devices/{device.Guid}", $"/api/devices/{device.Guid}", j => j.GetProperty("device"), "note");
            default:
                return new Thing(desk, "/api/settings/accounts", "/api/settings/accounts", j => j, "issuer");
        }
    }

    private static JsonElement Find(JsonElement list, string guid) =>
        list.EnumerateArray().Single(i => i.GetProperty("guid").GetString() == guid);

    /// <summary>An administrator with a token of his own.</summary>
    private sealed record Desk(ApiClient Api, string Token)
    {
        public Task<Answer> PostAsync(string path, string json) => Api.PostAsync(path, json, Token);

        public async Task<Answer> PatchAsync(string path, string json, string? version)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, path);
            request.Headers.Authorization = new("Bearer", Token);
            if (version is not null) request.Headers.Add(EditVersion.Header, version);
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
            using var response = await Api.Http.SendAsync(request);
            return new Answer(
                (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
        }

        public async Task<(JsonElement Json, string? Version)> GetAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new("Bearer", Token);
            using var response = await Api.Http.SendAsync(request);
            var version = response.Headers.TryGetValues(EditVersion.Header, out var values) ? values.Single() : null;
            return (JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.Clone(), version);
        }
    }

    /// <summary>Something with a text that is edited.</summary>
    private sealed record Thing(Desk Desk, string Path, string From, Func<JsonElement, JsonElement> In, string Text)
    {
        public async Task<(string Note, string? Version)> ReadAsync()
        {
            var (json, header) = await Desk.GetAsync(From);
            var item = In(json);
            return (item.GetProperty(Text).GetString()!, header ?? item.GetProperty("version").GetString());
        }

        public Task<Answer> WriteAsync(string value, string? version) =>
            Desk.PatchAsync(Path, $$"""{"{{Text}}":{{ApiClient.Quote(value)}}}""", version);
    }
}
