using System.Net;
using System.Net.Sockets;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Watch;

/// <summary>
/// Remembers the networks that accounts sign in from: the /24 of an IPv4 address, the /48 of another. One that is new
/// to an account that has others is an alarm.
/// </summary>
internal sealed class SeenPlaces(ServerAlarms alarms, SettingsStore settings, TimeProvider time)
{
    private const int MostPlaces = 100;

    /// <summary>An account signed in.</summary>
    public async Task NoteAsync(
        HawserDb db, User user, IPAddress? from, string device, CancellationToken cancellationToken)
    {
        if (from is null) return;
        var network = NetworkOf(from);
        var now = time.GetUtcNow().UtcDateTime;
        var mine = db.SeenPlaces.Where(p => p.UserGuid == user.Guid);
        if (await mine.Where(p => p.Network == network)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.SeenAt, now), cancellationToken) > 0) return;
        var others = await mine.CountAsync(cancellationToken);
        if (others >= MostPlaces)
        {
            var oldest = mine.OrderBy(p => p.SeenAt).Select(p => p.Network).Take(1);
            await mine.Where(p => oldest.Contains(p.Network)).ExecuteDeleteAsync(cancellationToken);
        }

        db.SeenPlaces.Add(new SeenPlace { UserGuid = user.Guid, Network = network, SeenAt = now });
        if (others > 0 && settings.Get(WatchSettings.Key).NewPlace)
        {
            await alarms.RaiseAsync(db, AlarmTexts.NewPlace, user.Name, (null, "", user.Guid), cancellationToken,
                ("name", user.Name), ("ip", from.ToString()), ("with", device));
            return;
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var isV4 = address.AddressFamily == AddressFamily.InterNetwork;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, isV4 ? 3 : 6, bytes.Length - (isV4 ? 3 : 6));
        return $"{new IPAddress(bytes)}/{(isV4 ? 24 : 48)}";
    }
}
