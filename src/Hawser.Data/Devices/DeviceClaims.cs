using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>The rows of claims: how many there may be, and which of them still mean something.</summary>
public static class DeviceClaims
{
    /// <summary>Claims to one id that are kept; whoever makes up machines for an id fills no more.</summary>
    public const int MostOfOneId = 8;

    /// <summary>Clients ask every 30 seconds: one that was silent for longer makes room for another.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>The claims in a state that nobody has settled by other means: a device that was deployed, or that
    /// registered since, waits no more.</summary>
    /// <param name="db">The database.</param>
    /// <param name="state">The state.</param>
    /// <returns>To be narrowed and sorted.</returns>
    public static IQueryable<DeviceClaim> ClaimsIn(this HawserDb db, ClaimState state)
    {
        ArgumentNullException.ThrowIfNull(db);
        return db.DeviceClaims.Where(c => c.State == state && !db.Devices.Any(
            d => d.Id == c.DeviceId && d.Uuid == c.Uuid && d.PublicKey == c.PublicKey));
    }

    /// <summary>Stores claims, new ones and those that were made again.</summary>
    /// <param name="db">A context with nothing else in it; saved.</param>
    /// <param name="claims">The claims, each once.</param>
    /// <param name="most">How many rows there may be.</param>
    /// <param name="now">Now, UTC.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of them.</returns>
    public static async Task<ClaimsSaved> SaveClaimsAsync(
        this HawserDb db, IReadOnlyList<DeviceClaim> claims, int most, DateTime now,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(claims);
        var guids = claims.Select(c => c.Guid).ToArray();
        var known = await db.DeviceClaims.Where(c => guids.Contains(c.Guid))
            .ToDictionaryAsync(c => c.Guid, cancellationToken).ConfigureAwait(false);
        var fresh = new List<DeviceClaim>();
        foreach (var claim in claims)
        {
            if (known.TryGetValue(claim.Guid, out var row)) Renew(row, claim);
            else fresh.Add(claim);
        }

        var taken = await FittingAsync(db, fresh, most, now, cancellationToken).ConfigureAwait(false);
        db.DeviceClaims.AddRange(taken);
        await db.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return new ClaimsSaved([.. taken.Select(c => c.DeviceId)], fresh.Count - taken.Count);
    }

    // What somebody decided holds, however often the machine asks.
    private static void Renew(DeviceClaim row, DeviceClaim claim)
    {
        if (claim.LastSeenAt > row.LastSeenAt) (row.LastSeenAt, row.Address) = (claim.LastSeenAt, claim.Address);
        if (row.State is ClaimState.Waiting or ClaimState.Refused) row.State = claim.State;
    }

    private static async Task<List<DeviceClaim>> FittingAsync(
        HawserDb db, List<DeviceClaim> fresh, int most, DateTime now, CancellationToken cancellationToken)
    {
        if (fresh.Count == 0) return fresh;
        var ids = fresh.Select(c => c.DeviceId).Distinct(StringComparer.Ordinal).ToArray();
        var ofId = await db.DeviceClaims.Where(c => ids.Contains(c.DeviceId)).GroupBy(c => c.DeviceId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken).ConfigureAwait(false);
        var fitting = new List<DeviceClaim>();
        foreach (var claim in fresh)
        {
            var count = ofId.GetValueOrDefault(claim.DeviceId);
            if (count >= MostOfOneId) continue;
            ofId[claim.DeviceId] = count + 1;
            fitting.Add(claim);
        }

        var room = most - await db.DeviceClaims.CountAsync(cancellationToken).ConfigureAwait(false);
        if (room < fitting.Count)
        {
            // Whoever is still there asks again and again; what was made up once gives way to it, the oldest first.
            var silent = now - Patience;
            var old = db.DeviceClaims.Where(c => c.LastSeenAt < silent
                && (c.State == ClaimState.Waiting || c.State == ClaimState.Refused)).OrderBy(c => c.LastSeenAt)
                .ThenBy(c => c.Guid).Take(fitting.Count - Math.Max(0, room)).Select(c => c.Guid);
            room += await db.DeviceClaims.Where(c => old.Contains(c.Guid))
                .ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return room >= fitting.Count ? fitting : fitting[..Math.Max(0, room)];
    }
}

/// <summary>What became of claims.</summary>
/// <param name="Added">The ids that were claimed for the first time by somebody.</param>
/// <param name="Dropped">How many had no room.</param>
public sealed record ClaimsSaved(IReadOnlyList<string> Added, int Dropped);
