using System.Globalization;

namespace Hawser.Bench.Machine;

/// <summary>Readings of a running process from /proc.</summary>
internal static class ProcessReading
{
    public static double PssKib(int pid) => Rollup(pid, "Pss:");

    public static double RssKib(int pid) => Rollup(pid, "Rss:");

    public static int Handles(int pid) => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length;

    public static int Threads(int pid) => Directory.GetDirectories($"/proc/{pid}/task").Length;

    /// <summary>CPU seconds of a process, its ended children included.</summary>
    public static double CpuSeconds(int pid)
    {
        var text = File.ReadAllText($"/proc/{pid}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return fields[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture)) / 100;
    }

    /// <summary>CPU seconds that the machine's processes used, and that the host took away.</summary>
    public static (double Busy, double Stolen) MachineSeconds()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double At(int i) => double.Parse(fields[i], CultureInfo.InvariantCulture) / 100;
        return (At(1) + At(2) + At(3), At(8));
    }

    private static double Rollup(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
