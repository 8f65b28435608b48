using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.AddressBooks;

/// <summary>Reads the devices of a book, with what this server knows of them.</summary>
internal sealed class BookReader(DeviceReach reach)
{
    private const int AtOnce = 500;

    /// <summary>The devices that are in a book, not in its bin.</summary>
    public static IQueryable<AddressBookEntry> Entries(HawserDb db, Guid book) =>
        db.AddressBookEntries.AsNoTracking().Where(e => e.BookGuid == book && e.DeletedAt == null);

    /// <summary>
    /// What devices say of themselves, by id; only of those that the user may reach, because anybody can put any
    /// id into a book.
    /// </summary>
    public async Task<Dictionary<string, KnownDevice>> KnownAsync(
        HawserDb db, CurrentUser user, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, KnownDevice>(StringComparer.Ordinal);
        // Addresses and devices of other servers are not looked for.
        var wanted = ids.Where(id => !BookText.IsElsewhere(id)).ToArray();
        if (wanted.Length == 0) return known;
        var devices = (await reach.OfAsync(db, user, cancellationToken)).Devices;
        foreach (var some in wanted.Chunk(AtOnce))
        {
            var rows = await (
                from device in devices.Where(d => some.Contains(d.Id))
                join x in db.DeviceDetails on device.Guid equals x.DeviceGuid
                where x.SysinfoAt != null
                select new
                {
                    device.Id,
                    Username = x.UsernameOverride != "" ? x.UsernameOverride : x.Username,
                    Hostname = x.NameOverride != "" ? x.NameOverride : x.Hostname,
                    x.Os,
                }).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                known[row.Id] = new KnownDevice(row.Username, row.Hostname, BookText.PlatformOf(row.Os));
            }
        }

        return known;
    }

    /// <summary>When somebody was last let in on devices, by id, as the log says: his own connections.</summary>
    public static async Task<Dictionary<string, DateTime>> LastConnectedAsync(
        HawserDb db, CurrentUser user, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var last = new Dictionary<string, DateTime>(StringComparer.Ordinal);
        var me = user.Guid;
        foreach (var some in ids.Chunk(AtOnce))
        {
            var rows = await db.ConnectionAudits.AsNoTracking()
                .Where(a => a.UserGuid == me && a.AuthorizedAt != null && some.Contains(a.DeviceId))
                .GroupBy(a => a.DeviceId).Select(g => new { Id = g.Key, At = g.Max(a => a.CreatedAt) })
                .ToListAsync(cancellationToken);
            foreach (var row in rows) last[row.Id] = row.At;
        }

        return last;
    }
}

/// <summary>What a device of this server said of itself.</summary>
/// <param name="Username">The OS user.</param>
/// <param name="Hostname">The host name.</param>
/// <param name="Platform">As clients spell it; null when it can't be told.</param>
internal sealed record KnownDevice(string Username, string Hostname, string? Platform);
