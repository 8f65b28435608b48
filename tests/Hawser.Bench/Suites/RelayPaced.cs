using Hawser.Bench.Reports;

namespace Hawser.Bench.Suites;

/// <summary>The shape of remote desktops: frames at a rate, where wake-ups cost more than bytes.</summary>
internal static class RelayPaced
{
    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("relay-paced", "Relay, frames at a rate");
        using var relays = RelayServers.Start(bench);
        var pairs = bench.Arguments.Pairs > 0 ? bench.Arguments.Pairs : 300;
        var candidates = relays.Candidates("-m", "paced", "-n", $"{pairs}", "-R", "30", "-c", "16384", "-t", bench.Seconds);
        var rounds = Rounds.Run(bench.Arguments, report, "paced", candidates, s => s.PerSecond("frames"));
        report.Note($"{pairs} pairs x 30 frames a second x 16 KiB. {rounds.Summary}");
        report.Table(
            ["relay", "frames/s", "relay CPU us/frame", "generator CPU us/frame", "p50 us", "p99 us"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s.PerSecond("frames"))),
                c.Name == RelayServers.Direct ? "-" : Figures.Text(rounds.Median(c.Name, s => s.CpuMicrosecondsPer("frames"))),
                Figures.Text(rounds.Median(c.Name, s => s["gen_cpu"] * 1e6 / s["frames"])),
                Figures.Text(rounds.Median(c.Name, s => s["p50"])),
                Figures.Text(rounds.Median(c.Name, s => s["p99"])),
            }));
        foreach (var (anchor, bar) in ((string, double)[])[(RelayServers.Haproxy, 0.75), (RelayServers.Nginx, 0.95), (RelayServers.Standin, 0.75)])
        {
            var ratio = rounds.Ratio(RelayServers.Hawser, anchor, s => s.CpuMicrosecondsPer("frames"));
            report.Add(new Goal($"relay CPU per 16 KiB frame, {pairs} pairs", anchor, ratio, bar, AtLeast: false));
        }

        return report;
    }
}
