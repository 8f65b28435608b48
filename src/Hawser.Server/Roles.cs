namespace Hawser.Server;

/// <summary>Which roles run in this process.</summary>
internal readonly record struct Roles(bool Rendezvous, bool Relay, bool Api, bool Recorder)
{
    public static Roles Of(HawserOptions options)
    {
        var names = new HashSet<string>(options.Role, StringComparer.OrdinalIgnoreCase);
        var all = names.Count == 0 || names.Contains("all");
        return new Roles(all || names.Contains("rendezvous"), all || names.Contains("relay"), all
            || names.Contains("api"), all || names.Contains("recorder"));
    }

    public override string ToString()
    {
        string[] names = [Rendezvous ? "rendezvous" : "", Relay ? "relay" : "", Api ? "api" : "",
            Recorder ? "recorder" : ""];
        return string.Join(", ", names.Where(n => n.Length > 0));
    }
}
