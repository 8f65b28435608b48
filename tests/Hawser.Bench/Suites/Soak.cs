using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Session.Connecting.Load;

namespace Hawser.Bench.Suites;

/// <summary>One server for half an hour, among honest peers and among peers that freeze, vanish, lie and flood.</summary>
internal static class Soak
{
    // Default limits, but for those that count per address: here every honest peer has the same one. The ids a day are
    // so few that whoever makes up new devices is stopped after two minutes; else the registry would grow by right.
    private static readonly string[] Limits =
    [
        "--rendezvous-key-registrations-per-minute", "6000", "--rendezvous-new-ids-per-day", "2000",
        "--rendezvous-introductions-per-minute", "6000",
    ];

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("soak", "Soak");
        using var server = HawserServer.Start(bench, null, Limits);
        var csv = bench.Tools.InWork($"soak-{DateTime.UtcNow:yyyyMMdd-HHmmss}.csv");
        var watch = new SoakWatch(server, csv);
        var duration = TimeSpan.FromMinutes(bench.Arguments.Minutes);
        var load = new LoadEngine(Honest(server, duration), TimeProvider.System);
        var trouble = new SoakTroublemakers(server);
        Console.WriteLine($"  soaking for {duration}, samples in {csv}");
        var before = ProcessReading.Handles(server.Pid);
        var honest = RunAsync(load, trouble, watch, duration).GetAwaiter().GetResult();
        // Connections that only wait for the server's own idle limits go last.
        Thread.Sleep(duration > TimeSpan.FromMinutes(2) ? 40_000 : 3_000);
        var left = ProcessReading.Handles(server.Pid) - before;
        Describe(report, honest, trouble, watch, bench.Arguments.Minutes);
        Judge(report, honest, watch, left, duration);
        Refused(report, server);
        report.Note($"Log at level warning: {server.Log.Split('\n').Length - 1} lines. CSV: one sample each 10 s.");
        if (server.HasExited) throw new InvalidOperationException("the server ended during the soak: " + server.Log);
        return report;
    }

    private static LoadOptions Honest(HawserServer server, TimeSpan duration) => new()
    {
        Server = System.Net.IPAddress.Loopback,
        RendezvousPort = server.Rendezvous,
        RelayPort = server.Relay,
        Key = server.Key,
        Peers = 1000,
        TcpPeers = 50,
        WebSocketPeers = 50,
        Interval = TimeSpan.FromSeconds(10),
        CallsPerSecond = 10,
        Pairs = 20,
        FrameBytes = 16_384,
        FramesPerSecond = 10,
        Duration = duration,
        IdPrefix = "soak-",
    };

    private static async Task<LoadReport> RunAsync(
        LoadEngine load, SoakTroublemakers trouble, SoakWatch watch, TimeSpan duration)
    {
        using var end = new CancellationTokenSource();
        var run = load.RunAsync(CancellationToken.None);
        // The honest ones are there first, as in life.
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(15, duration.TotalSeconds / 4)));
        var troubles = trouble.RunAsync(end.Token);
        var watching = watch.RunAsync(load.Snapshot, end.Token);
        var report = await run;
        await end.CancelAsync();
        await troubles;
        await watching;
        return report;
    }

    private static void Describe(
        SuiteReport report, LoadReport honest, SoakTroublemakers trouble, SoakWatch watch, double minutes)
    {
        var r = honest.Registrations;
        var i = honest.Introductions;
        report.Note($"{minutes:0.#} minutes, one process. Honest: {r.Peers} peers (50 TCP, 50 WebSocket, the rest UDP), "
            + $"10 introductions a second, 20 relayed pairs of 10 frames x 16 KiB a second, every byte checked.");
        report.Table(["honest", ""],
        [
            ["registrations answered of sent", $"{r.Answered:N0} of {r.Sent:N0}, p99 {r.P99:0.00} ms"],
            ["introductions answered of asked", $"{i.Answered:N0} of {i.Asked:N0}, p50 {i.P50:0.00}, p99 {i.P99:0.00} ms"],
            ["introductions failed", Words(i.Failed)],
            ["requests repeated after 3 s, as stock clients do", $"{i.Repeated:N0}"],
            ["relayed", $"{honest.Relays.Frames:N0} frames, {honest.Relays.Bytes / 1e9:0.00} GB, "
                + $"{honest.Relays.Corrupt} wrong, p99 {honest.Relays.P99:0.00} ms"],
            ["errors", Words(honest.Errors)],
        ]);
        report.Table(["troublemakers", "times"], trouble.Done.Select(d => new[] { d.Key, $"{d.Value:N0}" }));
        report.Table(["server", "after warm-up", "end", "growth a hour"], watch.Summary());
    }

    private static void Judge(SuiteReport report, LoadReport honest, SoakWatch watch, int left, TimeSpan duration)
    {
        var failed = honest.Introductions.Failed.Sum(f => f.Value);
        report.Add(new Goal("introductions of honest peers that failed", "-", failed, 0, AtLeast: false, ""));
        report.Add(new Goal("relayed frames that were wrong", "-", honest.Relays.Corrupt, 0, AtLeast: false, ""));
        report.Add(new Goal("relayed pairs up at the end", "-", honest.Relays.Up, honest.Relays.Pairs, AtLeast: true, ""));
        report.Add(new Goal("honest peers registered at the end", "-",
            (double)honest.Registrations.Registered / honest.Registrations.Peers * 100, 99.5, AtLeast: true, "%"));
        var isShort = duration < TimeSpan.FromMinutes(5);
        report.Add(new Goal("PSS growth from warm-up to the end", "-",
            isShort ? double.NaN : watch.GrowthOf("pss_kib") * 100, 5, AtLeast: false, "%"));
        report.Add(new Goal("handles left after the load", "-", left, 50, AtLeast: false, ""));
    }

    private static void Refused(SuiteReport report, HawserServer server)
    {
        string[] words = ["refus", "drop", "budget", "conflict", "full", "failure", "violation", "ends", "joins", "ignored",
            "datagrams", "outcome", "limit", "reject"];
        var counters = server.Metrics().Where(m => m.Value != 0 && m.Key.StartsWith("hawser_", StringComparison.Ordinal)
            && words.Any(w => m.Key.Contains(w, StringComparison.Ordinal)));
        report.Table(["counter of /metrics", "value"],
            counters.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => new[] { $"`{m.Key}`", $"{m.Value:N0}" }));
    }

    private static string Words(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.Select(c => $"{c.Key}: {c.Value:N0}"));
}
