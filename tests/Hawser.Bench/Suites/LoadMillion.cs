using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>A server that knows a million devices starts: quickly, and without asking any of them for its key.</summary>
internal static class LoadMillion
{
    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("load-1m", "Start with 1,000,000 devices");
        var devices = bench.Arguments.Devices == 100_000 ? 1_000_000 : bench.Arguments.Devices;
        List<Candidate> candidates = [new("hawser", () => Measure(bench, devices))];
        var arguments = bench.Arguments with { Rounds = Math.Min(bench.Arguments.Rounds, 3), MaxForeign = 1 };
        var rounds = Rounds.Run(arguments, report, "load", candidates, s => s["ready"]);
        double Median(string name) => rounds.Median("hawser", s => s[name]);
        report.Note($"{devices:N0} rows in hawser.db. {rounds.Summary}");
        report.Table(["", "median"],
        [
            ["seconds from start to /health/ready", Figures.Text(Median("ready"))],
            ["seconds from start to the first known peer answered", Figures.Text(Median("known"))],
            ["known peers that then registered", Figures.Text(Median("registered"))],
            ["of them asked for their key", Figures.Text(Median("wanted"))],
            ["PSS, MiB", Figures.Text(Median("pss") / 1024)],
        ]);
        report.Add(new Goal($"{devices:N0} devices: start to ready", "-", Figures.Best(rounds.Of("hawser").Select(s => s["ready"])),
            5, AtLeast: false, "s"));
        report.Add(new Goal("known peers asked for their key after a restart", "-", Median("wanted"), 0, AtLeast: false, "peers"));
        return report;
    }

    private static Sample Measure(BenchContext bench, int devices)
    {
        var data = SeededData.Copy(bench, devices);
        Child.Run("sync", []);
        var start = TimeProvider.System.GetTimestamp();
        using var server = HawserServer.Launch(bench, data);
        server.WaitReady(60);
        var ready = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var known = bench.Tools.Generate("udpgen", "-m", "once", "-S", "1", "-i", "1", "-t", "10", "-p", $"{server.Rendezvous}");
        var knownAt = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        var many = Math.Min(devices, 100_000);
        var all = bench.Tools.Generate("udpgen", "-m", "once", "-S", "64", "-i", $"{many}", "-t", "60", "-p",
            $"{server.Rendezvous}", "-b", $"{SeededData.FirstId + devices - many}");
        return Sample.Of(("ready", ready), ("known", knownAt), ("registered", all["ok"]),
            ("wanted", all["wanted"] + known["wanted"]), ("pss", ProcessReading.PssKib(server.Pid)));
    }
}
