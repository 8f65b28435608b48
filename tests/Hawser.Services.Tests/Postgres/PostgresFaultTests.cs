using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Hawser.Data;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Services.Tests.Postgres;

/// <summary>The database server goes away and comes back, while everything else goes on.</summary>
public sealed class PostgresFaultTests
{
    [Fact]
    public async Task A_server_that_is_started_with_its_database_waits_for_it()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        await cluster.StopAsync();
        var folder = Directory.CreateTempSubdirectory("hawser-data-").FullName;
        var opening = HawserStore.OpenAsync(folder, null, null, CancellationToken.None, cluster.Address("hawser"));
        await Task.Delay(TimeSpan.FromSeconds(2));
        opening.IsCompleted.ShouldBeFalse();
        await cluster.StartAgainAsync();
        await using (var store = await opening)
        {
            (await store.Devices.CountAsync(CancellationToken.None)).ShouldBe(0);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Stopped_and_started_under_load_it_is_told_and_nothing_that_was_acknowledged_is_lost()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        var database = cluster.Address("hawser");
        string option = $"{cluster.Administrator};Database=hawser;Maximum Pool Size=10";
        ConcurrentDictionary<string, bool> acknowledged = new(StringComparer.Ordinal);
        ConcurrentDictionary<int, int> statuses = [];
        var sawRefusal = false;
        await using (var server = await TestHawser.StartAsync(o => o.Database = option))
        {
            using var api = new ApiClient(server);
            var token = await api.TokenAsync(await api.AddUserAsync("mara"));
            using var stop = new CancellationTokenSource();
            var load = new List<Task>();
            for (var i = 0; i < 4; i++) load.Add(RegisterAsync(server, i, acknowledged, () => sawRefusal = true, stop.Token));
            load.Add(AskAsync(api, token, statuses, stop.Token));

            await Eventually.HoldsAsync(() => acknowledged.Count > 20, "devices register");
            await cluster.StopAsync();
            await Eventually.HoldsAsync(() => statuses.ContainsKey(503), "requests are told 503");
            await HealthAsync(api, "degraded");
            await Eventually.HoldsAsync(() => sawRefusal, "new devices are not acknowledged");
            await cluster.StartAgainAsync();
            await HealthAsync(api, "\"status\":\"ready\"");
            var before = acknowledged.Count;
            await Eventually.HoldsAsync(() => acknowledged.Count > before + 20, "devices register again");
            await cluster.StopAsync("immediate");
            await cluster.StartAgainAsync();
            before = acknowledged.Count;
            await Eventually.HoldsAsync(() => acknowledged.Count > before + 20, "devices register after a crash");
            await Eventually.HoldsAsync(() => Asked(api, token, out _) == 200, "requests are answered");
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        statuses.Keys.Order().ToArray().ShouldBe([200, 503], "nothing else was ever answered");
        await using var store = await HawserStore.OpenAsync("/nowhere", null, null, CancellationToken.None, database);
        var kept = new HashSet<string>(StringComparer.Ordinal);
        await store.Devices.LoadAsync(d => kept.Add(d.Id), CancellationToken.None);
        acknowledged.Keys.Where(id => !kept.Contains(id)).ShouldBeEmpty();
    }

    private static int Asked(ApiClient api, string token, out string text)
    {
        var answer = api.PostAsync("/api/currentUser", "{\"id\":\"1\",\"uuid\":\"1\"}", token).GetAwaiter().GetResult();
        text = answer.Text;
        return answer.Status;
    }

    private static async Task AskAsync(
        ApiClient api, string token, ConcurrentDictionary<int, int> statuses, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var answer = await api.PostAsync("/api/currentUser", "{\"id\":\"1\",\"uuid\":\"1\"}", token);
            statuses.AddOrUpdate(answer.Status, 1, (_, n) => n + 1);
            if (answer.Status == 503) answer.Error.ShouldNotBeNullOrEmpty();
            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
    }

    private static async Task HealthAsync(ApiClient api, string wanted)
    {
        var start = TimeProvider.System.GetTimestamp();
        var text = "";
        while (TimeProvider.System.GetElapsedTime(start).TotalSeconds < 30)
        {
            text = (await api.GetAsync("/health/ready")).Text;
            if (text.Contains(wanted, StringComparison.Ordinal)) return;
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        text.ShouldContain(wanted);
    }

    // Each device from an address of its own, as new ones do.
    private static async Task RegisterAsync(
        TestHawser server, int worker, ConcurrentDictionary<string, bool> acknowledged, Action refused,
        CancellationToken stop)
    {
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{700_000_000 + (worker * 1_000_000) + n}");
            var address = string.Create(CultureInfo.InvariantCulture, $"127.{10 + worker}.{n / 250}.{1 + (n % 250)}");
            using var peer = new WireDatagrams(server.RendezvousPort, address);
            await peer.SendAsync(new RendezvousMessage
            {
                RegisterPk = new RegisterPk
                {
                    Id = id,
                    Uuid = ByteString.CopyFromUtf8("uuid-" + id),
                    Pk = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32)),
                },
            });
            var answer = await peer.ReceiveMessageAsync(10);
            if (answer?.RegisterPkResponse?.Result == Result.Ok) acknowledged[id] = true;
            else refused();
        }
    }
}
