namespace Hawser.Agent.Linux;

/// <summary>The account that the agent runs as: its shell and home by the system's user list.</summary>
internal sealed record LocalUser(string Name, string Home, string Shell)
{
    public static LocalUser Current()
    {
        var name = Environment.UserName;
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var shell = "";
        if (File.Exists("/etc/passwd"))
        {
            var line = File.ReadLines("/etc/passwd").Select(l => l.Split(':'))
                .FirstOrDefault(p => p.Length >= 7 && p[0] == name);
            if (line is not null)
            {
                if (home.Length == 0) home = line[5];
                shell = line[6];
            }
        }

        string[] candidates = [shell, "/bin/bash", "/bin/sh"];
        var usable = candidates.First(s => s == "/bin/sh" || (s.StartsWith('/') && File.Exists(s) && !IsNoShell(s)));
        return new LocalUser(name, home.Length > 0 ? home : "/", usable);
    }

    private static bool IsNoShell(string path) => Path.GetFileName(path) is "nologin" or "false";
}
