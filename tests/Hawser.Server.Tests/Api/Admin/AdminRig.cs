using System.Globalization;
using System.Text.Json;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>A server, an administrator, and what a script with his token does.</summary>
internal sealed class AdminRig : IAsyncDisposable
{
    public const string AllScopes =
        "device:rw audit:rw user:rw user_group:rw device_group:rw strategy:rw address_book:rw access:rw recording:rw setting:rw job:rw deploy_token:rw";

    private AdminRig(TestHawser server) => (Server, Api) = (server, new ApiClient(server));

    public TestHawser Server { get; }

    public ApiClient Api { get; }

    public User Root { get; private set; } = null!;

    /// <summary>An API token of the administrator with all scopes.</summary>
    public string Script { get; private set; } = "";

    /// <summary>The administrator in person.</summary>
    public string Person { get; private set; } = "";

    public static async Task<AdminRig> StartAsync(TimeProvider? time = null, Action<HawserOptions>? configure = null)
    {
        var rig = new AdminRig(await TestHawser.StartAsync(configure, time));
        rig.Root = await rig.UserAsync("root", admin: true);
        rig.Script = await rig.Api.ApiTokenAsync(rig.Root, AllScopes);
        rig.Person = await rig.Api.TokenAsync(rig.Root);
        return rig;
    }

    public HawserDb Db() => Api.OpenDb();

