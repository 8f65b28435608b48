using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>
/// Recorders with a chunk a second each, from the moment a chunk is due until it is acknowledged: a hundred on one node, and
/// two hundred where PostgreSQL is the database and numbers the chunks as well.
/// </summary>
internal static class RecordLatency
{
    private const int Bytes = 250_000;
    private const string Raw = "the disk alone, flushed each";
    private const string Each = "hawser, each";
    private const string Group = "hawser, group";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("record-latency", "Chunk to chunkSaved");
        using var each = RecordServers.Start(bench, "each");
        using var group = RecordServers.Start(bench, "group");
        Measure(bench, report, each, group, 100);
        return report;
    }

    public static SuiteReport RunPostgres(BenchContext bench)
    {
        var report = new SuiteReport("record-postgres", "Chunk to chunkSaved with PostgreSQL");
        using var postgres = PostgresServer.Start(bench);
        if (postgres is null)
        {
            report.Note("PostgreSQL is not installed here.");
            return report;
        }

        using var each = RecordServers.Start(bench, "each", postgres);
        using var group = RecordServers.Start(bench, "group", postgres);
        Measure(bench, report, each, group, 200);
        report.Note("PostgreSQL runs on the same disk and the same cores, forces every commit to the disk, and numbers the chunks; there "
            + "is no Redis. Its own CPU is not in the table.");
        return report;
    }

    private static void Measure(BenchContext bench, SuiteReport report, HawserServer each, HawserServer group, int recorders)
    {
        var seconds = Math.Max(10, (int)bench.Arguments.Seconds);
        Candidate[] candidates =
        [
            new(Raw, () => Disk(bench, recorders, seconds)), new(Each, () => Chunks(bench, each, recorders, seconds)),
            new(Group, () => Chunks(bench, group, recorders, seconds)),
        ];
        Chunks(bench, each, recorders, 3);
        Chunks(bench, group, recorders, 3);
        var (pssEach, pssGroup) = (ProcessReading.PssKib(each.Pid), ProcessReading.PssKib(group.Pid));
        // What is due at a rate is no ceiling that could vary.
        var rounds = Rounds.Run(bench.Arguments, report, $"{recorders} recorders", candidates, _ => double.NaN);
        report.Note($"{recorders} recordings, each a chunk of {Bytes:N0} bytes a second for {seconds} s, spread over the second; timed "
            + $"from when it was due. The disk alone: {recorders} threads, a file each. {rounds.Summary}");
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
                (ProcessReading.PssKib(server.Pid) - before) / 1024, 0.32 * recorders, AtLeast: false, "MiB"));
        }

        RecordServers.Clean(each, group);

        string Milliseconds(Candidate c, string what) => Figures.Text(rounds.Median(c.Name, s => s[what]) / 1000);
        double P99(string name) => rounds.Refusal.Length > 0 ? double.NaN : rounds.Median(name, s => s["p99"]) / 1000;
    }

    private static Sample Chunks(BenchContext bench, HawserServer server, int recorders, int seconds)
    {
        var before = server.Metric(RecordServers.Allocated);
        var sample = bench.Tools.Generate("recordgen", "-m", "chunks", "-p", $"{server.RecorderPort}", "-P", $"{server.Pid}", "-S",
            $"{recorders}", "-b", $"{Bytes}", "-r", "1", "-n", $"{seconds}", "-w", "0", "-t", "600", "-u", RecordServers.NewId());
        return sample.With("allocated", server.Metric(RecordServers.Allocated) - before);
    }

    private static Sample Disk(BenchContext bench, int recorders, int seconds)
    {
        var folder = bench.Tools.InWork("disk");
        Directory.CreateDirectory(folder);
        var sample = bench.Tools.Generate("recordgen", "-m", "disk", "-f", "each", "-S", $"{recorders}", "-b", $"{Bytes}", "-r", "1",
            "-d", folder, "-t", $"{seconds}", "-w", "1");
        Directory.Delete(folder, true);
        return sample;
    }
}
