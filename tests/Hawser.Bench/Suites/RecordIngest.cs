using System.Security.Cryptography;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>
/// Pieces of recordings coming in: chunks by Socket.IO against the disk alone under the same policy, parts by REST against
/// nginx that takes PUT.
/// </summary>
internal static class RecordIngest
{
    private const int Piece = 1 << 20;
    private const string Raw = "the disk alone, one file a writer";
    private const string RawFiles = "the disk alone, a file a piece";
    private const string RawParts = "the disk alone, nothing received";
    private const string Nginx = "nginx dav_methods PUT";
    private const string Each = "hawser, each";
    private const string Group = "hawser, group";
    private const string None = "hawser, none";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("record-ingest", "Recordings coming in");
        var port = Ports.Block(1);
        using var nginx = Anchors.NginxPut(bench, port);
        using var each = RecordServers.Start(bench, "each");
        using var group = RecordServers.Start(bench, "group");
        using var none = RecordServers.Start(bench, "none");
        Check(bench, report, each);
        report.Note("Pieces of 1 MiB, two chunks under way on a connection, or one part. \"each\", \"group\" and \"none\" are "
            + "`--recorder-flush`; the disk alone is a C program that writes, and flushes each piece where its line says so. "
            + "Chunks are also numbered, given a name and a row; that is in the time. A PUT makes a file "
            + "of each piece, a part is added to its recording; both begin anew after 128 MiB.");
        Flushed(bench, report, each, group);
        Measure(bench, report, "chunks, nothing flushed, 8 recordings",
            [Disk(bench, Raw, "none", 8), Chunks(bench, None, none, 8)], null);
        foreach (var connections in (int[])[1, 8])
        {
            var what = $"parts by REST, nothing flushed, {Words(connections)}";
            var rounds = Measure(bench, report, what,
                [
                    new Candidate(Nginx, () => Generate(bench, "put", port, nginx.Pid, connections)),
                    Disk(bench, RawParts, "none", connections),
                    Uploads(bench, None, none, connections),
                ], nginx);
            report.Add(new Goal(
                $"MB/s, {what}", Nginx, rounds.BestRatio(None, Nginx, s => s.GigabytesPerSecond), 2, AtLeast: true));
            report.Add(new Goal(
                $"CPU per GB, {what}", Nginx, rounds.Ratio(None, Nginx, s => s.CpuPerGigabyte), 0.5, AtLeast: false));
            // What the file system takes is the floor of it, whoever writes.
            report.Add(new Goal(
                $"CPU per GB, {what}", RawParts, rounds.Ratio(None, RawParts, s => s.CpuPerGigabyte), 2, AtLeast: false));
        }