    /// <summary>A user without a password: hashing one takes longer than most of these tests.</summary>
    public async Task<User> UserAsync(string name, bool admin = false, Guid? group = null, string email = "")
    {
        await using var db = Db();
        var user = new User
        {
            Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Normal, IsAdmin = admin,
            Email = email, NormalizedEmail = email.ToUpperInvariant(), SecurityStamp = "s", ConcurrencyStamp = "c",
            UserGroupGuid = group ?? (await db.UserGroups.FirstAsync(g => g.IsDefault)).Guid,
            CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return user;
    }

    /// <summary>Devices with sysinfo, 100000 and up.</summary>
    public async Task<List<TestDevice>> DevicesAsync(int count, User? owner = null, int from = 100_000)
    {
        var stored = Enumerable.Range(from, count).Select(i => new StoredDevice(
            i.ToString(CultureInfo.InvariantCulture), BitConverter.GetBytes(i), new byte[Device.KeyLength], default,
            new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), null, Listed: false)).ToList();
        await Server.Node.Store!.Devices.SaveAsync(stored, CancellationToken.None);
        var ids = stored.ConvertAll(s => s.Id);
        await using var db = Db();
        var rows = await db.Devices.Where(d => ids.Contains(d.Id)).OrderBy(d => d.Id).ToListAsync();
        foreach (var row in rows)
        {
            db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = row.Guid, OwnerGuid = owner?.Guid, Enabled = true, Hostname = "PC-" + row.Id,
                Os = "Windows / 11", Username = "pos", Version = "1.4.9",
                SysinfoAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            });
        }

        await db.SaveChangesAsync();
        return rows.ConvertAll(r => new TestDevice(r.Guid, r.Id, Convert.ToBase64String(r.Uuid)));
    }

    public async Task<Guid> UserGroupAsync(string name)
    {
        await using var db = Db();
        var group = new UserGroup { Name = name, NormalizedName = name.ToUpperInvariant(), CreatedAt = DateTime.UnixEpoch };
        db.UserGroups.Add(group);
        await db.SaveChangesAsync();
        return group.Guid;
    }

    public async Task<Guid> DeviceGroupAsync(string name)
    {
        await using var db = Db();
        var group = new DeviceGroup { Name = name, NormalizedName = name.ToUpperInvariant(), CreatedAt = DateTime.UnixEpoch };
        db.DeviceGroups.Add(group);
        await db.SaveChangesAsync();
        return group.Guid;
    }

    public Task<Answer> GetAsync(string path, string? token = null) => Api.GetAsync(path, token ?? Script);

    public Task<Answer> PostAsync(string path, string? json = null, string? token = null) =>
        Api.PostAsync(path, json, token ?? Script);

    public Task<Answer> PutAsync(string path, string json, string? token = null) =>
        Api.SendAsync(HttpMethod.Put, path, json, token ?? Script);

    public Task<Answer> PatchAsync(string path, string json, string? token = null) =>
        Api.SendAsync(HttpMethod.Patch, path, json, token ?? Script);

    public Task<Answer> DeleteAsync(string path, string? json = null, string? token = null) =>
        Api.SendAsync(HttpMethod.Delete, path, json, token ?? Script);

    /// <summary>All rows of a list, read page by page as the vendor's scripts do (admin reference §1.3).</summary>
    public async Task<List<JsonElement>> AllAsync(string path, int size = 30, string? token = null)
    {
        var rows = new List<JsonElement>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (var current = 1; ; current++)
        {
            var answer = await GetAsync($"{path}{separator}pageSize={size}&current={current}", token);
            answer.Status.ShouldBe(200, answer.Text);
            answer.Json.TryGetProperty("error", out _).ShouldBeFalse(answer.Text);
            var data = answer.Json.GetProperty("data").EnumerateArray().ToList();
            rows.AddRange(data);
            if (data.Count < size || current * size >= answer.Json.GetProperty("total").GetInt32()) return rows;
        }
    }

    public async Task<List<string>> NamesAsync(string path, string key = "name", int size = 30) =>
        (await AllAsync(path, size)).ConvertAll(r => r.GetProperty(key).GetString()!);

    /// <summary>What the log of the console says, oldest first: the number and the targets.</summary>
    public async Task<List<(int Operation, string Targets)>> LogAsync()
    {
        await using var db = Db();
        var rows = await db.ConsoleAudits.AsNoTracking().ToListAsync();
        return [.. rows.OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).Select(r => (r.Operation, string.Join(' ',
            JsonDocument.Parse(r.Info).RootElement.GetProperty("targets").EnumerateArray().Select(t => t.GetString()))))];
    }

    /// <summary>A job that was begun, when it is over.</summary>
    public Task<JsonElement> EndedAsync(Answer started, string? token = null)
    {
        started.Status.ShouldBe(202, started.Text);
        return EndedAsync(started.Member("guid")!, token);
    }

    public async Task<JsonElement> EndedAsync(string job, string? token = null)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90))
        {
            var now = (await GetAsync($"/api/jobs/{job}", token)).ShouldBeFine();
            if (now.TryGetProperty("ended_at", out _)) return now;
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }

        throw new TimeoutException("never: the job ended");
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Server.DisposeAsync();
    }
}

internal static class AdminAnswers
{
    /// <summary>200 and zero bytes, the only answer that every script takes for done (admin reference §1.2).</summary>
    public static void ShouldBeDone(this Answer answer) => answer.ToString().ShouldBe("200 ");

    /// <summary>200 with a text under <c>error</c> (admin reference §1.1).</summary>
    public static void ShouldBeRefused(this Answer answer, string part)
    {
        answer.Status.ShouldBe(200, answer.Text);
        answer.Error.ShouldNotBeNull(answer.Text).ShouldContain(part);
    }

    /// <summary>200 with an object that has no <c>error</c> key at all.</summary>
    public static JsonElement ShouldBeFine(this Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        if (answer.Json.ValueKind == JsonValueKind.Object) answer.Json.TryGetProperty("error", out _).ShouldBeFalse();
        return answer.Json;
    }

    /// <summary>Problem details with a code.</summary>
    public static void ShouldBeProblem(this Answer answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Type!.MediaType.ShouldBe("application/problem+json");
        answer.Member("code").ShouldBe(code);
        answer.Member("detail").ShouldNotBeNullOrEmpty();
        answer.Json.GetProperty("status").GetInt32().ShouldBe(status);
    }

    public static string Of(this JsonElement element, string name) => element.GetProperty(name).ToString();
}
