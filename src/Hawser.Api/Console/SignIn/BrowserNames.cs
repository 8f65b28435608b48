namespace Hawser.Api.Console.SignIn;

/// <summary>What people call the browser and the system of a user agent; only for lists of sessions.</summary>
internal static class BrowserNames
{
    // In this order: most browsers also claim to be those further down.
    private static readonly (string Mark, string Name)[] Browsers =
    [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iPadOS"), ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ];

    /// <summary>The names; empty where nothing is known.</summary>
    public static (string Browser, string System) Of(string agent)
    {
        agent = agent.Length > 500 ? agent[..500] : agent;
        return (Find(Browsers, agent), Find(Systems, agent));
    }

    private static string Find((string Mark, string Name)[] names, string agent) =>
        Array.Find(names, n => agent.Contains(n.Mark, StringComparison.Ordinal)).Name ?? "";
}
