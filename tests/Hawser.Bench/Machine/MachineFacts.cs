using System.Globalization;
using System.Runtime.InteropServices;

namespace Hawser.Bench.Machine;

/// <summary>What the figures were taken on.</summary>
internal static class MachineFacts
{
    public static IReadOnlyList<string> Read()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return
        [
            $"{Environment.ProcessorCount} cores, {cpu?.Split(':')[1].Trim() ?? "unknown CPU"}, "
                + $"{long.Parse(memory, CultureInfo.InvariantCulture) >> 20} GiB memory",
            $"{RuntimeInformation.OSDescription}, kernel {Environment.OSVersion.Version}, .NET {Environment.Version}",
            $"{Toolbox.VersionOf("haproxy", "-v")}; {Toolbox.VersionOf("nginx", "-v")}; {Toolbox.VersionOf("cargo", "-V")}",
            "loopback only; servers and generators share the cores, so only ratios within one run mean something",
        ];
    }
}
