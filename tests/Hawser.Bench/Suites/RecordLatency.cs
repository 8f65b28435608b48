using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>A hundred recorders with a chunk a second each: from the moment a chunk is due until it is acknowledged.</summary>
internal static class RecordLatency
{
    private const int Recorders = 100, Bytes = 250_000;
    private const string Raw = "the disk alone, flushed each";
    private const string Each = "hawser, each";
    private const string Group = "hawser, group";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("record-latency", "Chunk to chunkSaved");
        using var each = RecordServers.Start(bench, "each");
        using var group = RecordServers.Start(bench, "group");
        var seconds = Math.Max(10, (int)bench.Arguments.Seconds);
        Candidate[] candidates =
        [
            new(Raw, () => Disk(bench, seconds)), new(Each, () => Chunks(bench, each, seconds)),
            new(Group, () => Chunks(bench, group, seconds)),
        ];
        Chunks(bench, each, 3);
        Chunks(bench, group, 3);
        var (pssEach, pssGroup) = (ProcessReading.PssKib(each.Pid), ProcessReading.PssKib(group.Pid));
        // What is due at a rate is no ceiling that could vary.
        var rounds = Rounds.Run(bench.Arguments, report, "100 recorders", candidates, _ => double.NaN);
        report.Note($"{Recorders} recordings, each a chunk of {Bytes:N0} bytes a second for {seconds} s, spread over the second; timed "
            + $"from when it was due. The disk alone: {Recorders} threads, a file each. {rounds.Summary}");
        report.Table(["who", "p50 ms", "p99 ms", "longest ms", "CPU ms a chunk", "allocated KiB a chunk", "saved", "refused"],
            candidates.Select(c => new[]
            {
                c.Name, Milliseconds(c, "p50"), Milliseconds(c, "p99"), Milliseconds(c, "max"),
                Figures.Text(rounds.Median(c.Name, s => s.CpuMicrosecondsPer("ok") / 1000)),
                Figures.Text(rounds.Median(c.Name, s => s["allocated"] / s["ok"] / 1024)),
                Figures.Text(rounds.Median(c.Name, s => s["ok"])), Figures.Text(rounds.Median(c.Name, s => s["bad"])),
            }));
        foreach (var (name, server, before) in ((string, HawserServer, double)[])[(Each, each, pssEach), (Group, group, pssGroup)])
        {
            report.Add(new Goal($"p99 until chunkSaved, {name}", "-", P99(name), 500, AtLeast: false, "ms"));
            report.Add(new Goal($"chunks refused, {name}", "-", Figures.Best(rounds.Of(name).Select(s => s["bad"])), 0, AtLeast: false, ""));
            report.Add(new Goal($"growth of PSS over the rounds, {name}", "-",
                (ProcessReading.PssKib(server.Pid) - before) / 1024, 32, AtLeast: false, "MiB"));
        }

        RecordServers.Clean(each, group);
        return report;

        string Milliseconds(Candidate c, string what) => Figures.Text(rounds.Median(c.Name, s => s[what]) / 1000);
        double P99(string name) => rounds.Refusal.Length > 0 ? double.NaN : rounds.Median(name, s => s["p99"]) / 1000;
    }

    private static Sample Chunks(BenchContext bench, HawserServer server, int seconds)
    {
        var before = server.Metric(RecordServers.Allocated);
        var sample = bench.Tools.Generate("recordgen", "-m", "chunks", "-p", $"{server.RecorderPort}", "-P", $"{server.Pid}", "-S",
            $"{Recorders}", "-b", $"{Bytes}", "-r", "1", "-n", $"{seconds}", "-w", "0", "-t", "600", "-u", RecordServers.NewId());
        return sample.With("allocated", server.Metric(RecordServers.Allocated) - before);
    }

    private static Sample Disk(BenchContext bench, int seconds)
    {
        var folder = bench.Tools.InWork("disk");
        Directory.CreateDirectory(folder);
        var sample = bench.Tools.Generate("recordgen", "-m", "disk", "-f", "each", "-S", $"{Recorders}", "-b", $"{Bytes}", "-r", "1",
            "-d", folder, "-t", $"{seconds}", "-w", "1");
        Directory.Delete(folder, true);
        return sample;
    }
}
