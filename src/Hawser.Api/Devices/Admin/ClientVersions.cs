using Hawser.Data;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// Versions of clients, by their numbers: databases compare them as texts, where 1.4.10 comes before 1.4.9. A fleet has
/// few of them, so they are compared here and named to the database.
/// </summary>
internal static class ClientVersions
{
    /// <summary>Versions that are looked at; nobody has more, but anybody can make some up.</summary>
    private const int Most = 2000;

    /// <summary>So many of a fleet have a version, one in so many, before the others are outdated.</summary>
    private const int Share = 10;

    /// <summary>The versions in use that are older than another one; none where that is no version.</summary>
    public static async Task<string[]> OlderAsync(HawserDb db, string than, CancellationToken cancellationToken)
    {
        if (!TryParse(than, out var limit)) return [];
        var all = await db.DeviceDetails.Select(d => d.Version).Distinct().OrderBy(v => v).Take(Most)
            .ToListAsync(cancellationToken);
        return [.. all.Where(v => TryParse(v, out var version) && version < limit)];
    }

    /// <summary>The versions in use that are older than the newest one that a tenth of the devices has, or a newer one:
    /// a single trial of a new client makes nobody's outdated.</summary>
    public static async Task<string[]> OutdatedAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var groups = await db.DeviceDetails.GroupBy(d => d.Version).Select(g => new { g.Key, Count = g.Count() })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(Most).ToListAsync(cancellationToken);
        var known = new List<(string Text, Version Version, int Count)>();
        foreach (var group in groups)
        {
            if (TryParse(group.Key, out var version)) known.Add((group.Key, version, group.Count));
        }

        var (enough, sum) = ((known.Sum(k => k.Count) + Share - 1) / Share, 0);
        Version? current = null;
        foreach (var (_, version, count) in known.OrderByDescending(k => k.Version))
        {
            sum += count;
            current = version;
            if (sum >= enough) break;
        }

        return current is null ? [] : [.. known.Where(k => k.Version < current).Select(k => k.Text)];
    }

    /// <summary>Reads the numbers of a version: 1.4.9, 1.4.9-1, v1.4.</summary>
    internal static bool TryParse(string text, out Version version)
    {
        version = new Version(0, 0, 0, 0);
        var parts = text.Trim().TrimStart('v', 'V').Split('.', '-', '+');
        if (parts.Length is 0 or > 4) return false;
        Span<int> numbers = stackalloc int[4];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length is 0 or > 8 || !int.TryParse(
                parts[i], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
                out numbers[i])) return false;
        }

        version = new Version(numbers[0], numbers[1], numbers[2], numbers[3]);
        return true;
    }
}
