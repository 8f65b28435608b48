using System.Globalization;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications;

/// <summary>Reads what happened from the rows that say so.</summary>
internal static class HappeningRows
{
    internal const string DeviceNew = "device.new";
    internal const string SessionBegun = "session.begun";
    internal const string SessionEnded = "session.ended";
    internal const string UserCreated = "user.created";
    internal const string RecordingReady = "recording.ready";

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<string> Events { get; } =
        [DeviceNew, SessionBegun, SessionEnded, UserCreated, RecordingReady];

    // A session lets its operator in, and a recording is finished, not much later than it began.
    private static readonly TimeSpan Before = TimeSpan.FromDays(2);

    /// <summary>What happened after one time and not after another, oldest first, and how many more.</summary>
    public static async Task<IReadOnlyList<Happening>> ReadAsync(
        HawserDb db, string wanted, (DateTime Since, DateTime Until) between, int most,
        CancellationToken cancellationToken)
    {
        var rows = Rows(db, wanted, between);
        var some = await rows.Take(most).ToListAsync(cancellationToken);
        var more = some.Count < most ? 0 : await rows.CountAsync(cancellationToken) - most;
        var told = some.ConvertAll(r => new Happening(
            wanted, wanted == SessionEnded ? r.EndedAt!.Value : r.At, r.About, Members(wanted, r)));
        if (more > 0) told[^1] = told[^1] with { More = more };
        return told;
    }

    private static IQueryable<Row> Rows(HawserDb db, string wanted, (DateTime Since, DateTime Until) between)
    {
        var (since, until) = between;
        var old = since - Before;
        return wanted switch
        {
            DeviceNew => db.Devices.AsNoTracking().Where(d => d.CreatedAt > since && d.CreatedAt <= until)
                .OrderBy(d => d.CreatedAt).ThenBy(d => d.Guid)
                .Select(d => new Row { Guid = d.Guid, At = d.CreatedAt, About = d.Id }),
            SessionBegun => Sessions(db.ConnectionAudits.AsNoTracking()
                .Where(a => a.CreatedAt > old && a.AuthorizedAt > since && a.AuthorizedAt <= until)
                .OrderBy(a => a.AuthorizedAt).ThenBy(a => a.Guid)),
            SessionEnded => Sessions(db.ConnectionAudits.AsNoTracking()
                .Where(a => a.EndedAt > since && a.EndedAt <= until && a.AuthorizedAt != null)
                .OrderBy(a => a.EndedAt).ThenBy(a => a.Guid)),
            UserCreated => db.Users.AsNoTracking().Where(u => u.CreatedAt > since && u.CreatedAt <= until)
                .OrderBy(u => u.CreatedAt).ThenBy(u => u.Guid)
                .Select(u => new Row { Guid = u.Guid, At = u.CreatedAt, About = u.Name }),
            _ => db.Recordings.AsNoTracking().Where(r => r.CreatedAt > old && r.Status == RecordingStatus.Ready
                    && r.FinishedAt > since && r.FinishedAt <= until)
                .OrderBy(r => r.FinishedAt).ThenBy(r => r.Guid)
                .Select(r => new Row
                {
                    Guid = r.Guid, At = r.FinishedAt!.Value, About = r.RecordId, Device = r.DeviceId, Peer = r.PeerId,
                    Name = r.Title, Size = r.FinalSize, DurationMs = r.DurationMs,
                }),
        };
    }

    private static IQueryable<Row> Sessions(IQueryable<Data.Audit.ConnectionAudit> rows) => rows.Select(a => new Row
    {
        Guid = a.Guid, At = a.AuthorizedAt!.Value, EndedAt = a.EndedAt, About = a.DeviceId, Peer = a.PeerId,
        Name = a.UserName, Address = a.Address, Type = a.Type,
    });

    private static IReadOnlyList<(string, string)> Members(string wanted, Row r) => wanted switch
    {
        DeviceNew => [("guid", r.Guid.ToString()), ("id", r.About)],
        UserCreated => [("guid", r.Guid.ToString()), ("name", r.About)],
        RecordingReady =>
        [
            ("guid", r.Guid.ToString()), ("id", r.About), ("device", r.Device), ("operator_id", r.Peer),
            ("title", r.Name), ("size", Number(r.Size)), ("seconds", Number((r.DurationMs ?? 0) / 1000)),
        ],
        _ =>
        [
            ("guid", r.Guid.ToString()), ("device", r.About), ("operator", r.Name), ("operator_id", r.Peer),
            ("address", r.Address), ("type", r.Type is { } type ? Number(type) : ""), ("begun_at", Time(r.At)),
            ("ended_at", wanted == SessionEnded && r.EndedAt is { } end ? Time(end) : ""),
        ],
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTime at) => at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private sealed record Row
    {
        public Guid Guid { get; init; }

        public DateTime At { get; init; }

        public DateTime? EndedAt { get; init; }

        public string About { get; init; } = "";

        public string Device { get; init; } = "";

        public string Peer { get; init; } = "";

        public string Name { get; init; } = "";

        public string Address { get; init; } = "";

        public int? Type { get; init; }

        public long Size { get; init; }

        public long? DurationMs { get; init; }
    }
}
