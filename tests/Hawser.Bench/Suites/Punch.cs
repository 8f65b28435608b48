using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>How long an introduction takes while the server is flooded with registrations.</summary>
internal static class Punch
{
    private const string Idle = "hawser, idle";
    private const string Flooded = "hawser, flooded";
    private const string Standin = "Tokio stand-in, same flood";
    private const string StandinOwn = "Tokio stand-in, 70 % of its own";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("punch", "Introductions during a registration flood");
        var port = Ports.Block(1);
        using var standin = Anchors.StandinRegistrar(bench, port);
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, bench.Arguments.Devices));
        Udp.RegisterAll(bench, server.Rendezvous);
        Udp.Flood(bench, server.Rendezvous, server.Pid);
        Call(bench, server, 2);
        var capacity = Capacity(bench, server.Rendezvous, server.Pid);
        var rate = (int)(0.7 * capacity);
        List<Candidate> candidates =
        [
            new(Idle, () => Measure(bench, server, 0)),
            new(Flooded, () => Measure(bench, server, rate)),
        ];
        var ownRate = 0;
        if (standin is not null)
        {
            Udp.RegisterAll(bench, port);
            ownRate = (int)(0.7 * Capacity(bench, port, standin.Pid));
            candidates.Add(new(Standin, () => ProbeDuring(bench, port, rate)));
            candidates.Add(new(StandinOwn, () => ProbeDuring(bench, port, ownRate)));
        }

        var rounds = Rounds.Run(bench.Arguments, report, "introductions", candidates, _ => 1);
        Describe(report, rounds, candidates, capacity, rate, ownRate);
        return report;
    }

    /// <summary>Introductions at a rate against a server.</summary>
    public static Sample Call(BenchContext bench, HawserServer server, double seconds) => bench.Tools.Generate("punchgen",
        "-p", $"{server.Rendezvous}", "-P", $"{server.Pid}", "-k", server.Key, "-R", "100", "-n", "100", "-t", $"{seconds:0.###}");

    private static double Capacity(BenchContext bench, int port, int pid) =>
        Figures.Median(Enumerable.Range(0, 3).Select(_ => Udp.Flood(bench, port, pid).PerSecond("ok")));

    private static void Describe(SuiteReport report, Rounds rounds, List<Candidate> candidates, double capacity, int rate, int ownRate)
    {
        report.Note($"Capacity {capacity:N0} registrations/s, flood {rate:N0}/s (70 %). 100 introductions a second by TCP to "
            + "100 peers that register by UDP and answer with PunchHoleSent; measured from the caller's request. The probe "
            + "is one client that registers 200 times a second. The stand-in knows no introductions: its probe under the "
            + $"same flood is the anchor (also shown: its probe at 70 % of its own capacity, {ownRate:N0}/s). "
            + rounds.Summary);
        report.Table(
            ["server", "answer p50 us", "answer p99 us", "push p50 us", "push p99 us", "answered of asked", "probe p50 us",
                "probe p99 us", "probe not answered"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s["p50"])), Figures.Text(rounds.Median(c.Name, s => s["p99"])),
                Figures.Text(rounds.Median(c.Name, s => s["push_p50"])), Figures.Text(rounds.Median(c.Name, s => s["push_p99"])),
                double.IsFinite(rounds.Median(c.Name, s => s["asked"]))
                    ? $"{rounds.Of(c.Name).Sum(s => s["answered"]):N0} of {rounds.Of(c.Name).Sum(s => s["asked"]):N0}" : "-",
                Figures.Text(rounds.Median(c.Name, s => s["probe_p50"])), Figures.Text(rounds.Median(c.Name, s => s["probe_p99"])),
                $"{rounds.Median(c.Name, s => s["probe_lost"]):P1}",
            }));
        report.Add(new Goal("introduction p99 under flood", "own idle p99",
            rounds.Ratio(Flooded, Idle, s => s["p99"]), 10, AtLeast: false));
        report.Add(new Goal("registration probe p99 under flood", Standin,
            rounds.Ratio(Flooded, Standin, s => s["probe_p99"]), 0.4, AtLeast: false));
        var lost = rounds.Of(Flooded).Sum(s => s["lost"] + s["refused"]) / rounds.Of(Flooded).Sum(s => s["asked"]);
        report.Add(new Goal("introductions not answered under flood", "-", lost * 100, 0.1, AtLeast: false, "%"));
    }

    private static Sample Measure(BenchContext bench, HawserServer server, int rate)
    {
        using var flood = StartFlood(bench, server.Rendezvous, rate);
        Thread.Sleep(500);
        var calls = Call(bench, server, bench.Arguments.Seconds);
        return AddProbe(calls, Probe(bench, server.Rendezvous));
    }

    private static Sample ProbeDuring(BenchContext bench, int port, int rate)
    {
        using var flood = StartFlood(bench, port, rate);
        Thread.Sleep(500);
        var probe = Probe(bench, port);
        return AddProbe(Sample.Of(("foreign", probe["foreign"]), ("steal", probe["steal"])), probe);
    }

    private static Sample AddProbe(Sample to, Sample probe) => to
        .With("probe_p50", probe["p50"]).With("probe_p99", probe["p99"]).With("probe_lost", 1 - probe["ok"] / probe["sent"]);

    private static Sample Probe(BenchContext bench, int port) =>
        bench.Tools.Generate("udpgen", "-m", "probe", "-R", "200", "-p", $"{port}", "-t", bench.Seconds);

    private static Child? StartFlood(BenchContext bench, int port, int rate) => rate == 0 ? null
        : bench.Tools.StartGenerator("udpgen", "-m", "reg", "-R", $"{rate}", "-p", $"{port}", "-t", "600", "-i",
            $"{bench.Arguments.Devices}");
}
