using System.Globalization;
using Hawser.Server.Configuration;

namespace Hawser.Server;

/// <summary>A name that hbbs, hbbr or their container images understand.</summary>
/// <param name="Name">Upper case with dashes.</param>
/// <param name="Path">The option it sets; empty: it has no effect here, or needs more than copying.</param>
internal sealed record LegacyName(string Name, string Path);

/// <summary>One such name with the value that somebody gave it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The text.</param>
/// <param name="Layer">How much it counts.</param>
/// <param name="Origin">Where it was written, for people.</param>
internal sealed record LegacySetting(LegacyName Name, string Value, OptionLayer Layer, string Origin);

/// <summary>
/// Names that others use for options: flags of hbbs and hbbr, their variables in the environment or a .env file, those
/// of their container images, and the variables of the screen recorder's backend. They are translated here and known
/// nowhere else.
/// </summary>
internal static class LegacyNames
{
    private static readonly LegacyName[] Names =
    [
        new("PORT", ""), new("BIND", "bind"), new("KEY", "key"), new("RELAY-SERVERS", "rendezvous.relayServers"),
        new("RELAY", "rendezvous.relayServers"), new("RENDEZVOUS-SERVERS", "rendezvous.rendezvousServers"),
        new("SERIAL", "rendezvous.serial"), new("RMEM", "rendezvous.udpReceiveBuffer"),
            new("MASK", "rendezvous.lanNetworks"),
        new("LOCAL-IP", "rendezvous.localRelay"), new("ALWAYS-USE-RELAY", "rendezvous.alwaysUseRelay"),
        new("MUST-LOGIN", "rendezvous.requireLogin"), new("LOGGED-IN-ONLY", "rendezvous.requireLogin"),
        new("DB-URL", "importFrom"), new("SINGLE-BANDWIDTH", "relay.singleBandwidth"),
            new("TOTAL-BANDWIDTH", "relay.totalBandwidth"),
        new("LIMIT-SPEED", "relay.limitSpeed"), new("DOWNGRADE-THRESHOLD", "relay.downgradeThreshold"),
        new("DOWNGRADE-START-CHECK", "relay.downgradeStartCheck"), new("ENCRYPTED-ONLY", ""),
            new("KEY-PRIV", "initialKey"),
        new("KEY-PUB", ""), new("SOFTWARE-URL", ""), new("TEST-HBBS", ""), new("MAX-DATABASE-CONNECTIONS", ""),
        new("PORT-FOR-API", ""), new("RUST-LOG", "log.level"),
        new("REDIS-HOST", "redis.host"), new("REDIS-PORT", "redis.port"),
        // Those of the screen recorder's backend.
        new("WEBSOCKET-PORT", "recorder.port"), new("API-BASE-URL", "recorder.publicAddress"),
        new("STORAGE-LOCAL-PATH", "recorder.folder"), new("CLEANUP-CHUNKS", "recorder.keepChunks"),
    ];

    private static readonly Dictionary<string, string> Flags = new(StringComparer.Ordinal)
    {
        ["-p"] = "PORT", ["--port"] = "PORT", ["-b"] = "BIND", ["-k"] = "KEY", ["-r"] = "RELAY-SERVERS",
            ["--relay-servers"] = "RELAY-SERVERS",
        ["-R"] = "RENDEZVOUS-SERVERS", ["--rendezvous-servers"] = "RENDEZVOUS-SERVERS", ["-s"] = "SERIAL",
            ["--serial"] = "SERIAL",
        ["-u"] = "SOFTWARE-URL", ["--software-url"] = "SOFTWARE-URL", ["-M"] = "RMEM", ["--rmem"] = "RMEM",
            ["--mask"] = "MASK",
        ["--must-login"] = "MUST-LOGIN", ["--logged-in-only"] = "LOGGED-IN-ONLY",
    };

    /// <summary>
    /// The variables whose presence in an unrelated environment is likely; told when they decide something.
    /// </summary>
    private static readonly string[] WithoutEffect = ["SOFTWARE-URL", "TEST-HBBS", "MAX-DATABASE-CONNECTIONS",
        "PORT-FOR-API"];

    /// <summary>Every variable, for the documentation.</summary>
    public static IEnumerable<LegacyName> Variables => Names;

    /// <summary>Every flag and the variable that means the same, for the documentation.</summary>
    public static IEnumerable<KeyValuePair<string, string>> CommandLine => Flags;

    public static LegacyName? FindFlag(string flag) => Flags.TryGetValue(flag, out var name) ? Named(name) : null;

