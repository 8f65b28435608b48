using System.Runtime.CompilerServices;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access;

/// <summary>Pairs of a user and a device whose decision differs.</summary>
/// <param name="Pairs">How many were compared.</param>
/// <param name="Gained">How many would be allowed that are not.</param>
/// <param name="Lost">How many are allowed and would not be.</param>
/// <param name="Anybody">How many devices callers without an account would gain and lose.</param>
/// <param name="Gains">A page of the gained.</param>
/// <param name="Losses">A page of the lost.</param>
/// <param name="Unassigned">Devices that nobody would own any more, in no group.</param>
internal sealed record AccessDifference(
    long Pairs, long Gained, long Lost, (long Gained, long Lost) Anybody,
    IReadOnlyList<(string User, string Device)> Gains, IReadOnlyList<(string User, string Device)> Losses,
    IReadOnlyList<string> Unassigned);

/// <summary>Who and what would be elsewhere, besides changed rules.</summary>
/// <param name="Moved">Users who would be in another group, and which.</param>
/// <param name="Without">A group that loses its devices.</param>
/// <param name="Devices">Devices, by id, and what would count of them.</param>
internal sealed record MembershipChange(
    IReadOnlyDictionary<Guid, Guid> Moved, Guid? Without,
    IReadOnlyDictionary<string, Func<TargetFacts, TargetFacts>> Devices)
{
    /// <summary>A device with the change.</summary>
    public TargetFacts Of(string id, TargetFacts facts)
    {
        if (Devices.TryGetValue(id, out var change)) facts = change(facts);
        if (facts.Owner is { } owner && Moved.TryGetValue(owner, out var its)) facts = facts with { OwnerGroup = its };
        return Without is { } gone ? facts with { Groups = facts.Groups.Remove(gone) } : facts;
    }

    /// <summary>A user with the change.</summary>
    public AccessCaller Of(AccessCaller user) =>
        Moved.TryGetValue(user.Guid, out var group) ? user with { UserGroup = group } : user;
}

/// <summary>
/// Compares two sets of rules for every enabled user and every device, by the code that decides: what a change would
/// do, before it is made.
/// </summary>
internal static class AccessDryRun
{
    /// <summary>More pairs would take longer than somebody waits for a page.</summary>
    internal const long MostPairs = 20_000_000;

    private const int AtOnce = 1000;

    /// <summary>Compares.</summary>
    /// <param name="db">The database.</param>
    /// <param name="before">What decides now.</param>
    /// <param name="after">What would.</param>
    /// <param name="change">Who and what would be elsewhere.</param>
    /// <param name="page">Which of the pairs are told.</param>
    /// <param name="utc">When.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there are more than <see cref="MostPairs"/>.</returns>
    public static async Task<AccessDifference?> CompareAsync(
        HawserDb db, AccessSnapshot before, AccessSnapshot after, MembershipChange change, PageQuery page,
        DateTime utc, CancellationToken cancellationToken)
    {
        var users = await db.Users.AsNoTracking().Where(u => u.Status == UserStatus.Normal)
            .OrderBy(u => u.NormalizedName)
            .Select(u => new AccessCaller(u.Guid, u.Name, u.IsAdmin, u.UserGroupGuid))
            .ToListAsync(cancellationToken);
        var then = users.ConvertAll(change.Of);
        var devices = await db.Devices.CountAsync(cancellationToken);
        if ((long)users.Count * devices > MostPairs) return null;
        var (gains, losses) = (new PairPage(page), new PairPage(page));
        var (pairs, opened, closed) = (0L, 0L, 0L);
        var unassigned = new List<string>();
        await foreach (var (id, facts) in DevicesAsync(db, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var becoming = change.Of(id, facts);
            if (becoming.IsUnassigned && !facts.IsUnassigned) unassigned.Add(id);
            var wasOpen = AccessPolicy.Decide(before, null, facts, utc).Allowed;
            if (AccessPolicy.Decide(after, null, becoming, utc).Allowed != wasOpen)
            {
                if (wasOpen) closed++;
                else opened++;
            }

            for (var i = 0; i < users.Count; i++)
            {
                var was = AccessPolicy.Decide(before, users[i], facts, utc).Allowed;
                var becomes = AccessPolicy.Decide(after, then[i], becoming, utc).Allowed;
                pairs++;
                if (was != becomes) (becomes ? gains : losses).Add(users[i].Name, id);
            }
        }

        return new AccessDifference(
            pairs, gains.Count, losses.Count, (opened, closed), gains.Items, losses.Items, unassigned);
    }

    // Counts all, and keeps those of one page.
    private sealed class PairPage(PageQuery page)
    {
        private readonly List<(string User, string Device)> _items = [];

        public long Count { get; private set; }

        public IReadOnlyList<(string User, string Device)> Items => _items;

        public void Add(string user, string device)
        {
            if (Count++ >= page.Skip && _items.Count < page.Size) _items.Add((user, device));
        }
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
