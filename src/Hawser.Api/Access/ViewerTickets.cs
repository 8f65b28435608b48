using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>
/// Leaves to connect from a browser: each opens one device, in one way, once, within a minute, for as long as the
/// sign-in lasts that asked for it. A page that is robbed of one has lost nothing but that.
/// </summary>
internal static class ViewerTickets
{
    /// <summary>How many somebody gets within a minute.</summary>
    internal const int MostInAMinute = 30;

    // So that those who look for leaked secrets know what they found.
    private const string Prefix = "hwv_";

    /// <summary>What a ticket may open: the words of the address, and the rendezvous numbers.</summary>
    internal static readonly IReadOnlyDictionary<string, int> Kinds =
        new Dictionary<string, int>(StringComparer.Ordinal)
    {
        ["screen"] = 0, ["files"] = 1, ["camera"] = 4, ["terminal"] = 5,
    };

    /// <summary>Whether a token is a ticket, by its look.</summary>
    public static bool IsOne(string token) =>
        token.StartsWith(Prefix, StringComparison.Ordinal) && token.Length <= 64;

    /// <summary>Makes one; the text is told once and stored nowhere. The caller saves.</summary>
    public static string Issue(HawserDb db, ViewerTicket row, DateTime now)
    {
        var text = Prefix + Secrets.NewHandle();
        row.Hash = Secrets.Hash(text);
        (row.CreatedAt, row.ExpiresAt) = (now, now + ViewerTicket.Life);
        db.ViewerTickets.Add(row);
        return text;
    }

    /// <summary>Uses a ticket; only one caller ever gets true for it.</summary>
    public static async Task<bool> TryUseAsync(
        HawserDb db, byte[] hash, AccessRequest request, DateTime now, CancellationToken cancellationToken) =>
        await db.ViewerTickets
            .Where(t => t.Hash == hash && t.DeviceId == request.TargetId && t.ConnType == request.ConnType
                && t.UsedAt == null && t.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.UsedAt, now), cancellationToken) == 1;

    /// <summary>A ticket that was used and whose sign-in goes on; null: there is none like it any more.</summary>
    public static async Task<UsedTicket?> FindUsedAsync(
        HawserDb db, byte[] hash, DateTime now, CancellationToken cancellationToken)
    {
        var found = await (
            from ticket in db.ViewerTickets.AsNoTracking()
            where ticket.Hash == hash && ticket.UsedAt != null
            join token in db.AccessTokens.AsNoTracking() on ticket.SessionGuid equals token.Guid
            where token.ExpiresAt == null || token.ExpiresAt > now
            join user in db.Users.AsNoTracking() on ticket.UserGuid equals user.Guid
            where user.Status == UserStatus.Normal
            select new { Ticket = ticket, Token = token, User = user }).FirstOrDefaultAsync(cancellationToken);
        return found is null ? null : new UsedTicket(
            found.Ticket,
            new CurrentUser(
                found.User.Guid, found.User.Name, found.User.IsAdmin, found.User.UserGroupGuid, found.Token.Guid,
                found.Token.Kind, Scopes.None, found.Token.DeviceId));
    }

    /// <summary>Those of some tickets whose sign-in goes on.</summary>
    public static Task<List<Guid>> ValidAsync(
        HawserDb db, Guid[] tickets, DateTime now, CancellationToken cancellationToken) => (
        from ticket in db.ViewerTickets.AsNoTracking()
        where tickets.Contains(ticket.Guid)
        join token in db.AccessTokens.AsNoTracking() on ticket.SessionGuid equals token.Guid
        join user in db.Users.AsNoTracking() on ticket.UserGuid equals user.Guid
        where user.Status == UserStatus.Normal && (token.ExpiresAt == null || token.ExpiresAt > now)
        select ticket.Guid).ToListAsync(cancellationToken);

    /// <summary>What a ticket for looking on leaves of a map: nothing by which the device could be changed.</summary>
    public static ulong? Narrow(ulong? map, bool viewOnly)
    {
        if (!viewOnly) return map;
        var narrowed = map ?? 0;
        foreach (var name in Touching)
        {
            var shift = 2 * PermissionMap.Names.IndexOf(name);
            narrowed = (narrowed & ~(3UL << shift)) | ((ulong)PermissionState.Deny << shift);
        }

        return narrowed;
    }

    private static readonly string[] Touching =
        ["keyboard", "clipboard", "file", "terminal", "tunnel", "restart", "block_input", "remote_modify",
            "privacy_mode"];
}

/// <summary>A ticket in use.</summary>
/// <param name="Row">The ticket.</param>
/// <param name="User">Whose it is, as by the sign-in that asked for it.</param>
internal sealed record UsedTicket(ViewerTicket Row, CurrentUser User);
