using System.Globalization;
using System.Text;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Console;

/// <summary>What the console shows and changes.</summary>
internal sealed record ConsoleParts(
    LiveSettings Settings, IRelayRoster Roster, SourceBudgets Budgets, AddressChanges Changes, PunchLog Log);

/// <summary>The original's text commands (§8.1), in its shapes: panels and scripts drive it.</summary>
/// <param name="parts">What it shows and changes.</param>
internal sealed class TextConsole(ConsoleParts parts)
{
    /// <summary>The longest command.</summary>
    internal const int MaxCommand = 1024;

    private const int PageSize = 10;
    private const int MaxPageSize = 1000;
    private const int MaxStart = 10_000_000;

    /// <summary>The longest text that could still be the start of a frame: a header of four bytes.</summary>
    private const int MaxAmbiguous = 4;

    private const string Help =
        """
        relay-servers(rs) <separated by ,>
        reload-geo(rg)
        ip-blocker(ib) [<ip>|<number>] [-]
        ip-changes(ic) [<id>|<number>] [-]
        punch-requests(pr) [<number>] [-]
        always-use-relay(aur)
        test-geo(tg) <ip1> <ip2>

        """;

    /// <summary>Tells a command from a frame.</summary>
    /// <param name="bytes">What was received first.</param>
    /// <param name="command">The command.</param>
    /// <returns>False when it is no text, or too short to tell.</returns>
    public static bool TryReadCommand(ReadOnlySpan<byte> bytes, out string command)
    {
        command = "";
        if (bytes.Length is 0 or > MaxCommand) return false;
        foreach (var b in bytes)
        {
            if (b is < (byte)' ' or > (byte)'~' && b is not ((byte)'\r' or (byte)'\n' or (byte)'\t')) return false;
        }

        command = Encoding.ASCII.GetString(bytes).Trim();
        return bytes.Length > MaxAmbiguous || IsKnown(command.Split(' ')[0]);
    }

    /// <summary>Runs a command.</summary>
    /// <param name="command">The command and its arguments, separated by single spaces.</param>
    /// <returns>What is printed; empty for setters and unknown commands.</returns>
    public string Execute(string command)
    {
        var words = command.Trim().Split(' ');
        var first = words.Length > 1 ? words[1] : null;
        var second = words.Length > 2 ? words[2] : null;
        return words[0] switch
        {
            "h" => Help.ReplaceLineEndings("\n"),
            "relay-servers" or "rs" => Relays(first),
            "ip-blocker" or "ib" => Sources(first, second),
            "ip-changes" or "ic" => IpChanges(first, second),
            "punch-requests" or "pr" => Punches(first, second),
            "always-use-relay" or "aur" => AlwaysUseRelay(first),
            "test-geo" or "tg" => TestGeo(first, second),
            _ => "",
        };
    }

    private static bool IsKnown(string word) => word is "h" or "relay-servers" or "rs" or "reload-geo" or "rg"
        or "ip-blocker" or "ib" or "ip-changes" or "ic" or "punch-requests" or "pr" or "always-use-relay" or "aur"
        or "test-geo" or "tg";

    private string Relays(string? list)
    {
        if (list is null)
        {
            var live = parts.Roster.List().Where(r => r is { Healthy: true, Draining: false });
            return Lines(live.Select(r => r.Address));
        }

        parts.Roster.Configure(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(r => FieldLimits.Relay(r).Length > 0));
        return "";
    }

    private string AlwaysUseRelay(string? value)
    {
        if (value is null) return $"ALWAYS_USE_RELAY: {(parts.Settings.AlwaysUseRelay ? "true" : "false")}\n";
        parts.Settings.AlwaysUseRelay = string.Equals(value, "Y", StringComparison.OrdinalIgnoreCase);
        return "";
    }

    private string TestGeo(string? caller, string? target)
    {
        if (!PeerAddress.TryParse(caller, out var from)) return "";
        if (!PeerAddress.TryParse(target, out var to)) to = default;
        return $"\"{parts.Roster.Choose(new RelayRequest(from, to))}\"";
    }

    private string Punches(string? start, string? size)
    {
        if (string.Equals(start, "-", StringComparison.Ordinal))
        {
            parts.Log.Clear();
            return "";
        }

        var page = parts.Log.Page(Number(start) ?? 0, Math.Clamp(Number(size) ?? PageSize, 1, MaxPageSize));
        return Lines(page.Select(e => string.Create(
            CultureInfo.InvariantCulture, $"{e.At:yyyy-MM-ddTHH:mm:ssZ} {e.Caller} -> {e.TargetId}@{e.Target}")));
    }

    private string Sources(string? which, string? dash)
    {
        var keys = parts.Budgets.List(BudgetKind.KeyRegistration);
        var ids = parts.Budgets.List(BudgetKind.NewId);
        var sources = keys.Concat(ids).Select(u => u.Source).Distinct()
            .OrderBy(s => s.ToString(), StringComparer.Ordinal).ToArray();
        var count = $"{sources.Length}\n";
        if (which is null || Number(which) is not null)
        {
            return count + Lines(sources.Skip(Number(which) ?? 0).Take(PageSize).Select(s => $"{s}: {Uses(s)}"));
        }

        if (!PeerAddress.TryParse(which, out var asked)) return count;
        asked = asked.BudgetKey;
        if (!sources.Contains(asked)) return count;
        var line = $"{Uses(asked)}\n";
        if (string.Equals(dash, "-", StringComparison.Ordinal))
        {
            parts.Budgets.Forget(asked, BudgetKind.KeyRegistration);
            parts.Budgets.Forget(asked, BudgetKind.NewId);
        }

        return count + line;

        string Uses(PeerAddress source) => $"{Use(keys, source)} {Use(ids, source)}";
    }

    private static string Use(IEnumerable<BudgetUse> uses, PeerAddress source)
    {
        var use = uses.FirstOrDefault(u => u.Source == source);
        return $"{use.Used}/{(int)use.Age.TotalSeconds}s";
    }

    private string IpChanges(string? which, string? dash)
    {
        var changes = parts.Changes.List();
        var count = $"{changes.Count}\n";
        if (which is null || Number(which) is not null)
        {
            return count + Lines(changes.Skip(Number(which) ?? 0).Take(PageSize).Select(c => $"{c.Id}: {Hosts(c)}"));
        }

        if (parts.Changes.Find(which) is not { } change) return count;
        if (string.Equals(dash, "-", StringComparison.Ordinal)) parts.Changes.Forget(which);
        return $"{count}{Hosts(change)}\n";
    }

    private static string Hosts(AddressChange change) =>
        $"{(int)change.Age.TotalSeconds}s {{{string.Join(", ", change.Hosts.Select(h => $"\"{h.Key}\": {h.Value}"))}}}";

    /// <summary>Small numbers are places in a list; bigger ones are ids.</summary>
    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= MaxStart
            ? number
            : null;

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));
}
