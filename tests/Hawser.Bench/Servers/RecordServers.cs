using System.Globalization;

namespace Hawser.Bench.Servers;

/// <summary>Servers that recorders and uploading clients may use as much as they like.</summary>
internal static class RecordServers
{
    /// <summary>The runtime's count of allocated bytes in /metrics.</summary>
    public const string Allocated = "dotnet_gc_heap_total_allocated";

    private static int s_ids;

    /// <summary>A server with 100 known devices, whose uploads are taken, and a policy of flushing.</summary>
    public static HawserServer Start(BenchContext bench, string flush, params string[] more) => HawserServer.Start(
        bench, SeededData.Copy(bench, 100),
        [
            "--recorder-flush", flush, "--recorder-uploads", "known", "--recorder-max-open", "100000",
            "--recorder-max-device-per-day", "16000000", "--recorder-max-chunks", "1000000", "--recorder-max-recording", "1000000",
            .. more,
        ]);

    /// <summary>One with a database on a PostgreSQL server, and without Redis.</summary>
    public static HawserServer Start(BenchContext bench, string flush, PostgresServer postgres) => HawserServer.Start(
        bench, null,
        "--database", postgres.Database("bench_" + flush), "--recorder-flush", flush, "--recorder-max-open", "100000",
        "--recorder-max-chunks", "1000000", "--recorder-max-recording", "1000000", "--recorder-max-owner-starts", "100000");

    /// <summary>A name that no recording has yet.</summary>
    public static string NewId() => string.Create(CultureInfo.InvariantCulture, $"bench{++s_ids}");

    /// <summary>
    /// Removes the bytes that are there. Not between rounds: ext4 goes round what was deleted in the last seconds, and
    /// whoever makes files then pays for it.
    /// </summary>
    public static void Clean(params HawserServer[] servers)
    {
        foreach (var folder in servers.Where(s => Directory.Exists(s.Recordings)).SelectMany(s => Directory.GetDirectories(s.Recordings)))
        {
            Directory.Delete(folder, true);
        }
    }
}
