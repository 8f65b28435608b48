namespace Hawser.Server.Configuration;

/// <summary>Which options a SIGHUP takes over, and what changed between two readings.</summary>
internal static class Reloading
{
    private static readonly string[] Fixed =
    [
        "data", "bind", "role", "key", "initialKey", "publicHost", "importFrom", "announceTo", "advertise", "joinKey",
            "http.", "recorder.",
        "rendezvous.port", "rendezvous.udpThreads", "rendezvous.udpReceiveBuffer", "rendezvous.textConsole",
        "relay.port", "relay.loops", "relay.portable", "relay.textConsole", "log.format",
    ];

    public static bool NeedsRestart(OptionDefinition option) =>
        Fixed.Any(f => f.EndsWith('.') ? option.Path.StartsWith(f, StringComparison.Ordinal) : option.Path == f);

    /// <summary>The pinned members of settings that differ; they count at the next start.</summary>
    public static IEnumerable<string> ChangedPins(HawserOptions before, HawserOptions after)
    {
        var (old, now) = (Texts(before), Texts(after));
        return old.Except(now).Concat(now.Except(old)).Select(p => p.Path).Distinct();

        static List<(string Path, string Value)> Texts(HawserOptions options) =>
            [.. options.Pins.Select(p => (PinReader.PathOf(p), p.Value?.ToJsonString() ?? ""))];
    }

    public static IReadOnlyList<OptionDefinition> Changed(HawserOptions before, HawserOptions after) =>
        [.. OptionTable.All.Where(o => o.FileOf is null && o.Text(before) != o.Text(after))];
}
