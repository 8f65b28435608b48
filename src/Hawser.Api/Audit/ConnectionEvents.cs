using Hawser.Data.Audit;

namespace Hawser.Api.Audit;

/// <summary>
/// Makes one row of a connection's events, whatever order they come in: old clients send each by itself (reference
/// §10.2), numbers of connections start again with the client, and "closed" may never come.
/// </summary>
internal static class ConnectionEvents
{
    /// <summary>How far apart events of one connection may arrive in the wrong order.</summary>
    internal static readonly TimeSpan Disorder = TimeSpan.FromMinutes(2);

    /// <summary>Applies an event.</summary>
    /// <param name="report">The event.</param>
    /// <param name="device">The device's row.</param>
    /// <param name="rows">Rows of this device and number, newest first; a new one is added.</param>
    /// <returns>The row that the event belongs to.</returns>
    public static ConnectionAudit Apply(ConnectionReport report, Guid device, List<ConnectionAudit> rows)
    {
        var row = report.What switch
        {
            ConnectionEvent.Opened => Opened(report, rows),
            ConnectionEvent.Authorised => Authorised(report, rows),
            _ => Closed(report, rows),
        };
        if (row is null) rows.Insert(0, row = New(report, device));
        if (report.Head.From.Length > 0) row.ReportedFrom = report.Head.From;
        switch (report.What)
        {
            case ConnectionEvent.Opened:
                row.Address = report.Address;
                if (report.Reference.Length > 0) row.Reference = report.Reference;
                break;
            case ConnectionEvent.Authorised:
                (row.PeerId, row.PeerName, row.Type) = (report.PeerId, report.PeerName, report.Type);
                (row.PrimaryAuth, row.TwoFactor) = (report.PrimaryAuth, report.TwoFactor);
                row.AuthorizedAt ??= report.Head.At;
                break;
            case ConnectionEvent.Closed:
                (row.EndedAt, row.MissedBeats) = (report.Head.At, 0);
                break;
        }

        if (report.SessionId != 0) row.SessionId = report.SessionId;
        return row;
    }

    /// <summary>Ends a row that nobody reports the end of.</summary>
    public static void Lose(ConnectionAudit row, DateTime at) =>
        (row.EndedAt, row.MissedBeats) = (at, Math.Max(row.MissedBeats, ConnectionAudit.LostAfter));

    private static ConnectionAudit New(ConnectionReport report, Guid device) => new()
    {
        DeviceGuid = device,
        DeviceId = report.Head.DeviceId,
        ConnId = report.ConnId,
        CreatedAt = report.Head.At,
    };

    private static ConnectionAudit? Opened(ConnectionReport report, List<ConnectionAudit> rows)
    {
        var at = report.Head.At;
        if (rows.Find(r => r.EndedAt is null) is { } open)
        {
            // Either its other events overtook this one, or a request was sent twice.
            var isRepeat = open.Address == report.Address && open.Reference == report.Reference
                && open.AuthorizedAt is null;
            if ((open.Address.Length == 0 || isRepeat) && at - open.CreatedAt <= Disorder) return open;
            Lose(open, at);
        }

        // The others overtook it, and the last of them ended the row.
        return rows.Find(r => r.Address.Length == 0 && !IsLost(r) && at - r.EndedAt <= Disorder);
    }

    private static ConnectionAudit? Authorised(ConnectionReport report, List<ConnectionAudit> rows)
    {
        if (rows.Find(r => r.EndedAt is null) is { } open)
        {
            if (open.AuthorizedAt is null || open.SessionId == report.SessionId) return open;
            Lose(open, report.Head.At);
        }

        var ended = rows.Find(r => r.AuthorizedAt is null && report.Head.At - r.EndedAt <= Disorder
            && (IsLost(r) || (r.SessionId == report.SessionId && r.SessionId != 0)));
        // Heartbeats had given it up too early.
        if (ended is { Address.Length: > 0 } && IsLost(ended)) (ended.EndedAt, ended.MissedBeats) = (null, 0);
        return ended;
    }

    private static ConnectionAudit? Closed(ConnectionReport report, List<ConnectionAudit> rows) =>
        rows.Find(r => r.EndedAt is null)
        ?? rows.Find(r => r.SessionId == report.SessionId
            && (IsLost(r) ? r.SessionId != 0 || report.Head.At - r.EndedAt <= Disorder
                : report.Head.At - r.EndedAt <= Disorder));

    private static bool IsLost(ConnectionAudit row) => row.MissedBeats >= ConnectionAudit.LostAfter;
}
