using System.Runtime.CompilerServices;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>Pairs of a user and a device whose decision differs.</summary>
/// <param name="Pairs">How many were compared.</param>
/// <param name="Gained">How many would be allowed that are not.</param>
/// <param name="Lost">How many are allowed and would not be.</param>
/// <param name="Gains">The first of the gained.</param>
/// <param name="Losses">The first of the lost.</param>
internal sealed record AccessDifference(
    long Pairs, long Gained, long Lost, IReadOnlyList<(string User, string Device)> Gains,
    IReadOnlyList<(string User, string Device)> Losses);

/// <summary>
/// Compares two sets of rules for every enabled user and every device, by the code that decides: what a change would
/// do, before it is made.
/// </summary>
internal static class AccessDryRun
{
    /// <summary>More pairs would take longer than somebody waits for a page.</summary>
    internal const long MostPairs = 20_000_000;

    private const int Shown = 200;
    private const int AtOnce = 1000;

    /// <summary>Compares.</summary>
    /// <param name="db">The database.</param>
    /// <param name="before">What decides now.</param>
    /// <param name="after">What would.</param>
    /// <param name="change">Users who would be in another group, and which; a group that loses its devices.</param>
    /// <param name="utc">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are more than <see cref="MostPairs"/>.</returns>
    public static async Task<AccessDifference?> CompareAsync(
        HawserDb db, AccessSnapshot before, AccessSnapshot after,
        (IReadOnlyDictionary<Guid, Guid> Moved, Guid? Without) change, DateTime utc,
        CancellationToken cancellationToken)
    {
        var (moved, without) = change;
        var users = await db.Users.AsNoTracking().Where(u => u.Status == UserStatus.Normal)
            .OrderBy(u => u.NormalizedName)
            .Select(u => new AccessCaller(u.Guid, u.Name, u.IsAdmin, u.UserGroupGuid))
            .ToListAsync(cancellationToken);
        var then = users.ConvertAll(u => moved.TryGetValue(u.Guid, out var group) ? u with { UserGroup = group } : u);
        var devices = await db.Devices.CountAsync(cancellationToken);
        if ((long)users.Count * devices > MostPairs) return null;
        var (gains, losses) = (new List<(string, string)>(), new List<(string, string)>());
        long pairs = 0, gained = 0, lost = 0;
        await foreach (var (id, facts) in DevicesAsync(db, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var becoming = facts.Owner is { } owner && moved.TryGetValue(owner, out var its)
                ? facts with { OwnerGroup = its } : facts;
            if (without is { } gone) becoming = becoming with { Groups = becoming.Groups.Remove(gone) };
            for (var i = 0; i < users.Count; i++)
            {
                var was = AccessPolicy.Decide(before, users[i], facts, utc).Allowed;
                var becomes = AccessPolicy.Decide(after, then[i], becoming, utc).Allowed;
                pairs++;
                if (was == becomes) continue;
                if (becomes) gained++;
                else lost++;
                var list = becomes ? gains : losses;
                if (list.Count < Shown) list.Add((users[i].Name, id));
            }
        }

        return new AccessDifference(pairs, gained, lost, gains, losses);
    }

    /// <summary>Every device, by its id, with what counts of it.</summary>
    internal static async IAsyncEnumerable<(string Id, TargetFacts Facts)> DevicesAsync(
        HawserDb db, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            var page = await PageAsync(db, last, cancellationToken);
            foreach (var device in page) yield return device;
            if (page.Count < AtOnce) yield break;
            last = page[^1].Id;
        }
    }

    /// <summary>The rows of now with changed rules.</summary>
    public static SnapshotRows With(SnapshotRows rows, AccessSettings settings, IReadOnlyList<AccessRule> rules) =>
        rows with { Settings = settings, Rules = rules };

    private static async Task<List<(string Id, TargetFacts Facts)>> PageAsync(
        HawserDb db, string after, CancellationToken cancellationToken)
    {
        var rows = await (
            from device in db.Devices.AsNoTracking()
            where string.Compare(device.Id, after) > 0
            orderby device.Id
            join known in db.DeviceDetails.AsNoTracking() on device.Guid equals known.DeviceGuid into all
            from details in all.DefaultIfEmpty()
            join user in db.Users.AsNoTracking() on details.OwnerGuid equals (Guid?)user.Guid into owners
            from owner in owners.DefaultIfEmpty()
            select new
            {
                device.Guid,
                device.Id,
                Enabled = (bool?)details.Enabled,
                Owner = (Guid?)owner.Guid,
                Status = (UserStatus?)owner.Status,
                Group = (Guid?)owner.UserGroupGuid,
            }).Take(AtOnce).ToListAsync(cancellationToken);
        var guids = rows.ConvertAll(r => r.Guid);
        var members = await db.DeviceGroupMembers.AsNoTracking().Where(m => guids.Contains(m.DeviceGuid))
            .ToListAsync(cancellationToken);
        var groups = members.ToLookup(m => m.DeviceGuid, m => m.GroupGuid);
        return rows.ConvertAll(r => (r.Id, new TargetFacts(
            r.Guid, r.Enabled ?? true, r.Owner, r.Status != UserStatus.Disabled, r.Group, [.. groups[r.Guid]])));
    }
}
