using System.Globalization;
using System.Runtime.InteropServices;

namespace Hawser.Agent.Serving;

/// <summary>What a device tells the server of itself (http-api §8.1).</summary>
internal static class SystemFacts
{
    public static Dictionary<string, object> Gather(AgentIdentity who, string uuid, string version, string user)
    {
        var facts = new Dictionary<string, object>
        {
            ["id"] = who.Id,
            ["uuid"] = uuid,
            ["version"] = version,
            ["cpu"] = Cpu(),
            ["memory"] = Memory(),
            ["os"] = System(),
            ["hostname"] = Environment.MachineName,
        };
        if (user.Length > 0) facts["username"] = user;
        return facts;
    }

    private static string Cpu()
    {
        var lines = ReadLines("/proc/cpuinfo");
        var brand = Field(lines, "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        _ = double.TryParse(Field(lines, "cpu MHz"), NumberStyles.Float, CultureInfo.InvariantCulture, out var mhz);
        var cores = Field(lines, "cpu cores") ?? Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{brand}, {mhz / 1000:0.00}GHz, {Environment.ProcessorCount}/{cores} cores");
    }

    private static string Memory()
    {
        var text = Field(ReadLines("/proc/meminfo"), "MemTotal") ?? "0";
        _ = long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var kib);
        return string.Create(CultureInfo.InvariantCulture, $"{kib / 1024.0 / 1024.0:0.00}GB");
    }

    private static string System()
    {
        var lines = ReadLines("/etc/os-release");
        string? Of(string name) => lines.FirstOrDefault(l => l.StartsWith(name + "=", StringComparison.Ordinal))
            ?[(name.Length + 1)..].Trim('"');
        var text = $"{Of("ID") ?? "linux"} / Linux {Of("VERSION_ID")} {Of("NAME")}";
        return text.Replace("  ", " ", StringComparison.Ordinal);
    }

    private static string? Field(string[] lines, string name) => lines
        .Select(l => l.Split(':', 2)).FirstOrDefault(p => p.Length == 2 && p[0].Trim() == name)?[1].Trim();

    private static string[] ReadLines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
