using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>What a pair costs that says nothing: memory of the relay's process, each relay freshly started.</summary>
internal static class RelayIdle
{
    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("relay-idle", "Relay, idle pairs");
        var pairs = bench.Arguments.Pairs > 0 ? bench.Arguments.Pairs : 8000;
        List<Candidate> candidates =
        [
            new(RelayServers.Haproxy, () => Plain(bench, Anchors.Haproxy, pairs)),
            new(RelayServers.Nginx, () => Plain(bench, Anchors.Nginx, pairs)),
            new(RelayServers.Hawser, () => Tickets(bench, pairs)),
        ];
        if (bench.Tools.Standin.Length > 0) candidates.Add(new(RelayServers.Standin, () => Plain(bench, Anchors.StandinRelay!, pairs)));
        var arguments = bench.Arguments with { Rounds = Math.Min(bench.Arguments.Rounds, 3), MaxForeign = 1 };
        var rounds = Rounds.Run(arguments, report, "idle", candidates, _ => 1);
        report.Note($"{pairs:N0} pairs, 64 bytes sent through each, then silence for 3 s; growth of the relay's PSS. The "
            + "kernel's memory for the sockets is the same for all and not in it. Memory does not depend on who else uses "
            + "the CPU, so no round is thrown away.");
        report.Table(["relay", "KiB a pair", "PSS before, MiB", "PSS after, MiB"], candidates.Select(c => new[]
        {
            c.Name,
            Figures.Text(rounds.Median(c.Name, PerPair)),
            Figures.Text(rounds.Median(c.Name, s => s["pss0"] / 1024)),
            Figures.Text(rounds.Median(c.Name, s => s["pss"] / 1024)),
        }));
        var own = rounds.Median(RelayServers.Hawser, PerPair);
        report.Add(new Goal($"idle memory a pair, {pairs} pairs", RelayServers.Haproxy,
            rounds.Ratio(RelayServers.Hawser, RelayServers.Haproxy, PerPair), 0.6, AtLeast: false));
        report.Add(new Goal($"idle memory a pair, {pairs} pairs", RelayServers.Standin,
            rounds.Ratio(RelayServers.Hawser, RelayServers.Standin, PerPair), 0.12, AtLeast: false));
        report.Add(new Goal($"idle memory a pair, {pairs} pairs", "-", own, 2, AtLeast: false, "KiB"));
        return report;
    }

    private static double PerPair(Sample s) => (s["pss"] - s["pss0"]) / s["accepted"];

    private static Sample Plain(BenchContext bench, Func<BenchContext, int, int, Child?> start, int pairs)
    {
        var port = Ports.Block(2);
        using var relay = start(bench, port, port + 1)!;
        Thread.Sleep(500);
        return Measure(bench, relay.Pid, pairs, ["-r", $"{port}", "-s", $"{port + 1}"]);
    }

    private static Sample Tickets(BenchContext bench, int pairs)
    {
        using var server = HawserServer.Start(bench);
        return Measure(bench, server.Pid, pairs, ["-r", $"{server.Relay}", "-u", server.Key]);
    }

    private static Sample Measure(BenchContext bench, int pid, int pairs, string[] how)
    {
        // Code that was never run, and buffers that every relay makes once, are no cost of a pair.
        bench.Tools.Generate("tcpload", [.. how, "-m", "bulk", "-n", "20", "-t", "1"]);
        Thread.Sleep(1000);
        return bench.Tools.Generate("tcpload",
            [.. how, "-m", "idle", "-n", $"{pairs}", "-t", "3", "-P", $"{pid}"]);
    }
}
