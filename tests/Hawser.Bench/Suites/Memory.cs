using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>What a registered peer costs, with its key: the difference between fuller and emptier servers.</summary>
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
        report.Note($"Three servers, with {Few:N0}, {Few + many:N0} and {Few + 2 * many:N0} devices, every one registered by "
            + "a datagram. Growth of PSS, including what the collector and the loading of the database leave behind; that "
            + "part does not grow with the second half, so the last columns show what one more peer costs. "
            + rounds.Summary);
        report.Table(
            ["server", $"PSS with {Few:N0}, MiB", $"with {Few + many:N0}, MiB", $"with {Few + 2 * many:N0}, MiB",
                "B a peer, first half", "B a peer, second half", "live GC heap, B a peer"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s["few"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["half"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["all"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["first"])),
                Figures.Text(rounds.Median(c.Name, s => s["second"])),
                Figures.Text(rounds.Median(c.Name, s => s["heap_each"])),
            }));
        report.Add(new Goal($"memory a registered peer with key, first {many:N0} peers", "-",
            rounds.Median(Hawser, s => s["first"]), 200, AtLeast: false, "B"));
        report.Add(new Goal($"memory a registered peer with key, next {many:N0} peers", "-",
            rounds.Median(Hawser, s => s["second"]), 200, AtLeast: false, "B"));
        return report;
    }

    private static Sample Difference(Func<int, (double Pss, double Heap)> measure, int many)
    {
        var few = measure(Few);
        var half = measure(Few + many);
        var all = measure(Few + 2 * many);
        return Sample.Of(("few", few.Pss), ("half", half.Pss), ("all", all.Pss),
            ("first", (half.Pss - few.Pss) * 1024 / many), ("second", (all.Pss - half.Pss) * 1024 / many),
            ("heap_each", (all.Heap - few.Heap) / (2 * many)));
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
