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
    private const string Escape = "\\";

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

        return Matching(OfMeans(OfPeople(rows, query, db), query), query);
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

    private static IQueryable<RecordingRow> OfPeople(IQueryable<RecordingRow> rows, RecordQuery query, HawserDb db)
    {
        if (query.Owner is { } owner) rows = rows.Where(r => r.Owner == owner);
        if (query.Account is { } account) rows = rows.Where(r => r.OwnerGuid == account);
        if (query.Device is { } device) rows = rows.Where(r => r.DeviceId == device);
        if (query.Peer is { } peer) rows = rows.Where(r => r.PeerId == peer);
        if (query.Group is { } group)
        {
            rows = rows.Where(r => db.DeviceGroupMembers.Any(
                m => m.DeviceGuid == r.DeviceGuid && m.GroupGuid == group));
        }

        if (query.Operator is { } name)
        {
            var like = $"%{Literal(name.ToUpperInvariant())}%";
            rows = rows.Where(r => db.Users.Any(
                u => u.Guid == r.OwnerGuid && EF.Functions.Like(u.NormalizedName, like, Escape)));
        }

        return query.Events is { } hasEvents ? WithEvents(rows, hasEvents, db) : rows;
    }

    // Of the same ends as what is listed beside a recording; sessions that begin and end there are part of each.
    private static IQueryable<RecordingRow> WithEvents(IQueryable<RecordingRow> rows, bool wanted, HawserDb db) =>
        rows.Where(r => wanted == (r.DeviceId != "" && r.PeerId != ""
            && (db.FileAudits.Any(f => ((f.DeviceId == r.DeviceId && f.PeerId == r.PeerId)
                    || (f.DeviceId == r.PeerId && f.PeerId == r.DeviceId))
                && f.CreatedAt >= (r.StartedAt ?? r.CreatedAt) && f.CreatedAt <= (r.StoppedAt ?? r.ActiveAt))
            || db.AlarmAudits.Any(a => a.DeviceId == r.DeviceId
                && a.CreatedAt >= (r.StartedAt ?? r.CreatedAt) && a.CreatedAt <= (r.StoppedAt ?? r.ActiveAt)))));

    private static IQueryable<RecordingRow> OfMeans(IQueryable<RecordingRow> rows, RecordQuery query)
    {
        if (query.Direction is { } direction) rows = rows.Where(r => r.Direction == direction);
        if (query.Codec is { } codec) rows = rows.Where(r => r.Codec == codec);
        if (query.Door is { } door) rows = rows.Where(r => r.Door == door);
        if (query.From is { } from) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) >= from);
        if (query.To is { } to) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) < to);
        if (query.LongerThanMs is { } least) rows = rows.Where(r => r.DurationMs >= least);
        return rows;
    }

    private static IQueryable<RecordingRow> Matching(IQueryable<RecordingRow> rows, RecordQuery query)
    {
        if (query.Held is { } held) rows = rows.Where(r => (r.HeldAt != null) == held);
        if (query.Incomplete is { } incomplete) rows = rows.Where(r => r.Incomplete == incomplete);
        if (query.State is { } state)
        {
            var (one, other) = StatusOf(state);
            rows = rows.Where(r => r.Status == one || r.Status == other);
        }

        if (query.Text is not { Length: > 0 } text) return rows;
        var like = $"%{Literal(text.ToLowerInvariant())}%";
#pragma warning disable CA1304, CA1311, MA0011 // Translated to SQL: PostgreSQL minds the case, SQLite does not.
        return rows.Where(r => EF.Functions.Like(r.RecordId.ToLower(), like, Escape)
            || EF.Functions.Like(r.Title.ToLower(), like, Escape)
            || EF.Functions.Like(r.Note.ToLower(), like, Escape)
            || EF.Functions.Like(r.DeviceId.ToLower(), like, Escape)
            || EF.Functions.Like(r.PeerId.ToLower(), like, Escape));
#pragma warning restore CA1304, CA1311, MA0011
    }

    private static string Literal(string text) => text
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
        .Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal);

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

    private static (RecordingStatus One, RecordingStatus Other) StatusOf(RecordState state) => state switch
    {
        RecordState.Recording => (RecordingStatus.Recording, RecordingStatus.Recording),
        RecordState.Stopping or RecordState.Finalising => (RecordingStatus.Stopping, RecordingStatus.Finalising),
        RecordState.Ready => (RecordingStatus.Ready, RecordingStatus.Ready),
        RecordState.Failed => (RecordingStatus.Failed, RecordingStatus.Failed),
        _ => (RecordingStatus.Deleting, RecordingStatus.Deleting),
    };
}
