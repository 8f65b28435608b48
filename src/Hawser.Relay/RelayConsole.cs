using System.Globalization;
using System.Text;
using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>The original's text commands (reference §8.2), for panels that drive a relay through them.</summary>
internal sealed class RelayConsole(RelayPolicy policy, RelayLobby lobby, TimeProvider time)
{
    private const string Help =
        """
        blacklist-add(ba) <ip>
        blacklist-remove(br) <ip>
        blacklist(b) <ip>
        blocklist-add(Ba) <ip>
        blocklist-remove(Br) <ip>
        blocklist(B) <ip>
        downgrade-threshold(dt) [value]
        downgrade-start-check(t) [value(second)]
        limit-speed(ls) [value(Mb/s)]
        total-bandwidth(tb) [value(Mb/s)]
        single-bandwidth(sb) [value(Mb/s)]
        usage(u)

        """;

    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "h", "blacklist-add", "ba", "blacklist-remove", "br", "blacklist", "b",
        "blocklist-add", "Ba", "blocklist-remove", "Br", "blocklist", "B", "downgrade-threshold", "dt",
        "downgrade-start-check", "t", "limit-speed", "ls",
        "total-bandwidth", "tb", "single-bandwidth", "sb", "usage", "u",
    };

    /// <summary>Whether text starts with the name of a command.</summary>
    public static bool Knows(ReadOnlySpan<byte> text)
    {
        var words = Encoding.ASCII.GetString(text).Trim().Split(' ', 2);
        return Words.Contains(words[0]);
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The answer; empty for a setter or an unknown command.</returns>
    public string Execute(string command)
    {
        var words = command.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var argument = words.Length > 1 ? words[1] : null;
        return (words.Length == 0 ? "" : words[0]) switch
        {
            "h" => Help.ReplaceLineEndings("\n"),
            "blacklist-add" or "ba" => Add(policy.Blacklist, argument),
            "blacklist-remove" or "br" => Remove(policy.Blacklist, argument),
            "blacklist" or "b" => Show(policy.Blacklist, argument),
            "blocklist-add" or "Ba" => Add(policy.Blocklist, argument),
            "blocklist-remove" or "Br" => Remove(policy.Blocklist, argument),
            "blocklist" or "B" => Show(policy.Blocklist, argument),
            "downgrade-threshold" or "dt" => Threshold(argument),
            "downgrade-start-check" or "t" => StartCheck(argument),
            "limit-speed" or "ls" => Rate(argument, policy.LimitSpeed, v => policy.LimitSpeed = v),
            "total-bandwidth" or "tb" => Rate(argument, policy.TotalBandwidth, v => policy.TotalBandwidth = v),
            "single-bandwidth" or "sb" => Rate(argument, policy.SingleBandwidth, v => policy.SingleBandwidth = v),
            "usage" or "u" => Usage(),
            _ => "",
        };
    }

    private static string Add(ListedAddresses list, string? argument)
    {
        if (argument is not null) list.Add(argument.Split('|'));
        return "";
    }

    private static string Remove(ListedAddresses list, string? argument)
    {
        if (argument is not null) list.Remove(argument.Split('|'));
        return "";
    }

    private static string Show(ListedAddresses list, string? argument)
    {
        var snapshot = list.Snapshot;
        if (argument is null) return string.Concat(snapshot.Entries.Select(e => e + "\n"));
        var listed = PeerAddress.TryParse(argument, out var address) && snapshot.Contains(address);
        return listed ? "true\n" : "false\n";
    }

    // As in the original, values that are not positive numbers are ignored.
    private static double? Positive(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
        && value > 0 ? value : null;

    private static string Rate(string? argument, double current, Action<double> set)
    {
        if (argument is null) return string.Create(CultureInfo.InvariantCulture, $"{current}Mb/s\n");
        if (Positive(argument) is { } value) set(value);
        return "";
    }

    private string Threshold(string? argument)
    {
        if (argument is null) return string.Create(CultureInfo.InvariantCulture, $"{policy.DowngradeThreshold}\n");
        if (Positive(argument) is { } value) policy.DowngradeThreshold = value;
        return "";
    }

    private string StartCheck(string? argument)
    {
        if (argument is null) return string.Create(CultureInfo.InvariantCulture, $"{policy.DowngradeStartCheck}s\n");
        if (Positive(argument) is { } value and < int.MaxValue) policy.DowngradeStartCheck = (int)value;
        return "";
    }

    private string Usage()
    {
        var now = time.GetTimestamp();
        var lines = lobby.Entries.OfType<RelayPair>()
            .Where(p => p.Usage.SampledAt != 0)
            .OrderByDescending(p => p.TotalBytes)
            .Select(p => UsageLine(p, time.GetElapsedTime(p.Started, now)));
        return string.Concat(lines);
    }

    private static string UsageLine(RelayPair pair, TimeSpan elapsed)
    {
        var average = elapsed.TotalMilliseconds < 1 ? 0 : pair.TotalBytes * 8 / elapsed.TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"{EndPoint(pair)}: {(long)elapsed.TotalSeconds}s {pair.TotalBytes / (1024.0 * 1024):0.00}MB "
            + $"{pair.Usage.Highest:0}kb/s {average:0}kb/s {pair.Usage.Current:0}kb/s\n");
    }

    private static string EndPoint(RelayPair pair)
    {
        var remote = pair.Second.Remote;
        // A leg behind a trusted proxy has no port of its own; panels expect one all the same.
        return remote.Port == 0 ? $"{remote.ToIPEndPoint()}" : remote.ToString();
    }
}
