using System.Globalization;

namespace Hawser.Bench.Machine;

/// <summary>Readings of a running process from /proc.</summary>
internal static class ProcessReading
{
    public static double PssKib(int pid) => Rollup(pid, "Pss:");

    public static double RssKib(int pid) => Rollup(pid, "Rss:");

    public static int Handles(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    public static int Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Length;

    private static double Rollup(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
