using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices;

/// <summary>
/// Devices that were deleted, until the recycle bin's days are over: who owned them, their groups, strategy and access
/// rules come back with them. Sessions and address books never went.
/// </summary>
internal static class DeviceBin
{
    /// <summary>Puts what a device is now into the bin; the caller saves, and removes the device.</summary>
    public static async Task PutAsync(
        HawserDb db, Device device, (Guid Guid, string Name) by, DateTime now, CancellationToken cancellationToken)
    {
        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        var owner = details?.OwnerGuid;
        var content = new DeviceContent
        {
            Uuid = device.Uuid,
            PublicKey = device.PublicKey,
            LastAddress = device.LastAddress,
            CreatedAt = device.CreatedAt,
            LastSeenAt = device.LastSeenAt,
            Note = device.Note,
            Listed = device.Listed,
            Details = details,
            Groups = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == device.Guid).Select(m => m.GroupGuid)
                .ToListAsync(cancellationToken),
            Strategy = await db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == device.Guid)
                .Select(a => (Guid?)a.StrategyGuid).FirstOrDefaultAsync(cancellationToken),
            Rules = await db.AccessRules.AsNoTracking().Where(r => r.TargetGuid == device.Guid)
                .ToListAsync(cancellationToken),
        };
        var row = await db.DeletedDevices.FindAsync([device.Guid], cancellationToken);
        if (row is null) db.DeletedDevices.Add(row = new DeletedDevice { Guid = device.Guid });
        row.Id = device.Id;
        row.Name = details is null ? "" : details.NameOverride.Length > 0 ? details.NameOverride : details.Hostname;
        row.Owner = owner is null ? "" : await db.Users.Where(u => u.Guid == owner).Select(u => u.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";
        (row.DeletedAt, row.DeletedByGuid, row.DeletedBy) = (now, by.Guid, by.Name);
        row.Content = JsonSerializer.Serialize(content, DeviceBinJson.Default.DeviceContent);
    }

    /// <summary>Takes a device out of the bin; the caller saves.</summary>
    /// <returns>Its id; or why it stays.</returns>
    public static async Task<(string Id, string? Refusal)> TakeOutAsync(
        HawserDb db, Guid guid, DateTime now, CancellationToken cancellationToken)
    {
        var row = await db.DeletedDevices.FindAsync([guid], cancellationToken);
        if (row is null)
        {
            // Done before a crash, or never gone.
            var id = await db.Devices.Where(d => d.Guid == guid).Select(d => d.Id)
                .FirstOrDefaultAsync(cancellationToken);
            return (id ?? "", id is null ? "It is not in the bin any more." : null);
        }

        var content = JsonSerializer.Deserialize(row.Content, DeviceBinJson.Default.DeviceContent)!;
        var device = await db.Devices.FirstOrDefaultAsync(d => d.Id == row.Id, cancellationToken);
        if (device is not null && !device.Uuid.AsSpan().SequenceEqual(content.Uuid))
        {
            return (row.Id, $"Another machine has the id {row.Id} now.");
        }

        if (device is null)
        {
            device = new Device(row.Guid, row.Id, content.Uuid, content.PublicKey, content.CreatedAt)
            {
                Listed = content.Listed,
            };
            db.Devices.Add(device);
            db.Entry(device).Property(d => d.LastAddress).CurrentValue = content.LastAddress;
            db.Entry(device).Property(d => d.LastSeenAt).CurrentValue = content.LastSeenAt;
        }

        if (string.IsNullOrEmpty(device.Note)) device.Note = content.Note;
        await FillAsync(db, device.Guid, content, now, cancellationToken);
        await JoinAsync(db, device.Guid, content, now, cancellationToken);
        db.DeletedDevices.Remove(row);
        return (row.Id, null);
    }

    // One that registered again meanwhile has told of itself anew; what people gave it comes back.
    private static async Task FillAsync(
        HawserDb db, Guid device, DeviceContent content, DateTime now, CancellationToken cancellationToken)
    {
        var old = content.Details ?? new DeviceDetails { Enabled = true };
        old.KeptAt = now;
        if (old.OwnerGuid is { } owner && !await db.Users.AnyAsync(u => u.Guid == owner, cancellationToken))
        {
            old.OwnerGuid = null;
        }

        var details = await db.DeviceDetails.FindAsync([device], cancellationToken);
        if (details is null)
        {
            old.DeviceGuid = device;
            db.DeviceDetails.Add(old);
            return;
        }

        details.OwnerGuid ??= old.OwnerGuid;
        (details.Enabled, details.KeptAt) = (old.Enabled, now);
        if (details.NameOverride.Length == 0) details.NameOverride = old.NameOverride;
        if (details.UsernameOverride.Length == 0) details.UsernameOverride = old.UsernameOverride;
    }

    // What is gone since is left out.
    private static async Task JoinAsync(
        HawserDb db, Guid device, DeviceContent content, DateTime now, CancellationToken cancellationToken)
    {
        var known = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == device).Select(m => m.GroupGuid)
            .ToListAsync(cancellationToken);
        var groups = await db.DeviceGroups.Where(g => content.Groups.Contains(g.Guid)).Select(g => g.Guid)
            .ToListAsync(cancellationToken);
        foreach (var group in groups.Except(known))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = group, AddedAt = now });
        }

        if (content.Strategy is { } strategy
            && await db.StrategyAssignments.FindAsync([StrategyTarget.Device, device], cancellationToken) is null
            && await db.Strategies.AnyAsync(s => s.Guid == strategy, cancellationToken))
        {
            db.StrategyAssignments.Add(new StrategyAssignment
            {
                TargetKind = StrategyTarget.Device, TargetGuid = device, StrategyGuid = strategy, AssignedAt = now,
            });
        }

        foreach (var rule in content.Rules)
        {
            if (!await IsWhoThereAsync(db, rule, cancellationToken)) continue;
            if (await db.AccessRules.AnyAsync(r => r.Guid == rule.Guid, cancellationToken)) continue;
            if (rule.ControlRoleGuid is { } role
                && !await db.ControlRoles.AnyAsync(r => r.Guid == role, cancellationToken)) rule.ControlRoleGuid = null;
            (rule.TargetGuid, rule.UpdatedAt) = (device, now);
            db.AccessRules.Add(rule);
        }
    }

    private static async Task<bool> IsWhoThereAsync(
        HawserDb db, AccessRule rule, CancellationToken cancellationToken) =>
        rule.SubjectGuid is not { } who || await db.Users.AnyAsync(u => u.Guid == who, cancellationToken)
        || await db.UserGroups.AnyAsync(g => g.Guid == who, cancellationToken);
}

/// <summary>What a deleted device was.</summary>
internal sealed record DeviceContent
{
    public required byte[] Uuid { get; init; }

    public required byte[] PublicKey { get; init; }

    public string? LastAddress { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? LastSeenAt { get; init; }

    public string? Note { get; init; }

    public bool Listed { get; init; }

    public DeviceDetails? Details { get; init; }

    public IReadOnlyList<Guid> Groups { get; init; } = [];

    public Guid? Strategy { get; init; }

    public IReadOnlyList<AccessRule> Rules { get; init; } = [];
}

/// <summary>How it is kept.</summary>
[JsonSerializable(typeof(DeviceContent))]
internal sealed partial class DeviceBinJson : JsonSerializerContext;
