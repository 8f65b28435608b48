using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>What a registered peer costs, with its key: the difference between a full server and an almost empty one.</summary>
internal static class Memory
{
    private const string Hawser = "hawser, with keys";
    private const string Standin = "Tokio stand-in, without keys";
    private const int Few = 1000;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("memory", "Memory of a registered peer");
        var many = bench.Arguments.Devices;
        List<Candidate> candidates = [new(Hawser, () => Difference(n => HawserKib(bench, n), many))];
        if (bench.Tools.Standin.Length > 0) candidates.Add(new(Standin, () => Difference(n => StandinKib(bench, n), many)));
        var arguments = bench.Arguments with { Rounds = Math.Min(bench.Arguments.Rounds, 3), MaxForeign = 1 };
        var rounds = Rounds.Run(arguments, report, "memory", candidates, _ => 1);
        report.Note($"Two servers, one with {Few + many:N0} devices and one with {Few:N0}, every one registered by a datagram; "
            + "difference of PSS, including what the collector and the loading of the database leave behind. "
            + rounds.Summary);
        report.Table(["server", $"PSS with {Few:N0}, MiB", $"PSS with {Few + many:N0}, MiB", "B a peer", "live GC heap, B a peer"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s["few"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["all"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["each"])),
                Figures.Text(rounds.Median(c.Name, s => s["heap_each"])),
            }));
        report.Add(new Goal($"memory a registered peer with key, {many:N0} peers", "-",
            rounds.Median(Hawser, s => s["each"]), 200, AtLeast: false, "B"));
        return report;
    }

    private static Sample Difference(Func<int, (double Pss, double Heap)> measure, int many)
    {
        var few = measure(Few);
        var all = measure(Few + many);
        return Sample.Of(("few", few.Pss), ("all", all.Pss), ("each", (all.Pss - few.Pss) * 1024 / many),
            ("heap_each", (all.Heap - few.Heap) / many));
    }

    private static (double Pss, double Heap) HawserKib(BenchContext bench, int devices)
    {
        using var server = HawserServer.Start(bench, SeededData.Copy(bench, devices));
        RegisterAll(bench, server.Rendezvous, devices);
        return (ProcessReading.PssKib(server.Pid), server.Metric("gc_last_collection_heap_size"));
    }

    private static (double Pss, double Heap) StandinKib(BenchContext bench, int devices)
    {
        var port = Ports.Block(1);
        using var standin = Anchors.StandinRegistrar(bench, port)!;
        Thread.Sleep(200);
        RegisterAll(bench, port, devices);
        return (ProcessReading.PssKib(standin.Pid), double.NaN);
    }

    private static void RegisterAll(BenchContext bench, int port, int devices)
    {
        var done = bench.Tools.Generate("udpgen", "-m", "once", "-S", "64", "-t", "60", "-i", $"{devices}", "-p", $"{port}");
        if (done["ok"] < devices) throw new InvalidOperationException($"only {done["ok"]} of {devices} peers could register");
        // The same number of datagrams for both, so that only the peers differ.
        bench.Tools.Generate("udpgen", "-m", "reg", "-R", "20000", "-t", "1", "-i", $"{Few}", "-p", $"{port}");
        Thread.Sleep(1500);
    }
}
