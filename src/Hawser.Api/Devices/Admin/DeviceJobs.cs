using Hawser.Api.Access;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices.Admin;

/// <summary>Jobs on devices, named by their guids.</summary>
internal abstract class DeviceJob(DeviceHints hints, Secrets secrets, TimeProvider time) : JobKind
{
    private const int Some = 500;

    public override int Batch => 25;

    public override string UndoneBy => DeviceRestoreJob.KindName;

    protected DateTime Now => time.GetUtcNow().UtcDateTime;

    public sealed override async Task<string?> HandleAsync(
        JobStep step, string item, CancellationToken cancellationToken)
    {
        var device = Guid.TryParse(item.Split('\t')[0], out var guid)
            ? await step.Db.Devices.FindAsync([guid], cancellationToken) : null;
        if (device is null) return "There is no such device any more.";
        var details = await step.Db.DeviceDetails.FindAsync([guid], cancellationToken);
        if (details is null)
        {
            details = new DeviceDetails { DeviceGuid = guid, Enabled = true };
            step.Db.DeviceDetails.Add(details);
        }

        var refusal = await ChangeAsync(step, (device, details), item, cancellationToken);
        if (refusal is null) step.Log(OperationOf(item), device.Id, DetailsOf(step.Request, item));
        return refusal;
    }

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var device in step.Db.Devices.Local) hints.Changed(device.Id);
        // Owners and groups decide strategies too.
        await step.Services.GetRequiredService<StrategyEpoch>().BumpAsync(step.Db, cancellationToken);
    }

    public override async Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var field in items.Select(i => i.Split('\t')).GroupBy(p => p.ElementAtOrDefault(1) ?? ""))
        {
            var guids = field.Select(p => Guid.TryParse(p[0], out var guid) ? guid : Guid.Empty).ToList();
            if (!await DevicesBulk.ReachesAllAsync(db, user, RightFor(field.Key), guids, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        ReachesAsync(db, user, Name, request, cancellationToken);

    /// <summary>Whether somebody may still begin this.</summary>
    internal static Task<bool> ReachesAsync(
        HawserDb db, CurrentUser user, string kind, JobRequest request, CancellationToken cancellationToken) =>
        DevicesBulk.ReachesAllAsync(
            db, user, DevicesBulk.RightFor(kind, request.Args.GetValueOrDefault("type", "")),
            [.. request.Items.Select(i => Guid.TryParse(i, out var guid) ? guid : Guid.Empty)], cancellationToken);

    private static AdminRight RightFor(string field) => field switch
    {
        "enabled" => AdminRight.DevicesEnable,
        "owner" => AdminRight.DevicesOwner,
        "groups" => AdminRight.DevicesGroup,
        "strategy" => AdminRight.DevicesStrategy,
        _ => AdminRight.DevicesInfo,
    };

    /// <summary>What the log calls it.</summary>
    protected abstract ConsoleOperation OperationOf(string item);

    /// <summary>What the log says besides.</summary>
    protected virtual (string Name, string? Value)[] DetailsOf(JobRequest request, string item) => [];

    /// <summary>Changes one; returns why not.</summary>
    protected abstract Task<string?> ChangeAsync(
        JobStep step, (Device Row, DeviceDetails Details) device, string item, CancellationToken cancellationToken);

    /// <summary>For names: finds and caches within one step.</summary>
    protected DeviceAssignments Assignments(JobStep step) => new(step.Db, secrets, Now);

    /// <summary>What devices have in a field now, one text each: guid, field, value.</summary>
    protected static async Task<IReadOnlyList<string>> ValuesAsync(
        HawserDb db, IReadOnlyList<string> guids, string field, CancellationToken cancellationToken)
    {
        var values = new Dictionary<Guid, string>();
        var wanted = guids.Select(g => Guid.TryParse(g, out var guid) ? guid : Guid.Empty).ToList();
        foreach (var some in wanted.Distinct().Chunk(Some))
        {
            foreach (var (guid, value) in await ReadAsync(db, some, field, cancellationToken)) values[guid] = value;
        }

        return wanted.ConvertAll(g => $"{g}\t{field}\t{values.GetValueOrDefault(g, field == "enabled" ? "1" : "")}");
    }

    private static async Task<List<(Guid Guid, string Value)>> ReadAsync(
        HawserDb db, Guid[] some, string field, CancellationToken cancellationToken)
    {
        var details = db.DeviceDetails.AsNoTracking().Where(d => some.Contains(d.DeviceGuid));
        switch (field)
        {
            case "groups":
                var members = await db.DeviceGroupMembers.AsNoTracking().Where(m => some.Contains(m.DeviceGuid))
                    .Select(m => new { m.DeviceGuid, m.GroupGuid }).ToListAsync(cancellationToken);
                return [.. members.GroupBy(m => m.DeviceGuid)
                    .Select(g => (g.Key, string.Join(',', g.Select(m => m.GroupGuid))))];
            case "strategy":
                var strategies = await db.StrategyAssignments.AsNoTracking()
                    .Where(a => a.TargetKind == StrategyTarget.Device && some.Contains(a.TargetGuid))
                    .Select(a => new { a.TargetGuid, a.StrategyGuid }).ToListAsync(cancellationToken);
                return strategies.ConvertAll(a => (a.TargetGuid, a.StrategyGuid.ToString()));
            case "note":
                var notes = await db.Devices.AsNoTracking().Where(d => some.Contains(d.Guid))
                    .Select(d => new { d.Guid, d.Note }).ToListAsync(cancellationToken);
                return notes.ConvertAll(d => (d.Guid, d.Note ?? ""));
            default:
                return (await details.ToListAsync(cancellationToken)).ConvertAll(d => (d.DeviceGuid, field switch
                {
                    "enabled" => d.Enabled ? "1" : "0",
                    "owner" => d.OwnerGuid?.ToString() ?? "",
                    "name" => d.NameOverride,
                    _ => d.UsernameOverride,
                }));
        }
    }
}

/// <summary>Lets devices be reached, or nobody reach them.</summary>
internal sealed class DeviceStatusJob(bool enable, DeviceHints hints, Secrets secrets, TimeProvider time)
    : DeviceJob(hints, secrets, time)
{
    internal const string DisableName = "devices.disable";

    public override string Name => enable ? "devices.enable" : DisableName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) =>
        ValuesAsync(db, request.Items, "enabled", cancellationToken);

    protected override ConsoleOperation OperationOf(string item) =>
        enable ? ConsoleOperation.EnableDevice : ConsoleOperation.DisableDevice;

    protected override Task<string?> ChangeAsync(
        JobStep step, (Device Row, DeviceDetails Details) device, string item, CancellationToken cancellationToken)
    {
        if (StaleRule.WasSeenSince(step.Request, device.Row))
        {
            return Task.FromResult<string?>($"{device.Row.Id} was seen again.");
        }

        if (enable) device.Details.Enable(Now);
        else device.Details.Enabled = false;
        return Task.FromResult<string?>(null);
    }
}

/// <summary>Gives devices an owner, strategy, group, note, name, or a place in an address book.</summary>
internal sealed class DeviceAssignJob(DeviceHints hints, Secrets secrets, TimeProvider time)
    : DeviceJob(hints, secrets, time)
{
    internal const string KindName = "devices.assign";

    public override string Name => KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) => request.Args["type"] switch
    {
        "user_name" => ValuesAsync(db, request.Items, "owner", cancellationToken),
        "strategy_name" => ValuesAsync(db, request.Items, "strategy", cancellationToken),
        "device_group_name" or "device_group_add" or "device_group_remove" =>
            ValuesAsync(db, request.Items, "groups", cancellationToken),
        "note" => ValuesAsync(db, request.Items, "note", cancellationToken),
        "device_name" => ValuesAsync(db, request.Items, "name", cancellationToken),
        "device_username" => ValuesAsync(db, request.Items, "username", cancellationToken),
        // A place in a book is not taken back.
        _ => base.RememberAsync(db, request, cancellationToken),
    };

    // The value for a book may hold a password, which is not kept longer than it takes.
    public override bool IsRepeatable(JobRequest request) => request.Args["type"] != "ab";

    protected override ConsoleOperation OperationOf(string item) => ConsoleOperation.UpdateDevice;

    protected override (string Name, string? Value)[] DetailsOf(JobRequest request, string item) =>
    [
        ("type", request.Args["type"]), ("value", request.Args["type"] == "ab" ? null : request.Args["value"]),
    ];

    protected override Task<string?> ChangeAsync(
        JobStep step, (Device Row, DeviceDetails Details) device, string item, CancellationToken cancellationToken) =>
        DevicesAdmin.ApplyAsync(
            Assignments(step), device, step.Request.Args["type"], step.Request.Args["value"], cancellationToken);
}

