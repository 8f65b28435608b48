using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices;

/// <summary>
/// What the rendezvous role is told of deployment, by the server program that composes both. Always through the
/// database, so that it does not matter which node a device was deployed at.
/// </summary>
internal static class DeploymentMode
{
    /// <summary>Whether unknown devices must be deployed first; null while the settings are not read.</summary>
    /// <param name="services">The API's services; null until they exist.</param>
    internal static bool? IsRequired(IServiceProvider? services) =>
        services?.GetService<SettingsStore>() is { IsRead: true } settings
            ? settings.Get(DeviceSettings.Key).DeploymentRequired : null;

    /// <summary>Reads devices by their ids.</summary>
    internal static async Task<IReadOnlyList<StoredDevice>> FindAsync(
        HawserStore store, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        await using var db = store.CreateDb();
        var wanted = ids.ToList();
        var rows = await db.Devices.AsNoTracking().Where(d => wanted.Contains(d.Id)).ToListAsync(cancellationToken);
        return rows.ConvertAll(d => new StoredDevice(
            d.Id, d.Uuid, d.PublicKey, default, d.CreatedAt, d.Note, d.Listed, d.LastSeenAt));
    }
}
