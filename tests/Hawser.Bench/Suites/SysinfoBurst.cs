using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>After a restart a whole fleet sends its sysinfo: how long until all of it is stored.</summary>
internal static class SysinfoBurst
{
    private const int Devices = 10_000;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("sysinfo-burst", "Sysinfo of a fleet after a restart");
        var fleet = bench with { Arguments = bench.Arguments with { Devices = Devices } };
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, Devices));
        var first = Heartbeat.Upload(fleet, server);
        var again = Heartbeat.Upload(fleet, server);
        (string, Sample)[] rows = [("first", first), ("unchanged", again)];
        report.Keep("first", first);
        report.Keep("unchanged", again);
        report.Note($"{Devices:N0} devices on 256 connections, each once; \"unchanged\" is the same upload again, which reads "
            + "and writes nothing.");
        report.Table(
            ["upload", "seconds", "server CPU us each", "p50 / p99 / max us", "refused"],
            rows.Select(r => new[]
            {
                r.Item1,
                Figures.Text(r.Item2["seconds"]),
                Figures.Text(r.Item2.CpuMicrosecondsPer("ok")),
                $"{r.Item2["p50"]:0} / {r.Item2["p99"]:0} / {r.Item2["max"]:0}",
                $"{r.Item2["bad"]:0}",
            }));
        report.Add(new Goal("devices stored", "all", first["ok"], Devices, AtLeast: true, ""));
        report.Add(new Goal("time until all are stored", "-", first["seconds"], 12, AtLeast: false, "s"));
        return report;
    }
}
