using System.Globalization;

namespace Hawser.Agent.Linux;

/// <summary>An account of this machine, by the system's user list.</summary>
internal sealed record LocalUser(string Name, string Home, string Shell, uint Group)
{
    private const uint NoGroup = 65534;

    /// <summary>The account that the agent runs as.</summary>
    public static LocalUser Current()
    {
        var name = Environment.UserName;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var listed = Find(p => p[0] == name);
        if (home.Length == 0) home = listed?.Home ?? "";
        string[] candidates = [listed?.Shell ?? "", "/bin/bash", "/bin/sh"];
        var usable = candidates.First(s => s == "/bin/sh" || (s.StartsWith('/') && File.Exists(s) && !IsNoShell(s)));
        return new LocalUser(name, home.Length > 0 ? home : "/", usable, listed?.Group ?? NoGroup);
    }

    /// <summary>The account of a number; null when the list does not have it.</summary>
    public static LocalUser? Of(uint number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return Find(p => p[2] == text);
    }

    private static LocalUser? Find(Func<string[], bool> isIt)
    {
        if (!File.Exists("/etc/passwd")) return null;
        var line = File.ReadLines("/etc/passwd").Select(l => l.Split(':'))
            .FirstOrDefault(p => p.Length >= 7 && isIt(p));
        if (line is null) return null;
        var group = uint.TryParse(line[3], NumberStyles.None, CultureInfo.InvariantCulture, out var g) ? g : NoGroup;
        return new LocalUser(line[0], line[5], line[6], group);
    }

    private static bool IsNoShell(string path) => Path.GetFileName(path) is "nologin" or "false";
}
