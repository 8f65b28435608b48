using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>/api/devices/{guid}/conflicts</c>: one identity, seen from two machines. The first one has the id; a person
/// decides whether that stays so, or whether the other one is the device from now on. Ours.
/// </summary>
internal static class DeviceConflicts
{
    private const string Path = "/api/devices/{guid}/conflicts/{claim}";
    private const int Most = 20;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/keep", KeepAsync).ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Keeps two machines apart: the device keeps its id, and the other one stays refused.")
            .ReadsNothing().AnswersNothing();
        routes.MapPost(Path + "/adopt", AdoptAsync).AfterStepUp()
            .ForAdmins(Area.Device, write: true, AdminRight.DevicesEnable)
            .WithSummary("Makes the other machine the device: the one that has the id now is refused from now on.")
            .ReadsNothing().AnswersNothing();
    }

    /// <summary>Who claims a device's id, and nobody has decided about, the last first.</summary>
    internal static async Task<IReadOnlyList<ConflictItem>> OfAsync(
        HawserDb db, string id, CancellationToken cancellationToken)
    {
        var claims = await db.ClaimsIn(ClaimState.Refused).AsNoTracking().Where(c => c.DeviceId == id)
            .OrderByDescending(c => c.LastSeenAt).ThenBy(c => c.Guid).Take(Most).ToListAsync(cancellationToken);
        return claims.ConvertAll(c => new ConflictItem(
            c.Guid, c.Hostname, c.Address, WireTime.Seconds(c.FirstSeenAt), WireTime.Seconds(c.LastSeenAt),
            Convert.ToHexStringLower(SHA256.HashData(c.PublicKey))));
    }

    private static async Task<IResult> KeepAsync(
        HttpContext context, string guid, string claim, HawserDb db, ConsoleLog log, ApiParts parts,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db, context, guid, claim, cancellationToken) is not { } found) return NotThere;
        found.Claim.State = ClaimState.Settled;
        log.Add(db, context, ConsoleOperation.UpdateDevice, found.Device.Id, ("conflict", "kept apart"),
            ("address", found.Claim.Address));
        await db.SaveChangesAsync(cancellationToken);
        parts.Feed.Publish(new LiveEvent("device-claim", found.Device.Id));
        return ClientResults.Empty;
    }

    private static async Task<IResult> AdoptAsync(
        HttpContext context, string guid, string claim, HawserDb db, ConsoleLog log, DeviceHints hints, ApiParts parts,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db, context, guid, claim, cancellationToken) is not { } found) return NotThere;
        var row = db.Entry(found.Device);
        row.Property(d => d.Uuid).CurrentValue = found.Claim.Uuid;
        row.Property(d => d.PublicKey).CurrentValue = found.Claim.PublicKey;
        db.DeviceClaims.Remove(found.Claim);
        log.Add(db, context, ConsoleOperation.UpdateDevice, found.Device.Id, ("conflict", "adopted"),
            ("address", found.Claim.Address));
        await db.SaveChangesAsync(cancellationToken);
        hints.Changed(found.Device.Id);
        // ID servers forget where the old machine was, then read who it is now.
        parts.Feed.Publish(new LiveEvent("device-deleted", found.Device.Id));
        parts.Feed.Publish(new LiveEvent("device-restored", found.Device.Id));
        return ClientResults.Empty;
    }

    private static Problem NotThere => Problem.NotFound("conflict of this device");

    private static async Task<(Device Device, DeviceClaim Claim)?> FindAsync(
        HawserDb db, HttpContext context, string guid, string claim, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted) || !Guid.TryParse(claim, out var which)) return null;
        var device = await AdminScope.Devices(db, CurrentUser.Of(context), AdminRight.DevicesEnable)
            .FirstOrDefaultAsync(d => d.Guid == wanted, cancellationToken);
        if (device is null) return null;
        var row = await db.DeviceClaims.FirstOrDefaultAsync(
            c => c.Guid == which && c.DeviceId == device.Id && c.State == ClaimState.Refused, cancellationToken);
        return row is null ? null : (device, row);
    }
}

/// <summary>Another machine that claims a device's id; all of it was said by that machine.</summary>
/// <param name="Guid">Which claim.</param>
/// <param name="DeviceName">What it calls itself; empty: it did not say.</param>
/// <param name="Address">From where it asked last.</param>
/// <param name="FirstSeen">When first, in seconds.</param>
/// <param name="LastSeen">When last, in seconds.</param>
/// <param name="Key">SHA-256 of its key.</param>
internal sealed record ConflictItem(
    [property: JsonPropertyName("guid")] Guid Guid,
    [property: JsonPropertyName("device_name")] string DeviceName,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("first_seen")] long FirstSeen,
    [property: JsonPropertyName("last_seen")] long LastSeen,
    [property: JsonPropertyName("key_fingerprint")] string Key);
