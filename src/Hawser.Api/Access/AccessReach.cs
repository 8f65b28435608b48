using Hawser.Data;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>One end that is reached, or that reaches, and why.</summary>
/// <param name="Name">The user's name, or the device's id.</param>
/// <param name="Decision">What decided.</param>
internal sealed record ReachedEnd(string Name, AccessDecision Decision);

/// <summary>
/// Everything that somebody reaches, and everybody who reaches something; by the code that decides. It looks at each
/// end, a thousand at a time, and keeps one page.
/// </summary>
internal static class AccessReach
{
    /// <summary>The devices that a user reaches; without a user, those that callers without an account reach.</summary>
    /// <returns>How many there are, and the page.</returns>
    public static async Task<(int Total, List<ReachedEnd> Page)> OfUserAsync(
        HawserDb db, AccessSnapshot snapshot, AccessCaller? user, (int Skip, int Take) page, DateTime utc,
        CancellationToken cancellationToken)
    {
        var (total, ends) = (0, new List<ReachedEnd>());
        await foreach (var (id, facts) in AccessDryRun.DevicesAsync(db, cancellationToken))
        {
            var decision = AccessPolicy.Decide(snapshot, user, facts, utc);
            if (!decision.Allowed) continue;
            if (total >= page.Skip && ends.Count < page.Take) ends.Add(new ReachedEnd(id, decision));
            total++;
        }

        return (total, ends);
    }

    /// <summary>The users who reach a device.</summary>
    /// <returns>How many there are, and the page.</returns>
    public static async Task<(int Total, List<ReachedEnd> Page)> OfDeviceAsync(
        HawserDb db, AccessSnapshot snapshot, TargetFacts device, (int Skip, int Take) page, DateTime utc,
        CancellationToken cancellationToken)
    {
        var (total, ends) = (0, new List<ReachedEnd>());
        var users = db.Users.AsNoTracking().Where(u => u.Status == UserStatus.Normal).OrderBy(u => u.NormalizedName)
            .Select(u => new AccessCaller(u.Guid, u.Name, u.IsAdmin, u.UserGroupGuid));
        await foreach (var user in users.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            var decision = AccessPolicy.Decide(snapshot, user, device, utc);
            if (!decision.Allowed) continue;
            if (total >= page.Skip && ends.Count < page.Take) ends.Add(new ReachedEnd(user.Name, decision));
            total++;
        }

        return (total, ends);
    }
}
