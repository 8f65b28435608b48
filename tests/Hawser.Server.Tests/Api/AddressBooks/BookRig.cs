using System.Globalization;
using System.Text.Json;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Devices;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;

namespace Hawser.Server.Tests.Api.AddressBooks;

/// <summary>A server, its client, and users with tokens: what tests of books and groups start from.</summary>
internal sealed class BookRig : IAsyncDisposable
{
    public static readonly DateTime Day = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TestHawser _server;

    private BookRig(TestHawser server)
    {
        _server = server;
        Api = new ApiClient(server);
    }

    public ApiClient Api { get; }

    public static async Task<BookRig> StartAsync() => new(await TestHawser.StartAsync());

    public HawserDb Db() => Api.OpenDb();

    public async Task<Caller> UserAsync(string name, bool admin = false, Guid? group = null)
    {
        // Without a password: hashing one takes longer than most of these tests.
        var now = Day;
        await using var db = Db();
        var user = new User
        {
            Name = name,
            NormalizedName = name.ToUpperInvariant(),
            Status = UserStatus.Normal,
            IsAdmin = admin,
            UserGroupGuid = group ?? (await db.UserGroups.FirstAsync(g => g.IsDefault)).Guid,
            CreatedAt = now,
        };
        db.Users.Add(user);
        await db.SaveChangesAsync();
        return new Caller(this, user, await Api.TokenAsync(user));
    }

    public async Task<Guid> BookAsync(Caller owner, string name, string password = "")
    {
        await using var db = Db();
        var rules = (Hawser.Api.AddressBooks.AddressBookRules)Api.Services.GetService(
            typeof(Hawser.Api.AddressBooks.AddressBookRules))!;
        var (book, refusal) = await rules.CreateAsync(db, owner.User.Guid, name, "", password, CancellationToken.None);
        refusal.ShouldBeNull();
        return book!.Guid;
    }

    public async Task ShareAsync(Guid book, ShareSubject kind, Guid? subject, ShareRule rule)
    {
        await using var db = Db();
        db.AddressBookShares.Add(new AddressBookShare
        {
            BookGuid = book, SubjectKind = kind, SubjectGuid = subject, Rule = rule, CreatedAt = Day,
        });
        await db.SaveChangesAsync();
    }

    public async Task EntriesAsync(Guid book, int count, Func<int, string>? id = null)
    {
        await using var db = Db();
        for (var i = 0; i < count; i++)
        {
            db.AddressBookEntries.Add(new AddressBookEntry
            {
                BookGuid = book,
                Id = id?.Invoke(i) ?? (100_000_000 + i).ToString(CultureInfo.InvariantCulture),
                CreatedAt = Day,
                UpdatedAt = Day,
            });
        }

        await db.SaveChangesAsync();
    }

    public Task SetAsync<T>(Hawser.Api.Settings.SettingKey<T> key, T value)
        where T : class, new() =>
        ((Hawser.Api.Settings.SettingsStore)Api.Services.GetService(typeof(Hawser.Api.Settings.SettingsStore))!)
            .SetAsync(key, value, CancellationToken.None);

    /// <summary>A device with sysinfo.</summary>
    public async Task<TestDevice> DeviceAsync(
        string id, User? owner, string hostname = "HOST", string os = "Windows / 11", string username = "pos")
    {
        var device = await Api.AddDeviceAsync(id);
        await using var db = Db();
        db.DeviceDetails.Add(new DeviceDetails
        {
            DeviceGuid = device.Guid,
            OwnerGuid = owner?.Guid,
            Enabled = true,
            Hostname = hostname,
            Os = os,
            Username = username,
            SysinfoAt = Day,
        });
        await db.SaveChangesAsync();
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _server.DisposeAsync();
    }
}

/// <summary>A logged-in user.</summary>
internal sealed record Caller(BookRig Rig, User User, string Token)
{
    public Task<Answer> PostAsync(string path, string? json = null) => Rig.Api.PostAsync(path, json, Token);

    public Task<Answer> GetAsync(string path) => Rig.Api.GetAsync(path, Token);

    public Task<Answer> PutAsync(string path, string json) => Rig.Api.SendAsync(HttpMethod.Put, path, json, Token);

    public Task<Answer> DeleteAsync(string path, string json) => Rig.Api.SendAsync(HttpMethod.Delete, path, json, Token);

    public async Task<string> PersonalAsync() =>
        (await PostAsync("/api/ab/personal")).Json.GetProperty("guid").GetString()!;

    public async Task<JsonElement> EntriesAsync(object book, string more = "") =>
        (await PostAsync($"/api/ab/peers?current=1&pageSize=100&ab={book}{more}")).Json.GetProperty("data");

    public async Task<JsonElement> EntryAsync(object book, string id) =>
        (await EntriesAsync(book)).EnumerateArray().Single(e => e.GetProperty("id").GetString() == id);

    public async Task<JsonElement> LegacyAsync()
    {
        var answer = await GetAsync("/api/ab");
        answer.Status.ShouldBe(200);
        return JsonDocument.Parse(answer.Json.GetProperty("data").GetString()!).RootElement.Clone();
    }
}

internal static class AnswerChecks
{
    /// <summary>The only thing that clients take for success: 200 and zero bytes.</summary>
    public static void ShouldBeDone(this Answer answer)
    {
        answer.Text.ShouldBe("");
        answer.Status.ShouldBe(200);
    }

    /// <summary>An error text, and nothing else.</summary>
    public static void ShouldBeRefused(this Answer answer, int? status = null)
    {
        answer.Error.ShouldNotBeNullOrEmpty(answer.Text);
        answer.Json.EnumerateObject().Count().ShouldBe(1);
        answer.Status.ShouldBeLessThan(500);
        if (status is { } expected) answer.Status.ShouldBe(expected);
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
