using System.Globalization;
using System.Text;

namespace Hawser.Server.Hosting;

/// <summary>
/// Finds the role that knows a command. A role's name in front decides; else the command's own name does.
/// </summary>
internal static class ControlCommands
{
    public const string Unknown = "unknown command; hawser ctl help lists them";

    private static readonly HashSet<string> OfRendezvous = new(StringComparer.Ordinal)
    {
        "relay-servers", "rs", "reload-geo", "rg", "ip-blocker", "ib", "ip-changes", "ic", "punch-requests", "pr",
        "always-use-relay", "aur", "test-geo", "tg", "must-login", "ml",
    };

    private static readonly HashSet<string> OfRelay = new(StringComparer.Ordinal)
    {
        "blacklist-add", "ba", "blacklist-remove", "br", "blacklist", "b", "blocklist-add", "Ba", "blocklist-remove",
            "Br",
        "blocklist", "B", "downgrade-threshold", "dt", "downgrade-start-check", "t", "limit-speed", "ls",
            "total-bandwidth", "tb",
        "single-bandwidth", "sb", "usage", "u",
    };

    /// <summary>Runs a command.</summary>
    /// <returns>Its output; null when nobody knows it.</returns>
    public static string? Execute(HawserNode node, string line)
    {
        var (word, rest) = Split(line);
        switch (word)
        {
            case "rendezvous" when node.Rendezvous is not null:
                return Known(rest, OfRendezvous) ? node.Rendezvous.Execute(rest) : null;
            case "relay" when node.Relay is not null:
                return Known(rest, OfRelay) ? node.Relay.Execute(rest) : null;
            case "help" or "h" or "":
                return Help(node);
            case "status":
                return Status(node);
            case "reload":
                return node.RequestReload();
        }

        if (node.Rendezvous is not null && OfRendezvous.Contains(word)) return node.Rendezvous.Execute(line);
        return node.Relay is not null && OfRelay.Contains(word) ? node.Relay.Execute(line) : null;
    }

    private static bool Known(string command, HashSet<string> names) =>
        Split(command).Word is "h" or "" || names.Contains(Split(command).Word);

    private static (string Word, string Others) Split(string line)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        return space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
    }

    private static string Help(HawserNode node)
    {
        var text = new StringBuilder("status\nreload\n");
        if (node.Rendezvous is not null) text.Append("rendezvous commands:\n")
            .Append(Indent(node.Rendezvous.Execute("h")));
        if (node.Relay is not null) text.Append("relay commands:\n").Append(Indent(node.Relay.Execute("h")));
        return text.ToString();
    }

    private static string Indent(string text) =>
        string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => $"  {l}\n"));

    private static string Status(HawserNode node)
    {
        var text = new StringBuilder();
        foreach (var (part, state) in node.Parts()) text.Append(CultureInfo.InvariantCulture, $"{part}: {state}\n");
        foreach (var relay in node.Roster.List())
        {
            var state = relay.Draining ? "draining" : relay.Healthy ? "healthy" : "not healthy";
            text.Append(CultureInfo.InvariantCulture, $"relay {relay.Address}: {state}, {relay.Pairs} pairs\n");
        }

        return text.ToString();
    }
}
