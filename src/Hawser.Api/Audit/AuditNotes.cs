using Hawser.Api.Http;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit;

/// <summary>
/// Whose a connection is, and what its operator writes about it. It is an account's when the introduction says so; when
/// there was none (an old device, a direct address) when the account's login is bound to the id that the session was
/// run by, and knows the session's number.
/// </summary>
internal sealed class AuditNotes(ApiParts parts, TimeProvider time)
{
    /// <summary>The most characters of a note; clients send 256.</summary>
    internal const int MaxLength = 1024;

    private static readonly TimeSpan Recent = TimeSpan.FromDays(1);

    /// <summary>The row of a user's own session; of any session for administrators.</summary>
    public async Task<Guid?> FindAsync(
        HawserDb db, CurrentUser user, string deviceId, long sessionId, int? type, CancellationToken cancellationToken)
    {
        var since = time.GetUtcNow().UtcDateTime - Recent;
        // One session may have several connections; without a kind the newest of them is meant.
        var rows = await db.ConnectionAudits.AsNoTracking()
            .Where(c => c.DeviceId == deviceId && c.SessionId == sessionId && c.AuthorizedAt != null
                && (c.EndedAt == null || c.EndedAt >= since) && (type == null || c.Type == type))
            .OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Guid).Take(10).ToListAsync(cancellationToken);
        foreach (var row in rows)
        {
            if (await BelongsAsync(db, row, user, cancellationToken)) return row.Guid;
        }

        return null;
    }

    /// <summary>Writes a note.</summary>
    /// <returns>False: there is no such row, or it is somebody else's.</returns>
    public async Task<bool> WriteAsync(
        HawserDb db, CurrentUser user, Guid guid, string note, CancellationToken cancellationToken)
    {
        var row = await db.ConnectionAudits.AsNoTracking().FirstOrDefaultAsync(c => c.Guid == guid, cancellationToken);
        if (row is null || !await BelongsAsync(db, row, user, cancellationToken)) return false;
        await db.ConnectionAudits.Where(c => c.Guid == guid)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.Note, note), cancellationToken);
        parts.Feed.Publish(new LiveEvent("audit-connection", guid.ToString()));
        return true;
    }

    private static async Task<bool> BelongsAsync(
        HawserDb db, ConnectionAudit row, CurrentUser user, CancellationToken cancellationToken)
    {
        var owner = row.UserGuid ?? await IntroducedAsync(db, row, cancellationToken);
        if (owner is { } guid) return guid == user.Guid || SeesAll(user);
        if (user.DeviceId.Length > 0 && row.PeerId == user.DeviceId)
        {
            await NameAsync(db, row.Guid, user.Guid, user.Name, cancellationToken);
            return true;
        }

        return SeesAll(user);
    }

    // Who sees the log writes its notes (admin reference §6.4).
    private static bool SeesAll(CurrentUser user) => user.MayEverywhere(AdminRight.AuditView);

    // Introductions are written behind; the row may have come first.
    private static async Task<Guid?> IntroducedAsync(
        HawserDb db, ConnectionAudit row, CancellationToken cancellationToken)
    {
        if (row.Reference.Length == 0) return null;
        var found = await db.Introductions.AsNoTracking()
            .Where(i => i.Reference == row.Reference && i.DeviceId == row.DeviceId && i.UserGuid != null)
            .Select(i => new { i.UserGuid, i.UserName }).FirstOrDefaultAsync(cancellationToken);
        if (found?.UserGuid is not { } guid) return null;
        await NameAsync(db, row.Guid, guid, found.UserName, cancellationToken);
        return guid;
    }

    private static Task<int> NameAsync(
        HawserDb db, Guid row, Guid user, string name, CancellationToken cancellationToken) =>
        db.ConnectionAudits.Where(c => c.Guid == row && c.UserGuid == null).ExecuteUpdateAsync(
            s => s.SetProperty(c => c.UserGuid, user).SetProperty(c => c.UserName, name), cancellationToken);
}