/// <summary>Gives devices back what they had; the items say what.</summary>
internal sealed class DeviceRestoreJob(DeviceHints hints, Secrets secrets, TimeProvider time)
    : DeviceJob(hints, secrets, time)
{
    internal const string KindName = "devices.restore";

    public override string Name => KindName;

    public override string UndoneBy => "";

    protected override ConsoleOperation OperationOf(string item) => item.Split('\t', 3) switch
    {
        [_, "enabled", "1"] => ConsoleOperation.EnableDevice,
        [_, "enabled", _] => ConsoleOperation.DisableDevice,
        _ => ConsoleOperation.UpdateDevice,
    };

    protected override (string Name, string? Value)[] DetailsOf(JobRequest request, string item) =>
        [("restored", item.Split('\t', 3)[1])];

    protected override async Task<string?> ChangeAsync(
        JobStep step, (Device Row, DeviceDetails Details) device, string item, CancellationToken cancellationToken)
    {
        var (row, details) = device;
        if (item.Split('\t', 3) is not [_, var field, var value]) return "It is not known what it had.";
        switch (field)
        {
            case "enabled" when value == "1": details.Enable(Now); break;
            case "enabled": details.Enabled = false; break;
            case "note": row.Note = value.Length == 0 ? null : value; break;
            case "name": details.NameOverride = value; break;
            case "username": details.UsernameOverride = value; break;
            case "owner":
                Guid? owner = Guid.TryParse(value, out var user) ? user : null;
                if (owner is not null && !await step.Db.Users.AnyAsync(u => u.Guid == owner, cancellationToken))
                {
                    return "Its owner is gone.";
                }

                details.OwnerGuid = owner;
                break;
            case "groups": await JoinAsync(step.Db, row.Guid, value, cancellationToken); break;
            default: await FollowAsync(step.Db, row.Guid, value, cancellationToken); break;
        }

        return null;
    }

    private async Task JoinAsync(HawserDb db, Guid device, string value, CancellationToken cancellationToken)
    {
        var wanted = value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Guid.Parse).ToArray();
        var there = await db.DeviceGroups.Where(g => wanted.Contains(g.Guid)).Select(g => g.Guid)
            .ToListAsync(cancellationToken);
        var rows = await db.DeviceGroupMembers.Where(m => m.DeviceGuid == device).ToListAsync(cancellationToken);
        db.DeviceGroupMembers.RemoveRange(rows.Where(r => !there.Contains(r.GroupGuid)));
        foreach (var group in there.Except(rows.Select(r => r.GroupGuid)))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device, GroupGuid = group, AddedAt = Now });
        }
    }

    private async Task FollowAsync(HawserDb db, Guid device, string value, CancellationToken cancellationToken)
    {
        var row = await db.StrategyAssignments.FindAsync([StrategyTarget.Device, device], cancellationToken);
        if (row is not null) db.StrategyAssignments.Remove(row);
        if (!Guid.TryParse(value, out var strategy)
            || !await db.Strategies.AnyAsync(s => s.Guid == strategy, cancellationToken)) return;
        if (row is null)
        {
            db.StrategyAssignments.Add(new StrategyAssignment
            {
                TargetKind = StrategyTarget.Device, TargetGuid = device, StrategyGuid = strategy, AssignedAt = Now,
            });
            return;
        }

        db.Entry(row).State = EntityState.Modified;
        (row.StrategyGuid, row.AssignedAt) = (strategy, Now);
    }
}

