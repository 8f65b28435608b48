using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>Many gigabytes streamed through one server: its memory must not notice.</summary>
internal static class RecordMemory
{
    private const int Recordings = 8, Piece = 1 << 20;
    private const int ChunksOfEach = (int)(1e9 / Recordings / Piece) + 1;

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("record-memory", "Memory while recordings stream in");
        using var server = RecordServers.Start(bench, "each");
        var gigabytes = (int)Math.Max(2, bench.Arguments.Gigabytes);
        var readings = new List<(double Gigabytes, double Pss, double Heap, double Seconds, double Allocated)>();
        double bytes = 0, refused = 0;
        for (var slice = 0; slice < gigabytes; slice++)
        {
            var before = server.Metric(RecordServers.Allocated);
            var sample = bench.Tools.Generate("recordgen", "-m", "chunks", "-p", $"{server.RecorderPort}", "-P", $"{server.Pid}", "-S",
                $"{Recordings}", "-b", $"{Piece}", "-n", $"{ChunksOfEach}", "-w", "0", "-t", "3600", "-u", RecordServers.NewId());
            report.Keep("slice", sample);
            bytes += sample["bytes"];
            refused += sample["bad"];
            readings.Add((bytes / 1e9, ProcessReading.PssKib(server.Pid) / 1024, server.Metric("dotnet_gc_last_collection_heap_size") / 1048576,
                sample["seconds"], (server.Metric(RecordServers.Allocated) - before) / sample["ok"] / 1024));
            Console.WriteLine($"  {bytes / 1e9:0.0} GB, {readings[^1].Pss:0} MiB PSS");
            RecordServers.Clean(server);
        }

        report.Note($"{bytes / 1e9:0.0} GB in chunks of 1 MiB, {Recordings} recordings at a time, flushed each; deleted after each gigabyte.");
        report.Table(["GB so far", "PSS MiB", "heap MiB", "seconds for this one", "allocated KiB a chunk"],
            readings.Select(r => new[]
            {
                $"{r.Gigabytes:0.0}", Figures.Text(r.Pss), Figures.Text(r.Heap), Figures.Text(r.Seconds), Figures.Text(r.Allocated),
            }));
        // The first gigabyte warms up.
        var late = readings.Skip(1).Max(r => r.Pss);
        report.Add(new Goal("most PSS later against PSS after the first gigabyte", "-", late - readings[0].Pss, 48, AtLeast: false, "MiB"));
        report.Add(new Goal("chunks refused", "-", refused, 0, AtLeast: false, ""));
        return report;
    }
}
