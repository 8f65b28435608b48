using System.Text.Json;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices;

/// <summary>
/// What the rendezvous role is told of deployment, by the server program that composes both. Always through the
/// database, so that it does not matter which node a device was deployed or approved at; a node without the API role
/// reads the setting itself.
/// </summary>
/// <param name="store">The database; it need not be open yet.</param>
/// <param name="services">The API's services, null until they exist; null: no API role runs here.</param>
/// <param name="pins">Members of settings that this node was started with.</param>
/// <param name="time">The clock.</param>
internal sealed class DeploymentMode(
    HawserStore store, Func<IServiceProvider?>? services, IReadOnlyList<SettingPin> pins, TimeProvider time)
{
    private volatile DeviceSettings? _read;
    private volatile Blocked _blocked = new([], AddressList.Empty);
    private Task _reading = Task.CompletedTask;
    private long _readAt;

    /// <summary>The settings now; null while they are not read.</summary>
    private DeviceSettings? Current => services is null ? _read
        : services()?.GetService<SettingsStore>() is { IsRead: true } settings
            ? settings.Get(DeviceSettings.Key) : null;

    /// <summary>Whether unknown devices must be deployed first; null while the settings are not read.</summary>
    public bool? IsRequired() => Current?.DeploymentRequired;

    /// <summary>Whether new devices from an address are refused.</summary>
    public bool IsBlocked(PeerAddress source)
    {
        if (Current?.BlockedAddresses is not { Count: > 0 } listed) return false;
        var known = _blocked;
        if (!ReferenceEquals(known.From, listed))
        {
            // What can't be read blocks nobody; it is looked at when it is stored.
            _blocked = known = new Blocked(
                listed, AddressList.TryParse(listed, out var list, out _) ? list : AddressList.Empty);
        }

        return known.List.Contains(source);
    }

    /// <summary>Reads the setting where no API role does; once a second, never waits.</summary>
    public void Tick()
    {
        if (services is not null || !_reading.IsCompleted) return;
        if (_read is not null && time.GetElapsedTime(_readAt) < SettingsStore.MaximumAge) return;
        _readAt = time.GetTimestamp();
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Reads devices by their ids.</summary>
    public async Task<IReadOnlyList<StoredDevice>> FindAsync(
        IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await using var db = store.CreateDb();
        var wanted = ids.ToList();
        var rows = await db.Devices.AsNoTracking().Where(d => wanted.Contains(d.Id)).ToListAsync(cancellationToken);
        return rows.ConvertAll(d => new StoredDevice(
            d.Id, d.Uuid, d.PublicKey, default, d.CreatedAt, d.Note, d.Listed, d.LastSeenAt));
    }

    /// <summary>Stores who was refused.</summary>
    public async Task<ClaimsSaved> SaveClaimsAsync(
        IReadOnlyList<DeviceClaim> claims, int most, CancellationToken cancellationToken)
    {
        await using var db = store.CreateDb();
        return await db.SaveClaimsAsync(claims, most, time.GetUtcNow().UtcDateTime, cancellationToken);
    }

    private async Task ReadAsync()
    {
        try
        {
            var rows = await store.ReadSettingsAsync(CancellationToken.None);
            var stored = rows.TryGetValue(DeviceSettings.Key.Name, out var row)
                ? JsonSerializer.Deserialize(row.Value, DeviceSettings.Key.Type) : null;
            _read = pins.Over(DeviceSettings.Key.Name, DeviceSettings.Key.Type, stored ?? new DeviceSettings());
        }
        catch (Exception e) when (e.IsStoreFault() || e is JsonException or InvalidOperationException)
        {
            // What was known stays; before the first time nobody new is answered.
        }
    }

    private sealed record Blocked(IReadOnlyList<string> From, AddressList List);
}