/// <summary>Forgets devices that are disabled or offline.</summary>
internal sealed class DeviceDeleteJob(
    ApiParts parts, DevicePresence presence, DeviceHints hints, TimeProvider time) : JobKind
{
    /// <summary>The argument that says who deletes; the bin remembers.</summary>
    internal const string ByGuid = "by_guid";

    internal const string KindName = "devices.delete";

    /// <summary>The argument by which what is enabled is kept.</summary>
    internal const string OnlyDisabled = "only_disabled";

    public override string Name => KindName;

    public override string UndoneBy => DeviceUndeleteJob.KindName;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) => Task.FromResult(request.Items);

    public override Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        DeviceUndeleteJob.ReachesAsync(db, user, items, cancellationToken);

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        DeviceJob.ReachesAsync(db, user, KindName, request, cancellationToken);

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var db = step.Db;
        var device = Guid.TryParse(item, out var guid) ? await db.Devices.FindAsync([guid], cancellationToken) : null;
        // Gone is gone, also after a crash.
        if (device is null) return null;
        if (StaleRule.WasSeenSince(step.Request, device)) return $"{device.Id} was seen again.";
        // Roles delete what is disabled only (admin reference §6.4).
        if (step.Request.Args.ContainsKey(OnlyDisabled)
            && !await db.DeviceDetails.AnyAsync(d => d.DeviceGuid == guid && !d.Enabled, cancellationToken))
        {
            return $"{device.Id} is enabled; disable it before it is deleted.";
        }

        if (presence.IsOnline(device.Id)
            && !await db.DeviceDetails.AnyAsync(d => d.DeviceGuid == guid && !d.Enabled, cancellationToken))
        {
            return $"{device.Id} is online; disable it before it is deleted.";
        }

        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        var args = step.Request.Args;
        var by = Guid.TryParse(args.GetValueOrDefault(ByGuid), out var who) ? who : Guid.Empty;
        await DeviceBin.PutAsync(
            db, device, (by, args.GetValueOrDefault("by", "")), time.GetUtcNow().UtcDateTime, cancellationToken);
        await RemoveAsync(db, device, cancellationToken);
        step.Log(ConsoleOperation.DeleteDevice, device.Id);
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        hints.Changed(device.Id);
        parts.Feed.Publish(new LiveEvent("device-deleted", device.Id));
        return null;
    }

    /// <summary>Removes a device and what refers to it; the caller saves.</summary>
    internal static async Task RemoveAsync(HawserDb db, Device device, CancellationToken cancellationToken)
    {
        await AccessRules.ForgetAsync(db, device.Guid, cancellationToken);
        await db.StrategyAssignments
            .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == device.Guid)
            .ExecuteDeleteAsync(cancellationToken);
        db.Devices.Remove(device);
    }
}

/// <summary>Has devices send their sysinfo again.</summary>
internal sealed class DeviceRefreshJob(DeviceCommands commands) : JobKind
{
    internal const string KindName = "devices.refresh";

    public override string Name => KindName;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken) =>
        Guid.TryParse(item, out var guid)
            && await commands.AskSysinfoAsync(step.Db, guid, step.Request.Args["by"], cancellationToken)
            ? null : "There is no such device any more.";

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        DeviceJob.ReachesAsync(db, user, KindName, request, cancellationToken);
}
