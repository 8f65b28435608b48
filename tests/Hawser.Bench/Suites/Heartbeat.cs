using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>Heartbeats over HTTP, on kept-alive connections and on a new one for each, as stock clients do.</summary>
internal static class Heartbeat
{
    private const string Nginx = "nginx return 200";
    private const string Minimal = "Kestrel minimal API";
    private const string Hawser = "hawser";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("heartbeat", "Heartbeats over HTTP");
        var devices = bench.Arguments.Devices;
        var port = Ports.Block(2);
        using var nginx = Anchors.NginxHttp(bench, port);
        using var minimal = Anchors.MinimalApi(bench, port + 1);
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, devices));
        Thread.Sleep(1000);
        // What a fleet is: it has sent its sysinfo, and the table knows it.
        Upload(bench, server);
        var idle = ProcessReading.PssKib(server.Pid);
        Measure(bench, report, [(Nginx, port, nginx.Pid), (Minimal, port + 1, minimal.Pid), (Hawser, server.HttpPort, server.Pid)]);
        var (beats, writes) = (server.Metric("heartbeats"), server.Metric("last_seen_writes"));
        report.Note($"{beats:N0} heartbeats of {devices:N0} known devices led to {writes:N0} written rows. By design a device "
            + "that is online is written once an hour, which is 0.004 of a heartbeat each 15 seconds.");
        report.Add(new Goal("written rows a heartbeat", "one each", writes / beats, 0.02, AtLeast: false));
        var pss = ProcessReading.PssKib(server.Pid);
        report.Note($"Memory of the server: {idle / 1024:N0} MiB with the devices known, {pss / 1024:N0} MiB after the last round.");
        return report;
    }

    /// <summary>Sends the sysinfo of every device once.</summary>
    public static Sample Upload(BenchContext bench, HawserServer server, int connections = 256) => bench.Tools.Generate("httpgen",
        "-m", "sysinfo", "-S", $"{connections}", "-t", "120", "-i", $"{bench.Arguments.Devices}", "-p", $"{server.HttpPort}",
        "-P", $"{server.Pid}");

    private static void Measure(BenchContext bench, SuiteReport report, (string Name, int Port, int Pid)[] servers)
    {
        foreach (var (what, closing, connections, bar) in ((string, string, int, double)[])
            [("kept alive, 64 connections", "0", 64, 2), ("a new connection for each", "1", 32, 4)])
        {
            var candidates = servers.Select(s => new Candidate(s.Name, () => bench.Tools.Generate("httpgen", "-m", "beat",
                "-c", closing, "-S", $"{connections}", "-t", bench.Seconds, "-i", $"{bench.Arguments.Devices}",
                "-p", $"{s.Port}", "-P", $"{s.Pid}"))).ToList();
            foreach (var candidate in candidates) candidate.Measure();
            var rounds = Rounds.Run(bench.Arguments, report, what, candidates, s => s.PerSecond("ok"));
            report.Note($"{what}: {rounds.Summary}");
            report.Table(
                ["server", "heartbeats/s best (median)", "server CPU us each", "p50 / p99 us", "not 200"],
                candidates.Select(c => new[]
                {
                    c.Name,
                    $"{Figures.Text(rounds.Best(c.Name, s => s.PerSecond("ok")))} "
                        + $"({Figures.Text(rounds.Median(c.Name, s => s.PerSecond("ok")))})",
                    Figures.Text(rounds.Median(c.Name, s => s.CpuMicrosecondsPer("ok"))),
                    $"{rounds.Median(c.Name, s => s["p50"]):0} / {rounds.Median(c.Name, s => s["p99"]):0}",
                    $"{rounds.Median(c.Name, s => s["bad"] / (s["ok"] + s["bad"])):P2}",
                }));
            report.Add(new Goal($"CPU per heartbeat, {what}", Nginx,
                rounds.Ratio(Hawser, Nginx, s => s.CpuMicrosecondsPer("ok")), bar, AtLeast: false));
            report.Add(new Goal($"CPU per heartbeat, {what}", Minimal,
                rounds.Ratio(Hawser, Minimal, s => s.CpuMicrosecondsPer("ok")), 1.1, AtLeast: false));
        }
    }
}
