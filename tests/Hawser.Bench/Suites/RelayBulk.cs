using Hawser.Bench.Reports;

namespace Hawser.Bench.Suites;

/// <summary>Bulk data one way: throughput and CPU per gigabyte at 1, 50 and 500 pairs.</summary>
internal static class RelayBulk
{
    // pairs, then the bars: throughput against haproxy and the stand-in, CPU against both
    private static readonly (int Pairs, double Haproxy, double Standin, double CpuHaproxy, double CpuStandin)[] Bars =
        [(1, 1.2, 2, 1.0, 0.45), (50, 1.4, 2.5, 0.75, 0.3), (500, 1.5, 3.5, 0.5, 0.2)];

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("relay-bulk", "Relay, bulk one way");
        using var relays = RelayServers.Start(bench);
        relays.Verify(report, 20, 4 << 20);
        report.Note("64 KiB writes, one way, thrown away by the receiver without being copied, so that the cores are the relay's. GB/s: best window (median); CPU: seconds of the relay's process for a GB, median.");
        foreach (var bar in Bars)
        {
            if (bench.Arguments.Pairs > 0 && bench.Arguments.Pairs != bar.Pairs) continue;
            Measure(bench, report, relays, bar);
        }

        return report;
    }

    private static void Measure(BenchContext bench, SuiteReport report, RelayServers relays,
        (int Pairs, double Haproxy, double Standin, double CpuHaproxy, double CpuStandin) bar)
    {
        var candidates = relays.Candidates("-m", "bulk", "-n", $"{bar.Pairs}", "-t", bench.Seconds);
        var what = bar.Pairs == 1 ? "1 pair" : $"{bar.Pairs} pairs";
        var rounds = Rounds.Run(bench.Arguments, report, "bulk " + what, candidates, s => s.GigabytesPerSecond);
        report.Note($"**{what}.** {rounds.Summary}");
        report.Table(
            ["relay", "GB/s best (median)", "relay CPU-s/GB", "generator CPU-s/GB", "PSS MiB", "GB/s to haproxy, median of rounds"],
            candidates.Select(c => new[]
            {
                c.Name,
                $"{Figures.Text(rounds.Best(c.Name, s => s.GigabytesPerSecond))} "
                    + $"({Figures.Text(rounds.Median(c.Name, s => s.GigabytesPerSecond))})",
                c.Name == RelayServers.Direct ? "-" : Figures.Text(rounds.Median(c.Name, s => s.CpuPerGigabyte)),
                Figures.Text(rounds.Median(c.Name, s => s["gen_cpu"] / (s["bytes"] / 1e9))),
                c.Name == RelayServers.Direct ? "-" : Figures.Text(rounds.Median(c.Name, s => s["pss"] / 1024)),
                Figures.Text(rounds.Ratio(c.Name, RelayServers.Haproxy, s => s.GigabytesPerSecond)),
            }));
        Compare(report, rounds, what, RelayServers.Haproxy, bar.Haproxy, bar.CpuHaproxy);
        Compare(report, rounds, what, RelayServers.Standin, bar.Standin, bar.CpuStandin);
        if (bar.Pairs != 500) return;
        var toDirect = rounds.BestRatio(RelayServers.Hawser, RelayServers.Direct, s => s.GigabytesPerSecond);
        report.Add(new Goal($"relay GB/s, {what}, best window", RelayServers.Direct, toDirect, 0.7, AtLeast: true));
    }

    private static void Compare(SuiteReport report, Rounds rounds, string what, string anchor, double more, double cpu)
    {
        var faster = rounds.BestRatio(RelayServers.Hawser, anchor, s => s.GigabytesPerSecond);
        report.Add(new Goal($"relay GB/s, {what}, best window", anchor, faster, more, AtLeast: true));
        var cheaper = rounds.Ratio(RelayServers.Hawser, anchor, s => s.CpuPerGigabyte);
        report.Add(new Goal($"relay CPU per GB, {what}", anchor, cheaper, cpu, AtLeast: false));
    }
}
