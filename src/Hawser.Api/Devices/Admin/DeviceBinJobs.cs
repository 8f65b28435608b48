using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices.Admin;

/// <summary>Takes devices out of the bin, named by their guids; also what takes a deletion back.</summary>
internal sealed class DeviceUndeleteJob(ApiParts parts, DeviceHints hints, TimeProvider time) : JobKind
{
    internal const string KindName = "devices.undelete";

    public override string Name => KindName;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(item, out var guid)) return "There is no such device.";
        var now = time.GetUtcNow().UtcDateTime;
        var (id, refusal) = await DeviceBin.TakeOutAsync(step.Db, guid, now, cancellationToken);
        if (refusal is not null) return refusal;
        try
        {
            await step.Db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            // It registered in this moment; the next try finds it.
            step.Db.ChangeTracker.Clear();
            return $"{id} registered again just now; try once more.";
        }

        hints.Changed(id);
        parts.Feed.Publish(new LiveEvent("device-restored", id));
        return null;
    }

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        await step.Services.GetRequiredService<StrategyEpoch>().BumpAsync(step.Db, cancellationToken);

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        ReachesAsync(db, user, request.Items, cancellationToken);

    /// <summary>Whether somebody may have these out of the bin: what he put in, or all.</summary>
    internal static async Task<bool> ReachesAsync(
        HawserDb db, CurrentUser user, IReadOnlyCollection<string> items, CancellationToken cancellationToken)
    {
        if (user.MayEverywhere(AdminRight.DevicesDelete)) return true;
        if (!user.May(AdminRight.DevicesDelete)) return false;
        var guids = items.Select(i => Guid.TryParse(i, out var guid) ? guid : Guid.Empty).Distinct().ToArray();
        foreach (var some in guids.Chunk(500))
        {
            if (await db.DeletedDevices.AnyAsync(
                d => some.Contains(d.Guid) && d.DeletedByGuid != user.Guid, cancellationToken)) return false;
        }

        return true;
    }
}

/// <summary>Removes devices from the bin for good.</summary>
internal sealed class DevicePurgeJob : JobKind
{
    internal const string KindName = "devices.purge";

    public override string Name => KindName;

    public override int Batch => 25;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(item, out var guid)
            && await step.Db.DeletedDevices.FindAsync([guid], cancellationToken) is { } row)
        {
            step.Db.DeletedDevices.Remove(row);
        }

        // Gone is gone, also after a crash.
        return null;
    }
}
