using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Strategies;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.Admin;

/// <summary>Takes accounts out of the bin, named by their guids; also what takes a deletion back.</summary>
internal sealed class UserUndeleteJob(AccountEvents events, DeviceHints hints, TimeProvider time) : JobKind
{
    internal const string KindName = "users.undelete";

    /// <summary>The argument with the name that the one account gets.</summary>
    internal const string NewName = "new_name";

    public override string Name => KindName;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(item, out var guid)) return "There is no such user.";
        var db = step.Db;
        await using var change = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            var (_, devices, refusal) = await UserBin.TakeOutAsync(
                db, guid, step.Request.Args.GetValueOrDefault(NewName, ""), time.GetUtcNow().UtcDateTime,
                cancellationToken);
            if (refusal is not null) return refusal;
            await change.CommitAsync(cancellationToken);
            events.Changed(guid);
            foreach (var device in devices) hints.Changed(device);
            return null;
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            // Somebody took the name, or a book's name, in this moment; the next try finds it.
            db.ChangeTracker.Clear();
            return "The account changed just now; try once more.";
        }
    }

    public override async Task StoredAsync(
        JobStep step, IReadOnlyList<string> items, CancellationToken cancellationToken) =>
        await step.Services.GetRequiredService<StrategyEpoch>().BumpAsync(step.Db, cancellationToken);

    public override Task<bool> MayRepeatAsync(
        HawserDb db, CurrentUser user, JobRequest request, CancellationToken cancellationToken) =>
        ReachesAsync(db, user, request.Items, cancellationToken);

    /// <summary>Whether somebody who is no administrator may have these out of the bin: what he put in, or all; but no
    /// administrator.</summary>
    internal static async Task<bool> ReachesAsync(
        HawserDb db, CurrentUser user, IReadOnlyCollection<string> items, CancellationToken cancellationToken)
    {
        if (!user.May(AdminRight.UsersDelete)) return false;
        var guids = items.Select(i => Guid.TryParse(i, out var guid) ? guid : Guid.Empty).Distinct().ToArray();
        var all = user.MayEverywhere(AdminRight.UsersDelete);
        foreach (var some in guids.Chunk(500))
        {
            if (await db.DeletedUsers.AnyAsync(
                d => some.Contains(d.Guid) && (d.IsAdmin || (!all && d.DeletedByGuid != user.Guid)),
                cancellationToken)) return false;
        }

        return true;
    }
}

/// <summary>Removes accounts from the bin for good.</summary>
internal sealed class UserPurgeJob : JobKind
{
    internal const string KindName = "users.purge";

    public override string Name => KindName;

    // Gone is gone, also after a crash.
    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(item, out var guid)) return null;
        await using var change = await step.Db.Database.BeginTransactionAsync(cancellationToken);
        await UserBin.PurgeAsync(step.Db, guid, cancellationToken);
        await step.Db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync(cancellationToken);
        return null;
    }
}
