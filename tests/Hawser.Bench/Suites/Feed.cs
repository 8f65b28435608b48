using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Hawser.Api.Http;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;

namespace Hawser.Bench.Suites;

/// <summary>
/// 200 consoles that listen to the live feed while 10,000 devices come online: what it costs, and how long it takes
/// until each of them hears of one change among all of those.
/// </summary>
internal static class Feed
{
    private const int Tabs = 200;
    private const int People = 10;
    private const int Devices = 10_000;
    private const int Marks = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("feed", "The live feed with 200 consoles");
        var data = SeededData.Copy(bench, Devices);
        var tokens = FillAsync(data).GetAwaiter().GetResult();
        using var server = HawserServer.Start(bench, data);
        using var stop = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.HttpPort}"), Timeout = Timeout.InfiniteTimeSpan };
        var tabs = Enumerable.Range(0, Tabs).Select(i => new Tab(http, tokens[i % People])).ToList();
        // The first one, and the first change, start what is started once.
        tabs[0].Begin(stop.Token);
        if (!SpinWait.SpinUntil(() => tabs[0].IsOpen, Longest)) throw new TimeoutException("no stream opened");
        Measure(http, tokens[0], tabs[..1]);
        var before = ProcessReading.PssKib(server.Pid);
        foreach (var tab in tabs.Skip(1)) tab.Begin(stop.Token);
        if (!SpinWait.SpinUntil(() => tabs.TrueForAll(t => t.IsOpen), Longest)) throw new TimeoutException("not every stream opened");
        var open = ProcessReading.PssKib(server.Pid);
        var quiet = Measure(http, tokens[0], tabs);
        var (events, bytes) = (tabs.Sum(t => (double)t.Events), tabs.Sum(t => (double)t.Bytes));
        var (cpu, clock) = (ProcessReading.CpuSeconds(server.Pid), Stopwatch.StartNew());
        List<double> busy;
        // Ids at random: each is online when it registers first, 1,000 a second for as long as ten marks need.
        using (bench.Tools.StartGenerator("udpgen", "-m", "reg", "-w", "0.01", "-R", "1000", "-t", "15", "-i", $"{Devices}",
            "-p", $"{server.Rendezvous}"))
        {
            Thread.Sleep(500);
            busy = Measure(http, tokens[0], tabs);
            while (clock.Elapsed < TimeSpan.FromSeconds(15)) Thread.Sleep(100);
        }

        var seconds = clock.Elapsed.TotalSeconds;
        cpu = ProcessReading.CpuSeconds(server.Pid) - cpu;
        var after = ProcessReading.PssKib(server.Pid);
        (events, bytes) = (tabs.Sum(t => (double)t.Events) - events, tabs.Sum(t => (double)t.Bytes) - bytes);
        stop.Cancel();
        report.Note($"{Tabs} streams of {People} administrators; {Devices:N0} devices register by UDP, 1,000 a second; {Marks} times "
            + "one note of a user is changed, and each stream is timed until it says so. Hints are gathered for 250 ms before they "
            + "are sent, and more than 20 of a kind are one. Memory is PSS, with whatever the collector did between the readings.");
        report.Table(
            ["", "delay p50 ms", "p99 ms", "largest ms"],
            new[] { ("nothing else happens", quiet), ("while devices come online", busy) }.Select(r => new[]
            {
                r.Item1, Figures.Text(At(r.Item2, .5)), Figures.Text(At(r.Item2, .99)), Figures.Text(At(r.Item2, 1)),
            }));
        report.Table(
            ["streams' memory, KiB each", "after the burst, KiB each", "server CPU, cores", "hints a second a stream", "bytes a second a stream"],
            [[Figures.Text((open - before) / Tabs), Figures.Text((after - before) / Tabs), Figures.Text(cpu / seconds),
                Figures.Text(events / Tabs / seconds), Figures.Text(bytes / Tabs / seconds)]]);
        report.Add(new Goal("largest delay of a hint while devices come online", "-", At(busy, 1), 2000, AtLeast: false, "ms"));
        report.Add(new Goal("memory of a stream", "-", (open - before) / Tabs, 256, AtLeast: false, "KiB"));
        report.Add(new Goal("hints a second a stream while 1,000 devices a second change", "-", events / Tabs / seconds, 120, AtLeast: false, ""));
        return report;
    }

    // A change of a kind that is not in the burst; every stream says when it heard.
    private static List<double> Measure(HttpClient http, string token, List<Tab> tabs)
    {
        var delays = new List<double>();
        for (var i = 0; i < Marks; i++)
        {
            foreach (var tab in tabs) tab.Expect();
            var begin = Stopwatch.GetTimestamp();
            Change(http, token, $"mark {i} {begin}");
            if (!SpinWait.SpinUntil(() => tabs.TrueForAll(t => t.HeardAt != 0), Longest))
            {
                throw new TimeoutException($"{tabs.Count(t => t.HeardAt == 0)} streams did not hear of a change");
            }

            delays.AddRange(tabs.Select(t => Stopwatch.GetElapsedTime(begin, t.HeardAt).TotalMilliseconds));
        }

        return delays;
    }

    private static void Change(HttpClient http, string token, string note)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/users/{Marked}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent(new JsonObject { ["note"] = note }.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = http.Send(request);
        answer.EnsureSuccessStatusCode();
    }

    private static readonly Guid Marked = Guid.CreateVersion7();

    private static double At(List<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
    }

    private static async Task<string[]> FillAsync(string folder)
    {
        await using var store = await HawserStore.OpenAsync(folder, null, null, CancellationToken.None);
        await using var db = store.CreateDb();
        var now = DateTime.UtcNow;
        var group = new UserGroup { Name = "Default", NormalizedName = "DEFAULT", IsDefault = true, CreatedAt = now };
        db.UserGroups.Add(group);
        User Person(string name, bool admin) => new()
        {
            Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Normal, IsAdmin = admin,
            UserGroupGuid = group.Guid, CreatedAt = now, SecurityStamp = "s", ConcurrencyStamp = "c",
        };
        var marked = Person("marked", admin: false);
        marked.Guid = Marked;
        db.Users.Add(marked);
        var tokens = new string[People];
        for (var i = 0; i < People; i++)
        {
            var user = Person($"admin{i}", admin: true);
            tokens[i] = Secrets.NewHandle();
            db.Users.Add(user);
            db.AccessTokens.Add(new AccessToken
            {
                UserGuid = user.Guid, Hash = Secrets.Hash(tokens[i]), CreatedAt = now, ExpiresAt = now.AddDays(1),
            });
        }

        await db.SaveChangesAsync();
        return tokens;
    }

    /// <summary>A console that only listens.</summary>
    private sealed class Tab(HttpClient http, string token)
    {
        private long _events;
        private long _bytes;
        private long _heardAt;
        private volatile bool _open;

        public bool IsOpen => _open;

        public long Events => Volatile.Read(ref _events);

        public long Bytes => Volatile.Read(ref _bytes);

        public long HeardAt => Volatile.Read(ref _heardAt);

        public void Expect() => Volatile.Write(ref _heardAt, 0);

        public void Begin(CancellationToken cancellationToken) => _ = Task.Run(() => ListenAsync(cancellationToken), cancellationToken);

        private async Task ListenAsync(CancellationToken cancellationToken)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/console/events");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancellationToken));
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                Interlocked.Add(ref _bytes, line.Length + 1);
                if (line.StartsWith("event: hello", StringComparison.Ordinal)) _open = true;
                if (!line.StartsWith("data: {\"kind\"", StringComparison.Ordinal)) continue;
                Interlocked.Increment(ref _events);
                if (line.Contains("\"user\"", StringComparison.Ordinal) && HeardAt == 0)
                {
                    Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
                }
            }
        }
    }
}
