using System.Text.Json.Serialization;
using Hawser.Api.AddressBooks;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// What lists show of devices beyond their rows: the strategy that decides, all groups, address books, who is on them,
/// and what is odd about who they are. A handful of questions for a page of devices, however many there are on it.
/// </summary>
internal sealed class DeviceFacts
{
    private const int Some = 500;

    private readonly Dictionary<Guid, (string Name, bool Enabled)> _strategies = [];
    private readonly Dictionary<Guid, StrategyRung> _deciding = [];
    private readonly Dictionary<Guid, List<string>> _groups = [];
    private readonly Dictionary<string, List<DeviceBook>> _books = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _sessions = [];
    private readonly Dictionary<Guid, string> _former = [];

    /// <summary>Reads it for some devices.</summary>
    public static async Task<DeviceFacts> ReadAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<DeviceRow> rows, CancellationToken cancellationToken)
    {
        var facts = new DeviceFacts();
        foreach (var some in rows.Chunk(Some)) await facts.AddAsync(db, user, some, cancellationToken);
        return facts;
    }

    /// <summary>An answer with it; what only administrators decide is only theirs to read.</summary>
    public DeviceItem Complete(DeviceItem item, DeviceRow row, CurrentUser user, DateTime now)
    {
        var isOwn = row.OwnerGuid == user.Guid;
        var (from, name, isEnabled) = row.Managed && _deciding.TryGetValue(row.Guid, out var rung)
            && _strategies.TryGetValue(rung.Strategy, out var strategy)
            ? (WordOf(rung.Level), strategy.Name, strategy.Enabled) : ("", "", true);
        return item with
        {
            HostName = row.Details?.Hostname ?? "",
            DeviceGroups = _groups.GetValueOrDefault(row.Guid) ?? [],
            EffectiveStrategy = isEnabled ? name : "",
            DecidedBy = from,
            DisabledStrategy = isEnabled ? "" : name,
            Books = _books.GetValueOrDefault(row.Id) ?? [],
            Sessions = row.Managed || isOwn ? _sessions.GetValueOrDefault(row.Guid) : 0,
            IdentityNotes = row.Managed ? [.. NotesOf(row, now)] : [],
            FormerId = row.Managed ? _former.GetValueOrDefault(row.Guid, "") : "",
        };
    }

    private IEnumerable<string> NotesOf(DeviceRow row, DateTime now)
    {
        if (row.HasConflict) yield return "conflict";
        if (row.Details?.SysinfoRefusedAt > now - RefusedSysinfo.Shown) yield return "sysinfo";
        if (row.LastSeenAt is not null && row.Details?.SysinfoAt is null) yield return "api";
        if (_former.ContainsKey(row.Guid)) yield return "renamed";
    }

    private static string WordOf(StrategyTarget level) => level switch
    {
        StrategyTarget.Device => "device", StrategyTarget.User => "user", _ => "device_group",
    };

    private async Task AddAsync(
        HawserDb db, CurrentUser user, DeviceRow[] rows, CancellationToken cancellationToken)
    {
        var guids = Array.ConvertAll(rows, r => r.Guid);
        var ladders = await StrategyLadder.ReadAsync(
            db, Array.ConvertAll(rows, r => new StrategySubject(r.Guid, r.OwnerGuid, null)), null, cancellationToken);
        foreach (var (device, rungs) in ladders) _deciding[device] = rungs[0];
        var wanted = _deciding.Values.Select(r => r.Strategy).Distinct().ToArray();
        foreach (var s in await db.Strategies.AsNoTracking().Where(s => wanted.Contains(s.Guid))
            .Select(s => new { s.Guid, s.Name, s.Enabled }).ToListAsync(cancellationToken))
        {
            _strategies[s.Guid] = (s.Name, s.Enabled);
        }

        var groups = await db.DeviceGroupMembers.AsNoTracking().Where(m => guids.Contains(m.DeviceGuid))
            .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => new { m.DeviceGuid, Group = g })
            .OrderBy(m => m.Group.Rank).ThenBy(m => m.Group.NormalizedName)
            .Select(m => new { m.DeviceGuid, m.Group.Name }).ToListAsync(cancellationToken);
        foreach (var of in groups.GroupBy(g => g.DeviceGuid)) _groups[of.Key] = [.. of.Select(g => g.Name)];
        var open = await db.ConnectionAudits.AsNoTracking()
            .Where(c => c.EndedAt == null && c.DeviceGuid != null && guids.Contains(c.DeviceGuid.Value))
            .GroupBy(c => c.DeviceGuid!.Value).Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        foreach (var of in open) _sessions[of.Key] = of.Count;
        var former = await db.RetiredIds.AsNoTracking().Where(r => guids.Contains(r.DeviceGuid))
            .OrderBy(r => r.RetiredAt).Select(r => new { r.DeviceGuid, r.Id }).ToListAsync(cancellationToken);
        foreach (var of in former) _former[of.DeviceGuid] = of.Id;
        await AddBooksAsync(db, user, Array.ConvertAll(rows, r => r.Id), cancellationToken);
    }

    // Books that the reader may open anyway: looking into those of others is written down, and this is not.
    private async Task AddBooksAsync(
        HawserDb db, CurrentUser user, string[] ids, CancellationToken cancellationToken)
    {
        var me = user.Guid;
        var books = await AddressBookRules.Visible(db, user).Select(b => new DeviceBook(b.Guid, b.Name))
            .ToDictionaryAsync(b => b.Guid, cancellationToken);
        if (await db.AddressBooks.Where(b => b.OwnerGuid == me && b.IsPersonal).Select(b => (Guid?)b.Guid)
            .FirstOrDefaultAsync(cancellationToken) is { } own) books[own] = new DeviceBook(own, "");
        if (books.Count == 0) return;
        var keys = books.Keys.ToArray();
        var entries = await db.AddressBookEntries.AsNoTracking()
            .Where(e => e.DeletedAt == null && keys.Contains(e.BookGuid) && ids.Contains(e.Id))
            .Select(e => new { e.Id, e.BookGuid }).ToListAsync(cancellationToken);
        foreach (var of in entries.GroupBy(e => e.Id, StringComparer.Ordinal))
        {
            _books[of.Key] = [.. of.Select(e => books[e.BookGuid])
                .OrderBy(b => b.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }
}

/// <summary>An address book that a device is in.</summary>
/// <param name="Guid">Which.</param>
/// <param name="Name">Its name; empty: the reader's personal one.</param>
internal sealed record DeviceBook(
    [property: JsonPropertyName("guid")] Guid Guid, [property: JsonPropertyName("name")] string Name);