        report.Note($"Memory of the three servers afterwards: {string.Join(", ", ((HawserServer[])[each, group, none])
            .Select(s => $"{ProcessReading.PssKib(s.Pid) / 1024:N0}"))} MiB PSS.");
        RecordServers.Clean(each, group, none);
        return report;
    }

    private static void Flushed(BenchContext bench, SuiteReport report, HawserServer each, HawserServer group)
    {
        const string what = "chunks, flushed, 8 recordings";
        var rounds = Measure(bench, report, what,
            [
                Disk(bench, Raw, "each", 8), Disk(bench, RawFiles, "file", 8), Chunks(bench, Each, each, 8),
                Chunks(bench, Group, group, 8),
            ], null);
        Add(Each, Raw);
        Add(Group, Raw);
        const string one = "chunks, flushed, 1 recording";
        rounds = Measure(bench, report, one, [Disk(bench, Raw, "each", 1), Chunks(bench, Each, each, 1)], null);
        Add(Each, Raw, one);
        const string parts = "parts by REST, flushed, 8 recordings";
        rounds = Measure(bench, report, parts, [Disk(bench, Raw, "each", 8), Uploads(bench, Each, each, 8)], null);
        Add(Each, Raw, parts);

        void Add(string candidate, string anchor, string of = what) => report.Add(new Goal($"MB/s, {of}, {candidate}", anchor,
            rounds.BestRatio(candidate, anchor, s => s.GigabytesPerSecond), 0.3, AtLeast: true));
    }

    /// <summary>Not timed: every chunk that was acknowledged is there, and is what was sent; what a chunk allocates.</summary>
    private static void Check(BenchContext bench, SuiteReport report, HawserServer server)
    {
        const int connections = 4, chunks = 200;
        foreach (var (name, isWarm) in ((string, bool)[])[("warm", false), ("check", true)])
        {
            var before = server.Metric(RecordServers.Allocated);
            var sample = bench.Tools.Generate("recordgen", "-m", "chunks", "-p", $"{server.RecorderPort}", "-P", $"{server.Pid}",
                "-S", $"{connections}", "-b", $"{Piece}", "-n", $"{chunks}", "-w", "0", "-t", "600", "-u", name);
            var after = server.Metric(RecordServers.Allocated);
            if (!isWarm) continue;
            var right = Enumerable.Range(0, connections).Sum(i => Same(Path.Combine(server.Recordings, $"{name}-{i}")));
            report.Note($"Data check, not timed: {sample["ok"]:N0} chunks acknowledged, {right:N0} files with the bytes that were "
                + $"sent. Allocated by the whole server meanwhile: {(after - before) / sample["ok"] / 1024:N1} KiB a chunk of 1 MiB.");
            report.Add(new Goal("chunks acknowledged that are there, byte for byte", "acknowledged", right / sample["ok"], 1, AtLeast: true));
            report.Add(new Goal("allocated a chunk of 1 MiB, the database's part included", "-",
                (after - before) / sample["ok"] / 1024, 128, AtLeast: false, "KiB"));
        }

        RecordServers.Clean(server);
    }

    // All chunks of a run are the same bytes.
    private static int Same(string folder)
    {
        var hashes = Directory.GetFiles(folder, "chunk-*.webm").Where(f => new FileInfo(f).Length == Piece)
            .Select(f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))).GroupBy(h => h, StringComparer.Ordinal);
        return hashes.Select(g => g.Count()).DefaultIfEmpty().Max();
    }

    private static Rounds Measure(
        BenchContext bench, SuiteReport report, string what, IReadOnlyList<Candidate> candidates, Child? warm)
    {
        // What was written before this may still be on its way to the disk.
        Settle();
        if (warm is not null) candidates[0].Measure();
        candidates[^1].Measure();
        var rounds = Rounds.Run(bench.Arguments, report, what, candidates, s => s.GigabytesPerSecond);
        report.Note($"**{what}.** {rounds.Summary}");
        report.Table(["who", "MB/s best (median)", "CPU-s/GB", "ms a piece p50 / p99", "generator CPU-s/GB", "refused"],
            candidates.Select(c => new[]
            {
                c.Name,
                $"{Figures.Text(rounds.Best(c.Name, s => s.GigabytesPerSecond) * 1000)} "
                    + $"({Figures.Text(rounds.Median(c.Name, s => s.GigabytesPerSecond) * 1000)})",
                Figures.Text(rounds.Median(c.Name, s => s.CpuPerGigabyte)),
                $"{Figures.Text(rounds.Median(c.Name, s => s["p50"]) / 1000)} / {Figures.Text(rounds.Median(c.Name, s => s["p99"]) / 1000)}",
                c.Name.StartsWith("the disk", StringComparison.Ordinal)
                    ? "-" : Figures.Text(rounds.Median(c.Name, s => s["gen_cpu"] / (s["bytes"] / 1e9))),
                Figures.Text(rounds.Median(c.Name, s => s["bad"])),
            }));
        return rounds;
    }

    private static Candidate Disk(BenchContext bench, string name, string flush, int writers) => new(name, () =>
    {
        Settle();
        var folder = bench.Tools.InWork("disk");
        Directory.CreateDirectory(folder);
        var sample = bench.Tools.Generate("recordgen", "-m", "disk", "-f", flush, "-S", $"{writers}", "-b", $"{Piece}",
            "-d", folder, "-t", bench.Seconds, "-w", "0.5");
        Directory.Delete(folder, true);
        return sample;
    });

    private static Candidate Chunks(BenchContext bench, string name, HawserServer server, int connections) =>
        new(name, () => Generate(bench, "chunks", server.RecorderPort, server.Pid, connections));

    private static Candidate Uploads(BenchContext bench, string name, HawserServer server, int connections) =>
        new(name, () => Generate(bench, "upload", server.HttpPort, server.Pid, connections));

    private static Sample Generate(BenchContext bench, string mode, int port, int pid, int connections)
    {
        Settle();
        return bench.Tools.Generate("recordgen", "-m", mode, "-p", $"{port}", "-P", $"{pid}", "-S", $"{connections}", "-b", $"{Piece}",
            "-t", bench.Seconds, "-w", "1", "-u", RecordServers.NewId());
    }

    // What one left in the system's memory must not be written in the time of the next.
    private static void Settle() => Child.Run("sync", []);

    private static string Words(int connections) => connections == 1 ? "1 recording" : $"{connections} recordings";
}
