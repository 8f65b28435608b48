using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices;

/// <summary>
/// What a deployment token does for the devices that come with it: they get the owner, group, strategy, book and note
/// that its maker chose, once, and only where they have none. So a token that leaks takes nothing from anybody.
/// </summary>
internal sealed class DeployDesk(Secrets secrets, TimeProvider time)
{
    internal const string UsedUp = "This deployment token has brought in as many devices as it may.";

    internal const string DecidesItself =
        "A deployment token decides owner, strategy, group and address book itself.";

    /// <summary>Counts a device that comes with a token; the same device counts once.</summary>
    /// <returns>Whether it comes for the first time; null: the token is used up.</returns>
    public async Task<bool?> TakeAsync(
        HawserDb db, CurrentUser user, string deviceId, CancellationToken cancellationToken)
    {
        var token = user.TokenGuid;
        if (await db.Deployments.AnyAsync(d => d.TokenGuid == token && d.DeviceId == deviceId, cancellationToken))
        {
            return false;
        }

        // One statement decides, however many come at once.
        var taken = await db.DeployPresets
            .Where(p => p.TokenGuid == token && (p.MaximumUses == 0 || p.Uses < p.MaximumUses))
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Uses, p => p.Uses + 1), cancellationToken);
        return taken > 0 ? true : null;
    }

    /// <summary>The device did not come after all.</summary>
    public static Task<int> GiveBackAsync(HawserDb db, CurrentUser user, CancellationToken cancellationToken) =>
        db.DeployPresets.Where(p => p.TokenGuid == user.TokenGuid && p.Uses > 0)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Uses, p => p.Uses - 1), cancellationToken);

    /// <summary>Gives a device of this id what the token has for it; the caller saves.</summary>
    public async Task ApplyAsync(HawserDb db, CurrentUser user, string deviceId, CancellationToken cancellationToken)
    {
        if (await db.Devices.FirstOrDefaultAsync(d => d.Id == deviceId, cancellationToken) is not { } device) return;
        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            db.DeviceDetails.Add(details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true });
        }

        await ApplyAsync(db, user, device, details, cancellationToken);
    }

    /// <summary>Gives a device what the token has for it; the caller saves.</summary>
    public async Task ApplyAsync(
        HawserDb db, CurrentUser user, Device device, DeviceDetails details, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        db.Deployments.Add(new Deployment
        {
            DeviceId = device.Id, Uuid = device.Uuid, PublicKey = device.PublicKey, UserGuid = user.Guid,
            TokenGuid = user.TokenGuid, CreatedAt = now,
        });
        if (await db.DeployPresets.AsNoTracking().FirstOrDefaultAsync(
            p => p.TokenGuid == user.TokenGuid, cancellationToken) is not { } preset) return;
        // What a preset names may be gone since; then it is not given.
        if (details.OwnerGuid is null && preset.OwnerGuid is { } owner
            && await db.Users.AnyAsync(u => u.Guid == owner, cancellationToken)) details.OwnerGuid = owner;
        if (string.IsNullOrEmpty(device.Note) && preset.Note.Length > 0) device.Note = preset.Note;
        await JoinAsync(db, device.Guid, preset, now, cancellationToken);
        await EnterAsync(db, device, details, preset, now, cancellationToken);
    }

    private static async Task JoinAsync(
        HawserDb db, Guid device, DeployPreset preset, DateTime now, CancellationToken cancellationToken)
    {
        if (preset.GroupGuid is { } group
            && !await db.DeviceGroupMembers.AnyAsync(m => m.DeviceGuid == device, cancellationToken)
            && await db.DeviceGroups.AnyAsync(g => g.Guid == group, cancellationToken))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = group, AddedAt = now });
        }

        if (preset.StrategyGuid is { } strategy
            && !await db.StrategyAssignments.AnyAsync(
                a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == device, cancellationToken)
            && await db.Strategies.AnyAsync(s => s.Guid == strategy, cancellationToken))
        {
            db.StrategyAssignments.Add(new StrategyAssignment
            {
                TargetKind = StrategyTarget.Device, TargetGuid = device, StrategyGuid = strategy, AssignedAt = now,
            });
        }
    }

    private async Task EnterAsync(
        HawserDb db, Device device, DeviceDetails details, DeployPreset preset, DateTime now,
        CancellationToken cancellationToken)
    {
        if (preset.BookGuid is not { } book
            || await db.AddressBooks.Where(b => b.Guid == book && !b.IsPersonal).Select(b => b.Name)
                .FirstOrDefaultAsync(cancellationToken) is not { } name
            || await db.AddressBookEntries.AnyAsync(
                e => e.BookGuid == book && e.Id == device.Id && e.DeletedAt == null, cancellationToken)) return;
        await new DeviceAssignments(db, secrets, now).SetBookAsync(
            device.Id, details, new BookWish(name, preset.Tag, null, null, null), cancellationToken);
    }
}
