using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>New devices by the thousands: known peers must not notice that their keys are being stored.</summary>
internal static class KeyStorm
{
    private const string Calm = "hawser, calm";
    private const string Stormy = "hawser, key storm";
    private const int StormRate = 20_000;
    private static int s_nextId = 300_000_000;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("key-storm", "Registrations during a key-registration storm");
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, bench.Arguments.Devices));
        Udp.RegisterAll(bench, server.Rendezvous);
        var capacity = Udp.Flood(bench, server.Rendezvous, server.Pid).PerSecond("ok");
        Punch.Call(bench, server, 2);
        var rate = (int)(0.35 * capacity);
        List<Candidate> candidates =
        [
            new(Calm, () => Measure(bench, server, rate, storm: false)),
            new(Stormy, () => Measure(bench, server, rate, storm: true)),
        ];
        var rounds = Rounds.Run(bench.Arguments, report, "key storm", candidates, s => s.PerSecond("ok"));
        report.Note($"{rate:N0} registrations/s of known peers (35 % of what was reached without pacing, because the storm and "
            + $"its generator need the same cores), with and without {StormRate:N0} RegisterPk a second of devices that "
            + $"nobody knows. {rounds.Summary}");
        report.Table(
            ["", "registrations answered/s", "of offered", "keys offered/s", "keys stored and answered/s", "introduction p50 us",
                "introduction p99 us", "answered of asked"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s.PerSecond("ok"))),
                $"{rounds.Median(c.Name, s => s["ok"] / s["offered"]):P1}",
                Figures.Text(rounds.Median(c.Name, s => s["storm_offered"])),
                Figures.Text(rounds.Median(c.Name, s => s["storm_stored"])),
                Figures.Text(rounds.Median(c.Name, s => s["call_p50"])),
                Figures.Text(rounds.Median(c.Name, s => s["call_p99"])),
                $"{rounds.Of(c.Name).Sum(s => s["call_answered"]):N0} of {rounds.Of(c.Name).Sum(s => s["call_asked"]):N0}",
            }));
        report.Add(new Goal("registrations answered during a key storm", "same load without it",
            rounds.Ratio(Stormy, Calm, s => s.PerSecond("ok")), 0.9, AtLeast: true));
        report.Add(new Goal("introduction p99 during a key storm", "same load without it",
            rounds.Ratio(Stormy, Calm, s => s["call_p99"]), 10, AtLeast: false));
        return report;
    }

    private static Sample Measure(BenchContext bench, HawserServer server, int rate, bool storm)
    {
        var seconds = bench.Arguments.Seconds;
        using var keys = storm ? StartStorm(bench, server, seconds * 2 + 3) : null;
        Thread.Sleep(300);
        var load = Udp.Flood(bench, server.Rendezvous, server.Pid, "-R", $"{rate}");
        using (var behind = bench.Tools.StartGenerator("udpgen", "-m", "reg", "-R", $"{rate}", "-p", $"{server.Rendezvous}",
            "-t", "600", "-i", $"{bench.Arguments.Devices}"))
        {
            var calls = Punch.Call(bench, server, seconds);
            load.With("call_p50", calls["p50"]).With("call_p99", calls["p99"])
                .With("call_asked", calls["asked"]).With("call_answered", calls["answered"]);
        }

        if (keys is null) return load.With("storm_offered", 0).With("storm_stored", 0);
        var stored = Sample.Parse(keys.Finish());
        return load.With("storm_offered", stored.PerSecond("sent")).With("storm_stored", stored.PerSecond("pk_ok"));
    }

    private static Child StartStorm(BenchContext bench, HawserServer server, double seconds)
    {
        var first = s_nextId;
        s_nextId += (int)(StormRate * (seconds + 2));
        return bench.Tools.StartGenerator("udpgen", "-m", "pk", "-R", $"{StormRate}", "-b", $"{first}", "-w", "0.2", "-t",
            $"{seconds:0.###}", "-p", $"{server.Rendezvous}");
    }
}
