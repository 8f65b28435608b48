using System.Net;
using Hawser.Api.Audit;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Accounts.Login;

/// <summary>The end of every login of a client, by password or through a provider.</summary>
internal sealed class LoginCompletion(
    TokenDesk desk, AccountEvents events, SettingsStore settings, SignInLog signIns, SeenPlaces places,
    TimeProvider time)
{
    // Two people may share a machine, and one may log in again and again without logging out.
    private const int MaximumTokensOfDevice = 10;

    /// <summary>Makes the token and notes the login; saves.</summary>
    /// <returns>The token's text.</returns>
    public async Task<string> CompleteAsync(
        HawserDb db, User user, LoginDevice device, IPAddress? from, CancellationToken cancellationToken)
    {
        var text = desk.Issue(db, new AccessToken
        {
            Kind = device.IsConsole ? TokenKind.Console : TokenKind.Client,
            UserGuid = user.Guid,
            DeviceId = device.Id,
            DeviceUuid = device.Uuid,
            DeviceOs = device.Os,
            DeviceType = device.Type,
            DeviceName = device.Name,
            LastAddress = from?.ToString() ?? "",
        });
        if (device.IsConsole) signIns.Succeeded(db, user, device.Name, from);
        await db.SaveChangesAsync(cancellationToken);
        var now = Now;
        await db.Users.Where(u => u.Guid == user.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.LastLoginAt, now), cancellationToken);
        await RemoveSurplusAsync(db, user, device, cancellationToken);
        await places.NoteAsync(db, user, from, device.Name, cancellationToken);
        return text;
    }

    /// <summary>
    /// Assigns a device that belongs to nobody to the user who logged in on it, when its row has the same uuid. After
    /// <see cref="CompleteAsync"/>, outside of any transaction.
    /// </summary>
    public async Task AssignDeviceAsync(
        HawserDb db, User user, LoginDevice device, CancellationToken cancellationToken)
    {
        if (device.IsConsole || !settings.Get(AccountSettings.Key).AssignDevices || device.Id.Length == 0) return;
        Span<byte> buffer = stackalloc byte[300];
        if (!Convert.TryFromBase64String(device.Uuid, buffer, out var length) || length == 0) return;
        var uuid = buffer[..length].ToArray();
        var guid = await db.Devices.Where(d => d.Id == device.Id && d.Uuid == uuid).Select(d => (Guid?)d.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        if (guid is not { } row || await OwnAsync(db, row, user, cancellationToken)) return;
        if (await db.DeviceDetails.AnyAsync(d => d.DeviceGuid == row, cancellationToken)) return;
        db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = row, OwnerGuid = user.Guid, Enabled = true });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            events.Changed(user.Guid);
        }
        catch (DbUpdateException)
        {
            // Its sysinfo arrived in the same moment and made the row.
            db.ChangeTracker.Clear();
            await OwnAsync(db, row, user, cancellationToken);
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<bool> OwnAsync(HawserDb db, Guid device, User user, CancellationToken cancellationToken)
    {
        var owned = await db.DeviceDetails.Where(d => d.DeviceGuid == device && d.OwnerGuid == null)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.OwnerGuid, user.Guid), cancellationToken) == 1;
        if (owned) events.Changed(user.Guid);
        return owned;
    }

    private static async Task RemoveSurplusAsync(
        HawserDb db, User user, LoginDevice device, CancellationToken cancellationToken)
    {
        if (device.Uuid.Length == 0) return;
        var kind = device.IsConsole ? TokenKind.Console : TokenKind.Client;
        var surplus = await db.AccessTokens
            .Where(t => t.UserGuid == user.Guid && t.Kind == kind && t.DeviceUuid == device.Uuid)
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Guid)
            .Skip(MaximumTokensOfDevice).Select(t => t.Guid).Take(100).ToListAsync(cancellationToken);
        if (surplus.Count == 0) return;
        await db.AccessTokens.Where(t => surplus.Contains(t.Guid)).ExecuteDeleteAsync(cancellationToken);
    }
}
