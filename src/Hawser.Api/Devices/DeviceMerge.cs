using Hawser.Api.Devices.Admin;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices;

/// <summary>
/// Two rows that are one machine, which was set up anew: one stays, and what was done on the other and given to it
/// becomes the first one's. What both have stays as the first one has it.
/// </summary>
internal static class DeviceMerge
{
    /// <summary>What would move.</summary>
    public static async Task<MergePreview> CountAsync(
        HawserDb db, Device stays, Device goes, CancellationToken cancellationToken)
    {
        var (guid, id) = (goes.Guid, goes.Id);
        var entries = db.AddressBookEntries.Where(e => e.Id == id && e.DeletedAt == null);
        var twice = await entries.CountAsync(
            e => db.AddressBookEntries.Any(o => o.BookGuid == e.BookGuid && o.Id == stays.Id && o.DeletedAt == null),
            cancellationToken);
        var (mine, theirs) = (await DetailsAsync(db, stays.Guid, cancellationToken),
            await DetailsAsync(db, guid, cancellationToken));
        var owner = mine?.OwnerGuid is null ? theirs?.OwnerGuid : null;
        var strategy = await StrategyAsync(db, stays.Guid, cancellationToken) is null
            ? await StrategyAsync(db, guid, cancellationToken) : null;
        var groups = await NewGroups(db, stays.Guid, guid)
            .Join(db.DeviceGroups, m => m.GroupGuid, g => g.Guid, (m, g) => g)
            .OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName).Select(g => g.Name).ToListAsync(cancellationToken);
        return new MergePreview
        {
            Sessions = await db.ConnectionAudits.CountAsync(
                a => a.DeviceGuid == guid || a.DeviceId == id, cancellationToken),
            Files = await db.FileAudits.CountAsync(a => a.DeviceGuid == guid || a.DeviceId == id, cancellationToken),
            Alarms = await db.AlarmAudits.CountAsync(a => a.DeviceGuid == guid || a.DeviceId == id, cancellationToken),
            Recordings = await db.Recordings.CountAsync(
                r => r.DeviceGuid == guid || r.DeviceId == id, cancellationToken),
            Books = await entries.CountAsync(cancellationToken) - twice,
            BooksTwice = twice,
            Groups = groups,
            Owner = owner is null ? "" : await db.Users.Where(u => u.Guid == owner).Select(u => u.Name)
                .FirstOrDefaultAsync(cancellationToken) ?? "",
            Strategy = strategy is null ? "" : await db.Strategies.Where(s => s.Guid == strategy).Select(s => s.Name)
                .FirstOrDefaultAsync(cancellationToken) ?? "",
            Rules = await db.AccessRules.CountAsync(r => r.TargetGuid == guid, cancellationToken),
        };
    }

    /// <summary>Does it; the caller has begun a transaction, saves and commits.</summary>
    public static async Task RunAsync(
        HawserDb db, Device stays, Device goes, DateTime now, CancellationToken cancellationToken)
    {
        await MoveHistoryAsync(db, stays, goes, cancellationToken);
        await MoveBooksAsync(db, (goes.Id, stays.Id), now, cancellationToken);
        await MoveGiftsAsync(db, stays, goes, now, cancellationToken);
        // Whoever calls the old id must not reach a stranger: only its machine may take it again.
        await db.RetiredIds.Where(r => r.DeviceGuid == goes.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.DeviceGuid, stays.Guid), cancellationToken);
        await db.RetiredIds.Where(r => r.Id == goes.Id).ExecuteDeleteAsync(cancellationToken);
        db.RetiredIds.Add(new RetiredId(goes.Id, goes.Uuid, stays.Guid, now));
        await db.DeviceClaims.Where(c => c.DeviceId == goes.Id).ExecuteDeleteAsync(cancellationToken);
        db.Devices.Remove(goes);
    }

    // Lists look devices up by their id: what was done on the other one is found under the id that stays.
    private static async Task MoveHistoryAsync(
        HawserDb db, Device stays, Device goes, CancellationToken cancellationToken)
    {
        var (guid, id) = (goes.Guid, goes.Id);
        Guid? to = stays.Guid;
        await db.ConnectionAudits.Where(a => a.DeviceGuid == guid || a.DeviceId == id).ExecuteUpdateAsync(
            s => s.SetProperty(a => a.DeviceGuid, to).SetProperty(a => a.DeviceId, stays.Id), cancellationToken);
        await db.FileAudits.Where(a => a.DeviceGuid == guid || a.DeviceId == id).ExecuteUpdateAsync(
            s => s.SetProperty(a => a.DeviceGuid, to).SetProperty(a => a.DeviceId, stays.Id), cancellationToken);
        await db.AlarmAudits.Where(a => a.DeviceGuid == guid || a.DeviceId == id).ExecuteUpdateAsync(
            s => s.SetProperty(a => a.DeviceGuid, to).SetProperty(a => a.DeviceId, stays.Id), cancellationToken);
        await db.AlarmMutes.Where(m => m.DeviceId == id).ExecuteUpdateAsync(
            s => s.SetProperty(m => m.DeviceId, stays.Id), cancellationToken);
        await db.Recordings.Where(r => r.DeviceGuid == guid || r.DeviceId == id).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.DeviceGuid, to).SetProperty(r => r.DeviceId, stays.Id), cancellationToken);
    }

    // Where a book has both, the other entry goes to the book's bin: its password and tags may still be wanted.
    private static async Task MoveBooksAsync(
        HawserDb db, (string From, string To) id, DateTime now, CancellationToken cancellationToken)
    {
        var (from, to) = id;
        var books = db.AddressBookEntries.Where(e => e.Id == from && e.DeletedAt == null).Select(e => e.BookGuid);
        await db.AddressBooks.Where(b => books.Contains(b.Guid)).ExecuteUpdateAsync(
            s => s.SetProperty(b => b.UpdatedAt, now), cancellationToken);
        await db.AddressBookEntries
            .Where(e => e.Id == from && e.DeletedAt == null && db.AddressBookEntries.Any(
                o => o.BookGuid == e.BookGuid && o.Id == to && o.DeletedAt == null))
            .ExecuteUpdateAsync(s => s.SetProperty(e => e.DeletedAt, (DateTime?)now), cancellationToken);
        await db.AddressBookEntries.Where(e => e.Id == from && e.DeletedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(e => e.Id, to).SetProperty(e => e.UpdatedAt, now), cancellationToken);
    }

    private static async Task MoveGiftsAsync(
        HawserDb db, Device stays, Device goes, DateTime now, CancellationToken cancellationToken)
    {
        var theirs = await DetailsAsync(db, goes.Guid, cancellationToken);
        var mine = await db.DeviceDetails.FindAsync([stays.Guid], cancellationToken);
        if (mine is null) db.DeviceDetails.Add(mine = new DeviceDetails { DeviceGuid = stays.Guid, Enabled = true });
        mine.OwnerGuid ??= theirs?.OwnerGuid;
        if (mine.NameOverride.Length == 0) mine.NameOverride = theirs?.NameOverride ?? "";
        if (mine.UsernameOverride.Length == 0) mine.UsernameOverride = theirs?.UsernameOverride ?? "";
        if (string.IsNullOrEmpty(stays.Note)) stays.Note = goes.Note;
        foreach (var group in await NewGroups(db, stays.Guid, goes.Guid).Select(m => m.GroupGuid)
            .ToListAsync(cancellationToken))
        {
            db.DeviceGroupMembers.Add(new DeviceGroupMember
            {
                DeviceGuid = stays.Guid, GroupGuid = group, AddedAt = now,
            });
        }

        if (await StrategyAsync(db, stays.Guid, cancellationToken) is null)
        {
            await db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == goes.Guid)
                .ExecuteUpdateAsync(s => s.SetProperty(a => a.TargetGuid, stays.Guid), cancellationToken);
        }
        else
        {
            await db.StrategyAssignments
                .Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == goes.Guid)
                .ExecuteDeleteAsync(cancellationToken);
        }

        Guid? to = stays.Guid;
        await db.AccessRules.Where(r => r.TargetGuid == goes.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.TargetGuid, to).SetProperty(r => r.UpdatedAt, now), cancellationToken);
    }

    private static Task<DeviceDetails?> DetailsAsync(HawserDb db, Guid device, CancellationToken cancellationToken) =>
        db.DeviceDetails.AsNoTracking().FirstOrDefaultAsync(d => d.DeviceGuid == device, cancellationToken);

    private static Task<Guid?> StrategyAsync(HawserDb db, Guid device, CancellationToken cancellationToken) =>
        db.StrategyAssignments.Where(a => a.TargetKind == StrategyTarget.Device && a.TargetGuid == device)
            .Select(a => (Guid?)a.StrategyGuid).FirstOrDefaultAsync(cancellationToken);

    private static IQueryable<DeviceGroupMember> NewGroups(HawserDb db, Guid stays, Guid goes) =>
        db.DeviceGroupMembers.Where(m => m.DeviceGuid == goes && !db.DeviceGroupMembers.Any(
            o => o.DeviceGuid == stays && o.GroupGuid == m.GroupGuid));
}