    /// <summary>Any case, <c>_</c> and <c>-</c> equal.</summary>
    public static LegacyName? FindVariable(string name)
    {
        var spelled = name.Replace('_', '-');
        return Array.Find(Names, n => string.Equals(n.Name, spelled, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Which spelling of one name wins: UPPER-DASH, UPPER_UNDERSCORE, lower-dash, lower_underscore, then any other.
    /// </summary>
    public static int SpellingRank(string name)
    {
        var dashed = !name.Contains('_');
        var underscored = !name.Contains('-');
        if (!name.Any(char.IsAsciiLetterLower)) return dashed ? 0 : underscored ? 1 : 4;
        if (!name.Any(char.IsAsciiLetterUpper)) return dashed ? 2 : underscored ? 3 : 4;
        return 4;
    }

    /// <summary>Orders names by <see cref="SpellingRank"/>, then by their characters.</summary>
    public static int CompareSpelling(string a, string b)
    {
        var rank = SpellingRank(a) - SpellingRank(b);
        return rank != 0 ? rank : string.CompareOrdinal(a, b);
    }

    /// <summary>Translates what was found.</summary>
    /// <param name="found">Names with their values.</param>
    /// <param name="relayOnly">Whether this process is a relay and nothing else, so that a port means the
    /// relay's.</param>
    /// <param name="notices">Told about names without effect.</param>
    /// <param name="errors">Told about values that contradict each other.</param>
    public static IReadOnlyList<OptionSetting> Translate(
        IReadOnlyList<LegacySetting> found, bool relayOnly,
            List<string> notices, List<string> errors)
    {
        var settings = new List<OptionSetting>();
        foreach (var (name, value, layer, origin) in found)
        {
            void Set(string path, string text) =>
                settings.Add(new OptionSetting(OptionTable.At(path), [text], layer, origin));
            bool Given(string other) => found.Any(f => f.Name.Name == other && f.Layer == layer);
            switch (name.Name)
            {
                case "PORT":
                    SetPort(value, layer, origin, relayOnly, Set, errors);
                    break;
                case "ENCRYPTED-ONLY":
                    if (value.Trim() == "1" && !Given("KEY")) Set("key", "_");
                    break;
                case "RELAY" when Given("RELAY-SERVERS"):
                    break;
                case "LOCAL-IP" when !found.Any(f => f.Name.Name == "MASK"):
                    break;
                case "KEY-PUB":
                    CheckPair(found, value, origin, errors);
                    break;
                case "KEY-PRIV" when !found.Any(f => f.Name.Name == "KEY-PUB"):
                    errors.Add($"{origin}: KEY_PUB and KEY_PRIV must be given together");
                    break;
                case "RUST-LOG":
                    if (Enum.TryParse<LogVerbosity>(RustLevel(value), ignoreCase: true, out _)) Set("log.level",
                        RustLevel(value));
                    break;
                case "ALWAYS-USE-RELAY" or "MUST-LOGIN" or "LOGGED-IN-ONLY":
                    Set(name.Path, Switch.TryRead(value.Trim(), out var on) && on ? "true" : "false");
                    break;
                case "SINGLE-BANDWIDTH" or "TOTAL-BANDWIDTH" or "LIMIT-SPEED":
                case "DOWNGRADE-THRESHOLD" or "DOWNGRADE-START-CHECK":
                    if (IsPositive(value)) Set(name.Path, value.Trim());
                    else notices.Add($"{origin}: \"{value}\" is not a positive number and is ignored, as hbbr does");
                    break;
                case "CLEANUP-CHUNKS":
                    // Only that very text made the original delete anything.
                    Set(name.Path, value == "true" ? "false" : "true");
                    break;
                case "RMEM" when value.Trim() is "0" or "":
                    break;
                default:
                    if (name.Path.Length > 0) Set(name.Path, value);
                    else if (WithoutEffect.Contains(name.Name)) notices.Add($"{origin} has no effect in Hawser");
                    break;
            }
        }

        return settings;
    }

    private static LegacyName Named(string name) => Array.Find(Names, n => n.Name == name)!;

    /// <summary>One port for both programs: hbbs takes it as P, hbbr as R - 1, unless hbbr got it by flag.</summary>
    private static void SetPort(
        string value, OptionLayer layer, string origin, bool relayOnly, Action<string, string> set, List<string> errors)
    {
        if (!int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > ushort.MaxValue)
        {
            // PORT is a name that others use as well; a link of Docker or Kubernetes makes it an address.
            errors.Add($"{origin}: \"{value}\" is not a port number");
            return;
        }

        var asIs = relayOnly && layer == OptionLayer.CommandLine;
        set("relay.port", (asIs ? port : port + 1).ToString(CultureInfo.InvariantCulture));
        if (!relayOnly) set("rendezvous.port", port.ToString(CultureInfo.InvariantCulture));
    }

    private static void CheckPair(
        IReadOnlyList<LegacySetting> found, string publicText,
            string origin, List<string> errors)
    {
        var secret = found.FirstOrDefault(f => f.Name.Name == "KEY-PRIV")?.Value;
        if (secret is null) errors.Add($"{origin}: KEY_PUB and KEY_PRIV must be given together");
        else if (!Protocol.Identity.ServerKey.TryParse(secret, out var key,
            out var error)) errors.Add($"KEY_PRIV: {error}");
        else if (key!.PublicText != publicText.Trim()) errors.Add($"{origin}: KEY_PUB does not belong to KEY_PRIV");
    }

    private static bool IsPositive(string value) =>
        double.TryParse(value.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0;

    private static string RustLevel(string value) => value.Trim().ToLowerInvariant() switch
    {
        "warn" => "warning",
        "info" => "information",
        var other => other,
    };
}
