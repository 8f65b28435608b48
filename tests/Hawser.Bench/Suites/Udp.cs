using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>Registrations by UDP: how many a second, for how much CPU, and without allocation.</summary>
internal static class Udp
{
    private const string Echo = "C recvmmsg echo, 1 thread";
    private const string Standin = "Tokio stand-in";
    private const string Hawser = "hawser";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("udp", "UDP registrations");
        var devices = bench.Arguments.Devices;
        var port = Ports.Block(2);
        using var echo = Anchors.UdpEcho(bench, port);
        using var standin = Anchors.StandinRegistrar(bench, port + 1);
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, devices));
        Thread.Sleep(300);
        List<Candidate> candidates = [new(Echo, () => Flood(bench, port, echo.Pid))];
        if (standin is not null)
        {
            RegisterAll(bench, port + 1);
            candidates.Add(new(Standin, () => Flood(bench, port + 1, standin.Pid)));
        }

        RegisterAll(bench, server.Rendezvous);
        candidates.Add(new(Hawser, () => Flood(bench, server.Rendezvous, server.Pid)));
        var rounds = Rounds.Run(bench.Arguments, report, "registrations", candidates, s => s.PerSecond("ok"));
        report.Note($"44-byte RegisterPeer of {devices:N0} known peers over 8 sockets, answers awaited. {rounds.Summary}");
        report.Table(
            ["server", "registrations/s best (median)", "server CPU us each", "generator CPU us each", "not answered"],
            candidates.Select(c => new[]
            {
                c.Name,
                $"{Figures.Text(rounds.Best(c.Name, s => s.PerSecond("ok")))} "
                    + $"({Figures.Text(rounds.Median(c.Name, s => s.PerSecond("ok")))})",
                Figures.Text(rounds.Median(c.Name, s => s.CpuMicrosecondsPer("ok"))),
                Figures.Text(rounds.Median(c.Name, s => s["gen_cpu"] * 1e6 / s["ok"])),
                $"{rounds.Median(c.Name, s => 1 - s["ok"] / s["sent"]):P1}",
            }));
        Judge(report, rounds);
        Allocation(bench, report, server);
        return report;
    }

    /// <summary>Registers every id once, with its key where the server wants one.</summary>
    public static Sample RegisterAll(BenchContext bench, int port) => bench.Tools.Generate("udpgen",
        "-m", "once", "-S", "64", "-t", "60", "-i", $"{bench.Arguments.Devices}", "-p", $"{port}");

    public static Sample Flood(BenchContext bench, int port, int pid, params string[] more) => bench.Tools.Generate("udpgen",
        ["-m", "reg", "-p", $"{port}", "-P", $"{pid}", "-t", bench.Seconds, "-i", $"{bench.Arguments.Devices}", .. more]);

    private static void Judge(SuiteReport report, Rounds rounds)
    {
        foreach (var (anchor, rate, cpu) in ((string, double, double)[])[(Echo, 0.85, 1.15), (Standin, 2, 0.5)])
        {
            var faster = rounds.BestRatio(Hawser, anchor, s => s.PerSecond("ok"));
            report.Add(new Goal("UDP registrations/s, best window", anchor, faster, rate, AtLeast: true));
            var cheaper = rounds.Ratio(Hawser, anchor, s => s.CpuMicrosecondsPer("ok"));
            report.Add(new Goal("UDP CPU per datagram", anchor, cheaper, cpu, AtLeast: false));
        }
    }

    private static void Allocation(BenchContext bench, SuiteReport report, HawserServer server)
    {
        const string metric = "allocated";
        const int pause = 2000;
        if (!double.IsFinite(server.Metric(metric)))
        {
            report.Note("Allocation: /metrics has no allocation counter, so it was not measured.");
            report.Add(new Goal("UDP allocation a datagram", "-", double.NaN, 0.5, AtLeast: false, "B"));
            return;
        }

        var a = server.Metric(metric);
        Thread.Sleep(pause);
        var b = server.Metric(metric);
        var flood = bench.Tools.Generate("udpgen", "-m", "reg", "-w", "0.01", "-p", $"{server.Rendezvous}", "-t",
            $"{pause / 1000}", "-i", $"{bench.Arguments.Devices}");
        var each = (server.Metric(metric) - b - (b - a)) / flood["ok"];
        report.Note($"Allocation while {flood["ok"]:N0} registrations were answered, less what the idle process and the "
            + $"scrape allocate in the same time ({(b - a) / 1024:N0} KiB): {each:0.000} B a datagram. Under half a byte "
            + "is none: one object would be 24 B.");
        report.Add(new Goal("UDP allocation a datagram", "-", Math.Max(0, each), 0.5, AtLeast: false, "B"));
    }
}
