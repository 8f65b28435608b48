using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// Lets machines in that wait, named by their claims. Each node's rendezvous role finds the row when the machine asks
/// next, or is told of it by the live feed before.
/// </summary>
internal sealed class DeviceApproveJob(ApiParts parts, DeviceHints hints, Secrets secrets, TimeProvider time) : JobKind
{
    internal const string KindName = "devices.approve";

    private const string GroupsArg = "device_groups";
    private const string OwnerArg = "user_name";
    private const string StrategyArg = "strategy_name";
    private const string NoteArg = "note";

    public override string Name => KindName;

    /// <summary>What the machines get, as a job keeps it.</summary>
    internal static Dictionary<string, string> ArgsOf(ApproveBody body)
    {
        var args = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value)) args[name] = value;
        }

        Add(GroupsArg, string.Join('\n', (body.DeviceGroups ?? []).Where(g => !string.IsNullOrWhiteSpace(g))));
        Add(OwnerArg, body.UserName);
        Add(StrategyArg, body.StrategyName);
        Add(NoteArg, body.Note);
        return args;
    }

    /// <summary>What is wrong with the names, before there is a job: tried on a device that is not there.</summary>
    internal static async Task<(string? Text, string Field)> ComplaintAsync(
        HawserDb db, Secrets secrets, Dictionary<string, string> args, DateTime now,
        CancellationToken cancellationToken)
    {
        var nobody = new Device(Guid.CreateVersion7(), "1000000", [0], new byte[Device.KeyLength], now);
        var complaint = await GiveAsync(
            db, secrets, args, (nobody, new DeviceDetails { DeviceGuid = nobody.Guid }), now, cancellationToken);
        db.ChangeTracker.Clear();
        return complaint;
    }

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        var db = step.Db;
        if (!Guid.TryParse(item, out var guid)
            || await db.DeviceClaims.FindAsync([guid], cancellationToken) is not { } claim)
        {
            return "It does not wait any more.";
        }

        var now = time.GetUtcNow().UtcDateTime;
        var (device, refusal) = await DeviceOfAsync(db, claim, now, cancellationToken);
        if (device is null) return refusal;
        var details = await db.DeviceDetails.FindAsync([device.Guid], cancellationToken);
        if (details is null)
        {
            details = new DeviceDetails { DeviceGuid = device.Guid, Enabled = true, Hostname = claim.Hostname };
            db.DeviceDetails.Add(details);
        }

        var (complaint, _) = await GiveAsync(
            db, secrets, step.Request.Args, (device, details), now, cancellationToken);
        if (complaint is not null)
        {
            db.ChangeTracker.Clear();
            return complaint;
        }

        db.DeviceClaims.Remove(claim);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (e.IsCollision())
        {
            db.ChangeTracker.Clear();
            return $"{claim.DeviceId} came another way in this moment; try once more.";
        }

        hints.Changed(claim.DeviceId);
        parts.Feed.Publish(new LiveEvent("device-restored", claim.DeviceId));
        return null;
    }

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        await step.Services.GetRequiredService<StrategyEpoch>().BumpAsync(step.Db, cancellationToken);

    // The row that the machine will be known by: its own from before, or a new one.
    private async Task<(Device? Device, string? Refusal)> DeviceOfAsync(
        HawserDb db, DeviceClaim claim, DateTime now, CancellationToken cancellationToken)
    {
        var device = await db.Devices.FirstOrDefaultAsync(d => d.Id == claim.DeviceId, cancellationToken);
        if (device is not null && !device.Uuid.AsSpan().SequenceEqual(claim.Uuid))
        {
            return (null, $"Another machine has the id {claim.DeviceId}. Delete that device first, or give the new "
                + "machine another id.");
        }

        if (device is not null)
        {
            // The same machine, set up anew.
            db.Entry(device).Property(d => d.PublicKey).CurrentValue = claim.PublicKey;
            device.Listed = true;
            return (device, null);
        }

        if (await parts.Store.Devices.IsRetiredAsync(claim.DeviceId, claim.Uuid, cancellationToken))
        {
            return (null, $"The id {claim.DeviceId} was another machine's, and stays its own for those who call it.");
        }

        device = new Device(Guid.CreateVersion7(), claim.DeviceId, claim.Uuid, claim.PublicKey, now) { Listed = true };
        db.Devices.Add(device);
        db.Entry(device).Property(d => d.LastAddress).CurrentValue = claim.Address;
        return (device, null);
    }

    private static async Task<(string? Text, string Field)> GiveAsync(
        HawserDb db, Secrets secrets, IReadOnlyDictionary<string, string> args,
        (Device Row, DeviceDetails Details) device, DateTime now, CancellationToken cancellationToken)
    {
        var assignments = new DeviceAssignments(db, secrets, now);
        if (args.TryGetValue(OwnerArg, out var owner)
            && await assignments.SetOwnerAsync(device.Details, owner, cancellationToken) is { } noUser)
        {
            return (noUser, OwnerArg);
        }

        if (args.TryGetValue(StrategyArg, out var strategy)
            && await assignments.SetStrategyAsync(device.Row.Guid, strategy, cancellationToken) is { } noStrategy)
        {
            return (noStrategy, StrategyArg);
        }

        if (args.TryGetValue(GroupsArg, out var groups) && await DeviceEdits.SetGroupsAsync(
            db, device.Row.Guid, groups.Split('\n'), now, cancellationToken) is { } noGroup)
        {
            return (noGroup, GroupsArg);
        }

        if (args.TryGetValue(NoteArg, out var note)) device.Row.Note = DeviceAssignments.Cut(note, 1000);
        return (null, "");
    }
}

/// <summary>Rejects claims, or has them wait again; each takes the other back.</summary>
internal sealed class ClaimJob(bool isRejected, ApiParts parts) : JobKind
{
    private const string Reject = "devices.reject";
    private const string Wait = "devices.wait";

    public override string Name => NameOf(isRejected);

    public override string UndoneBy => NameOf(!isRejected);

    public override int Batch => 25;

    internal static string NameOf(bool isRejected) => isRejected ? Reject : Wait;

    public override Task<IReadOnlyList<string>> RememberAsync(
        HawserDb db, JobRequest request, CancellationToken cancellationToken) => Task.FromResult(request.Items);

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(item, out var guid)
            || await step.Db.DeviceClaims.FindAsync([guid], cancellationToken) is not { } claim)
        {
            return "It does not wait any more.";
        }

        if (claim.State is ClaimState.Waiting or ClaimState.Rejected)
        {
            claim.State = isRejected ? ClaimState.Rejected : ClaimState.Waiting;
        }

        return null;
    }

    public override Task<bool> MayUndoAsync(
        HawserDb db, CurrentUser user, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        Task.FromResult(user.MayUnassigned(AdminRight.DevicesEnable));

    public override Task StoredAsync(JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        foreach (var id in step.Db.DeviceClaims.Local.Select(c => c.DeviceId).Take(20))
        {
            parts.Feed.Publish(new LiveEvent("device-claim", id));
        }

        return Task.CompletedTask;
    }
}
