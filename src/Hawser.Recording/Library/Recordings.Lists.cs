using System.Runtime.CompilerServices;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>Lists of recordings.</summary>
internal sealed partial class Recordings
{
    private const int LargestPage = 100;
    private const int AtOnce = 500;

    /// <summary>What the caller may see.</summary>
    public async Task<RecordPage> ListAsync(
        RecordCaller caller, RecordQuery query, CancellationToken cancellationToken)
    {
        if ((caller.Rights & (RecordRights.View | RecordRights.Manage)) == RecordRights.None)
        {
            return new RecordPage(0, []);
        }

        await using var db = parts.Store.CreateDb();
        var rows = Asked(db, caller, query);
        var total = await rows.CountAsync(cancellationToken);
        var size = Math.Clamp(query.PageSize, 1, LargestPage);
        var skip = Math.Min((long)(Math.Max(query.Page, 1) - 1) * size, int.MaxValue);
        var page = await Stable(rows, query).Skip((int)skip).Take(size).ToListAsync(cancellationToken);
        return new RecordPage(total, await ViewsAsync(page, cancellationToken));
    }

    /// <summary>
    /// All that the caller may see of what is asked for, some at a time: no statement runs as long as a slow reader
    /// reads.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<RecordView>> AllAsync(
        RecordCaller caller, RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var skip = 0; ; skip += AtOnce)
        {
            List<RecordingRow> some;
            await using (var db = parts.Store.CreateDb())
            {
                some = await Stable(Asked(db, caller, query), query).Skip(skip).Take(AtOnce)
                    .ToListAsync(cancellationToken);
            }

            yield return await ViewsAsync(some, cancellationToken);
            if (some.Count < AtOnce) yield break;
        }
    }

    private static IQueryable<RecordingRow> Asked(HawserDb db, RecordCaller caller, RecordQuery query)
    {
        var rows = db.Recordings.AsNoTracking().Where(r => r.Status != RecordingStatus.Deleting);
        if ((caller.Rights & RecordRights.Everybodys) == RecordRights.None)
        {
            var devices = caller.Devices?.Invoke(db, false);
            rows = devices is null ? rows.Where(r => r.Owner == caller.Owner)
                : rows.Where(r => r.Owner == caller.Owner
                    || (r.DeviceGuid != null && devices.Contains(r.DeviceGuid.Value)));
        }

        return query.Filter.Of(db, rows);
    }

    private static IQueryable<RecordingRow> Stable(IQueryable<RecordingRow> rows, RecordQuery query)
    {
        var sorted = Sorted(rows, query.Order, query.Descending);
        return query.Descending ? sorted.ThenByDescending(r => r.Guid) : sorted.ThenBy(r => r.Guid);
    }

    /// <summary>The names of accounts, for lists.</summary>
    public async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(
        IEnumerable<RecordView> views, CancellationToken cancellationToken)
    {
        var accounts = views.Select(v => v.Account).OfType<Guid>().Distinct().ToArray();
        if (accounts.Length == 0) return new Dictionary<Guid, string>();
        await using var db = parts.Store.CreateDb();
        return await db.Users.AsNoTracking().Where(u => accounts.Contains(u.Guid))
            .ToDictionaryAsync(u => u.Guid, u => u.Name, cancellationToken);
    }

    private static IOrderedQueryable<RecordingRow> Sorted(
        IQueryable<RecordingRow> rows, RecordOrder order, bool down) => (order, down) switch
    {
        (RecordOrder.Started, true) => rows.OrderByDescending(r => r.StartedAt ?? r.CreatedAt),
        (RecordOrder.Started, _) => rows.OrderBy(r => r.StartedAt ?? r.CreatedAt),
        // Databases differ in where they put what is null.
        (RecordOrder.Duration, true) => rows.OrderByDescending(r => r.DurationMs ?? 0),
        (RecordOrder.Duration, _) => rows.OrderBy(r => r.DurationMs ?? 0),
        (RecordOrder.Size, true) => rows.OrderByDescending(r => r.FinalName == "" ? r.Size : r.FinalSize),
        (RecordOrder.Size, _) => rows.OrderBy(r => r.FinalName == "" ? r.Size : r.FinalSize),
        (RecordOrder.Device, true) => rows.OrderByDescending(r => r.DeviceId),
        (RecordOrder.Device, _) => rows.OrderBy(r => r.DeviceId),
        (RecordOrder.Title, true) => rows.OrderByDescending(r => r.Title).ThenByDescending(r => r.RecordId),
        (RecordOrder.Title, _) => rows.OrderBy(r => r.Title).ThenBy(r => r.RecordId),
        (RecordOrder.Status, true) => rows.OrderByDescending(r => r.Status),
        (RecordOrder.Status, _) => rows.OrderBy(r => r.Status),
        (_, true) => rows.OrderByDescending(r => r.CreatedAt),
        _ => rows.OrderBy(r => r.CreatedAt),
    };
}
