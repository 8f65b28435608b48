using System.Text.Json;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>Reads from the database what decisions are made of.</summary>
internal static class AccessReader
{
    /// <summary>The stamps of access and of tokens, in one read.</summary>
    public static async Task<(long Access, long Tokens)> ReadStampsAsync(
        HawserDb db, CancellationToken cancellationToken)
    {
        var stamps = await db.ChangeStamps.AsNoTracking().ToListAsync(cancellationToken);
        long Of(string name) => stamps.FirstOrDefault(s => s.Name == name)?.Value ?? 0;
        return (Of(ChangeStamp.Access), Of(ChangeStamp.Tokens));
    }

    /// <summary>Everything that is small. A change meanwhile moves the stamp, so it is read again.</summary>
    /// <param name="db">The rows.</param>
    /// <param name="pins">Members of settings that this node was started with.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SnapshotRows> ReadAsync(
        HawserDb db, IReadOnlyList<SettingPin> pins, CancellationToken cancellationToken)
    {
        var setting = await db.Settings.AsNoTracking()
            .FirstOrDefaultAsync(s => s.Key == AccessSettings.Key.Name, cancellationToken);
        var rules = await db.AccessRules.AsNoTracking().Where(r => r.Enabled).ToListAsync(cancellationToken);
        var roles = await db.ControlRoles.AsNoTracking().ToListAsync(cancellationToken);
        var roleOfUser = await db.Users.AsNoTracking().Where(u => u.ControlRoleGuid != null)
            .Select(u => new { u.Guid, Role = u.ControlRoleGuid!.Value })
            .ToDictionaryAsync(u => u.Guid, u => u.Role, cancellationToken);
        var hasUsers = await db.Users.AnyAsync(cancellationToken);
        var blocked = await ReadBlockedAsync(db, cancellationToken);
        var settings = pins.Over(AccessSettings.Key.Name, AccessSettings.Key.Type, Parse(setting?.Value));
        return new(settings, rules, roles, roleOfUser, blocked, hasUsers);
    }

    /// <summary>What counts of one device.</summary>
    public static async Task<TargetFacts> ReadFactsAsync(
        HawserDb db, string deviceId, CancellationToken cancellationToken)
    {
        var found = await (
            from device in db.Devices.AsNoTracking()
            where device.Id == deviceId
            join known in db.DeviceDetails.AsNoTracking() on device.Guid equals known.DeviceGuid into all
            from details in all.DefaultIfEmpty()
            join user in db.Users.AsNoTracking() on details.OwnerGuid equals (Guid?)user.Guid into owners
            from owner in owners.DefaultIfEmpty()
            select new
            {
                device.Guid,
                Enabled = (bool?)details.Enabled,
                Owner = (Guid?)owner.Guid,
                Status = (UserStatus?)owner.Status,
                Group = (Guid?)owner.UserGroupGuid,
            }).FirstOrDefaultAsync(cancellationToken);
        if (found is null) return TargetFacts.Nobody;
        var groups = await db.DeviceGroupMembers.AsNoTracking().Where(m => m.DeviceGuid == found.Guid)
            .Select(m => m.GroupGuid).ToListAsync(cancellationToken);
        return new(
            found.Guid, found.Enabled ?? true, found.Owner, found.Status != UserStatus.Disabled, found.Group,
            [.. groups]);
    }

    private static AccessSettings Parse(string? json)
    {
        if (json is null) return new AccessSettings();
        try
        {
            return JsonSerializer.Deserialize(json, AccessJson.Default.AccessSettings) ?? Closed();
        }
        catch (JsonException)
        {
            return Closed();
        }
    }

    // Somebody set something that can't be read here: the default would open what was closed.
    private static AccessSettings Closed() => new() { DefaultPolicy = DefaultPolicy.Rules, LoginRequired = true };

    private static async Task<BlockedDevices> ReadBlockedAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var blocked = new BlockedDevices();
        var disabled =
            from details in db.DeviceDetails.AsNoTracking()
            where !details.Enabled
            join device in db.Devices.AsNoTracking() on details.DeviceGuid equals device.Guid
            select device.Id;
        await foreach (var id in disabled.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            blocked.Add(id, false);
        }
        var ofDisabled =
            from user in db.Users.AsNoTracking()
            where user.Status == UserStatus.Disabled
            join details in db.DeviceDetails.AsNoTracking() on (Guid?)user.Guid equals details.OwnerGuid
            join device in db.Devices.AsNoTracking() on details.DeviceGuid equals device.Guid
            select device.Id;
        await foreach (var id in ofDisabled.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            blocked.Add(id, true);
        }
        return blocked;
    }
}
