using Hawser.Api.Console.Account;
using Hawser.Api.Devices;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>Devices that Home offers to connect to: favourites, those one was on last, one's own.</summary>
internal static class HomeDevices
{
    private const int Shown = 8;

    // One device is often looked at again and again.
    private const int Looked = 200;

    /// <summary>Devices that one was on last and still reaches, the last one first.</summary>
    public static async Task<IReadOnlyList<HomeDevice>> RecentAsync(
        HawserDb db, Guid self, IQueryable<Device> reached, DevicePresence presence,
        CancellationToken cancellationToken)
    {
        var last = (await db.ConnectionAudits.AsNoTracking()
                .Where(a => a.UserGuid == self && a.Type != null && a.DeviceGuid != null)
                .OrderByDescending(a => a.CreatedAt).Select(a => a.DeviceGuid!.Value).Take(Looked)
                .ToListAsync(cancellationToken))
            .Distinct().Take(Shown).ToList();
        return await InOrderAsync(db, reached, last, presence, cancellationToken);
    }

    /// <summary>The favourites that the person still reaches, in the person's order.</summary>
    public static async Task<IReadOnlyList<HomeDevice>> FavouritesAsync(
        HawserDb db, Guid self, IQueryable<Device> reached, DevicePresence presence,
        CancellationToken cancellationToken) => await InOrderAsync(
        db, reached, (await Preferences.OfAsync(db, self, cancellationToken)).FavouriteGuids(), presence,
        cancellationToken);

    /// <summary>The person's own devices, those seen last first, with who was last on each.</summary>
    public static async Task<OwnDevices> MineAsync(
        HawserDb db, Guid self, DevicePresence presence, bool withLast, CancellationToken cancellationToken)
    {
        var own = db.Devices.AsNoTracking()
            .Where(d => db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.OwnerGuid == self));
        var total = await own.CountAsync(cancellationToken);
        var order = await own.OrderByDescending(d => d.LastSeenAt ?? d.CreatedAt).ThenBy(d => d.Id)
            .Select(d => d.Guid).Take(Shown).ToListAsync(cancellationToken);
        var devices = await InOrderAsync(db, own, order, presence, cancellationToken);
        if (!withLast) return new OwnDevices(total, devices);
        var told = new List<HomeDevice>(devices.Count);
        // A handful, each found by the index of a device's sessions.
        foreach (var device in devices)
        {
            var last = await db.ConnectionAudits.AsNoTracking()
                .Where(a => a.DeviceGuid == device.Guid && a.Type != null)
                .OrderByDescending(a => a.CreatedAt).ThenByDescending(a => a.Guid)
                .Select(a => new { a.UserName, a.PeerName, a.CreatedAt }).FirstOrDefaultAsync(cancellationToken);
            told.Add(last is null ? device : device with
            {
                LastBy = last.UserName.Length > 0 ? last.UserName : last.PeerName,
                LastAt = DateTime.SpecifyKind(last.CreatedAt, DateTimeKind.Utc),
            });
        }

        return new OwnDevices(total, told);
    }

    private static async Task<IReadOnlyList<HomeDevice>> InOrderAsync(
        HawserDb db, IQueryable<Device> reached, IReadOnlyList<Guid> order, DevicePresence presence,
        CancellationToken cancellationToken)
    {
        if (order.Count == 0) return [];
        var wanted = order.ToList();
        var found = await (
            from device in reached.Where(d => wanted.Contains(d.Guid))
            join details in db.DeviceDetails on device.Guid equals details.DeviceGuid into all
            from details in all.DefaultIfEmpty()
            select new
            {
                device.Guid, device.Id,
                Name = details == null ? "" : details.NameOverride != "" ? details.NameOverride : details.Hostname,
                Enabled = details == null || details.Enabled,
            }).ToListAsync(cancellationToken);
        return [.. found.OrderBy(d => wanted.IndexOf(d.Guid))
            .Select(d => new HomeDevice(d.Guid, d.Id, d.Name, presence.IsOnline(d.Id), d.Enabled))];
    }
}

/// <summary>A device that Home offers.</summary>
internal sealed record HomeDevice(Guid Guid, string Id, string Name, bool IsOnline, bool Enabled)
{
    /// <summary>Who was on it last, of one's own devices; null: nobody, or it is not told.</summary>
    public string? LastBy { get; init; }

    /// <summary>When that began.</summary>
    public DateTime? LastAt { get; init; }
}

/// <summary>One's own devices: how many, and the first of them.</summary>
internal sealed record OwnDevices(int Total, IReadOnlyList<HomeDevice> Devices);
