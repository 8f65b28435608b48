using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;

namespace Hawser.Bench.Suites;

/// <summary>An address book of 10,000 devices: read page by page as clients do, and as the old book.</summary>
internal static class AddressBook
{
    private const int Entries = 10_000;
    private const int PageSize = 100;
    private const int Edits = 300;
    private const int Pages = Entries / PageSize;
    private const string Token = "a token of the address book suite, as long as others are";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("address-book", "An address book of 10,000 devices");
        var data = HawserServer.NewData(bench);
        SeedAsync(data).GetAwaiter().GetResult();
        using var server = HawserServer.Start(bench, data);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var body = Book();
        var first = Measure(server, 1, () => Upload(http, body));
        var again = Measure(server, 3, () => Upload(http, body));
        var whole = Measure(server, 3, () => Send(http, HttpMethod.Get, "/api/ab"));
        var guid = Text(Send(http, HttpMethod.Post, "/api/ab/personal"), "guid");
        ReadAll(http, guid);
        ReadAll(http, guid);
        var before = ProcessReading.PssKib(server.Pid) / 1024;
        var rounds = Math.Max(3, bench.Arguments.Rounds);
        var pages = Measure(server, rounds * Pages, rounds, () => ReadAll(http, guid));
        var after = ProcessReading.PssKib(server.Pid) / 1024;
        var edits = Measure(server, Edits * 3, 3, () => EditAll(http, guid));
        report.Note($"One client on a kept-alive connection reads {Pages} pages of {PageSize}, {rounds} times; SQLite. Every "
            + "device has a stored password, which is decrypted. The old book is "
            + $"{body.Length / 1e6:0.0} MB in one request.");
        report.Table(
            ["what", "ms each", "server CPU ms each"],
            [
                Row("a page of 100", pages), Row("a change of one device", edits),
                Row("the whole old book, read", whole), Row("the old book, first upload", first),
                Row("the old book, nothing changed", again),
            ]);
        report.Note($"PSS {Figures.Text(before)} MiB before the rounds, {Figures.Text(after)} MiB after.");
        report.Add(new Goal("server CPU for a page of 100 of 10,000 devices", "-", pages.Cpu, 10, AtLeast: false, "ms"));
        report.Add(new Goal($"growth of PSS in {rounds * Pages} pages", "-", after - before, 16, AtLeast: false, "MiB"));
        return report;
    }

    private static string[] Row(string name, (double Time, double Cpu) each) =>
        [name, Figures.Text(each.Time), Figures.Text(each.Cpu)];

    private static (double Time, double Cpu) Measure(HawserServer server, int times, Action action) =>
        Measure(server, times, times, action);

    private static (double Time, double Cpu) Measure(HawserServer server, int parts, int times, Action action)
    {
        var cpu = ProcessReading.CpuSeconds(server.Pid);
        var start = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < times; i++) action();
        var took = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        return (took / parts, (ProcessReading.CpuSeconds(server.Pid) - cpu) * 1000 / parts);
    }

    private static void ReadAll(HttpClient http, string guid)
    {
        var seen = 0;
        for (var page = 1; page <= Pages; page++)
        {
            var text = Send(http, HttpMethod.Post, $"/api/ab/peers?current={page}&pageSize={PageSize}&ab={guid}");
            using var json = JsonDocument.Parse(text);
            seen += json.RootElement.GetProperty("data").GetArrayLength();
        }

        if (seen != Entries) throw new InvalidOperationException($"{seen} devices were read");
    }

    private static void EditAll(HttpClient http, string guid)
    {
        for (var i = 0; i < Edits; i++)
        {
            var body = $"{{\"id\":\"{100_000_000 + (i * 31)}\",\"note\":\"{TimeProvider.System.GetTimestamp()}\"}}";
            Expect(http, HttpMethod.Put, $"/api/ab/peer/update/{guid}", Encoding.UTF8.GetBytes(body));
        }
    }

    private static void Upload(HttpClient http, byte[] body) => Expect(http, HttpMethod.Post, "/api/ab", body);

    private static void Expect(HttpClient http, HttpMethod method, string path, byte[] body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        using var response = http.Send(request);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength != 0)
        {
            throw new InvalidOperationException($"{path} was not taken: {(int)response.StatusCode}");
        }
    }

    private static string Send(HttpClient http, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = http.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        var text = reader.ReadToEnd();
        return response.IsSuccessStatusCode ? text : throw new InvalidOperationException(text);
    }

    private static string Text(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString()!;
    }

    private static byte[] Book()
    {
        var peers = Enumerable.Range(0, Entries).Select(i => new
        {
            id = (100_000_000 + i).ToString(CultureInfo.InvariantCulture),
            username = $"user{i}",
            hostname = $"HOST-{i}",
            platform = "Windows",
            alias = $"Till {i}",
            tags = new[] { i % 2 == 0 ? "even" : "odd" },
            hash = Convert.ToBase64String(Encoding.ASCII.GetBytes($"hash of the device {i,12}")),
        });
        var inner = JsonSerializer.Serialize(new { tags = new[] { "even", "odd" }, peers, tag_colors = "{}" });
        return JsonSerializer.SerializeToUtf8Bytes(new { data = inner });
    }

    private static async Task SeedAsync(string folder)
    {
        var now = DateTime.UtcNow;
        await using var store = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None);
        await using var db = store.CreateDb();
        var group = new UserGroup { Name = "Bench", NormalizedName = "BENCH", CreatedAt = now };
        var user = new User
        {
            Name = "bench", NormalizedName = "BENCH", Status = UserStatus.Normal, UserGroupGuid = group.Guid, CreatedAt = now,
        };
        db.UserGroups.Add(group);
        db.Users.Add(user);
        db.AccessTokens.Add(new AccessToken
        {
            Kind = TokenKind.Client, UserGuid = user.Guid, Hash = Secrets.Hash(Token), CreatedAt = now,
        });
        await db.SaveChangesAsync();
    }
}
