using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>GET /api/devices/{guid}/signals</c>: by which ways a device is heard of, and when last; who is registered but
/// never calls the API has no API address. Ours.
/// </summary>
internal static class DeviceSignals
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/devices/{guid}/signals", GetAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("When a device was last heard of, by each way; its key, its former ids, what it is asked for.")
            .Answers<SignalsReply>();

    private static async Task<IResult> GetAsync(
        string guid, CurrentUser user, HawserDb db, ApiParts parts, DeviceReach reach, DevicePresence presence,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return Problem.NotFound("device");
        var shown = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var device = await shown.AsNoTracking().FirstOrDefaultAsync(d => d.Guid == wanted, cancellationToken);
        if (device is null) return Problem.NotFound("device");
        var isManaged = await AdminScope.Devices(db, user, AdminRight.DevicesView)
            .AnyAsync(d => d.Guid == wanted, cancellationToken);
        var described = await db.DeviceDetails.Where(d => d.DeviceGuid == wanted)
            .Select(d => new { d.SysinfoAt, d.SysinfoRefusedAt }).FirstOrDefaultAsync(cancellationToken);
        var sysinfo = described?.SysinfoAt;
        var now = time.GetUtcNow().UtcDateTime;
        var asked = await db.PendingCommands
            .Where(c => c.DeviceGuid == wanted && c.Kind == PendingCommandKind.Sysinfo && c.ExpiresAt > now)
            .OrderBy(c => c.CreatedAt).Select(c => (DateTime?)c.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        var former = await db.RetiredIds.Where(r => r.DeviceGuid == wanted).OrderByDescending(r => r.RetiredAt)
            .ThenBy(r => r.Id).Take(20).Select(r => new { r.Id, r.RetiredAt }).ToListAsync(cancellationToken);
        var conflicts = isManaged ? await DeviceConflicts.OfAsync(db, device.Id, cancellationToken) : [];
        var sighting = parts.Sighting?.Invoke(device.Id);
        var beat = presence.Find(device.Id);
        return ClientResults.Json(
            new SignalsReply
            {
                IdServer = new(
                    sighting?.IsOnline ?? false, WireTime.Seconds(sighting?.SeenAt ?? device.LastSeenAt),
                    !isManaged ? "" : sighting is { Address.Length: > 0 } ? sighting.Address : device.LastAddress ?? "",
                    sighting?.Transport ?? ""),
                Relay = new(
                    false, WireTime.Seconds(sighting?.RelayedAt), isManaged ? sighting?.Relay ?? "" : "", ""),
                Heartbeat = new(presence.Reports(device.Id), WireTime.Seconds(beat?.LastHeard), "", ""),
                Sysinfo = new(sysinfo is not null, WireTime.Seconds(sysinfo), "", ""),
                RefreshAskedAt = WireTime.Seconds(asked),
                SysinfoRefusedAt = isManaged ? WireTime.Seconds(described?.SysinfoRefusedAt) : null,
                Key = isManaged ? Convert.ToHexStringLower(SHA256.HashData(device.PublicKey)) : "",
                Conflicts = conflicts,
                FormerIds = former.ConvertAll(f => new FormerId(f.Id, WireTime.Seconds(f.RetiredAt))),
            },
            SignalsJson.Default.SignalsReply);
    }
}

/// <summary>By which ways a device is heard of.</summary>
internal sealed record SignalsReply
{
    /// <summary>Its registration: at this node to the second, else to the hour.</summary>
    [JsonPropertyName("id_server")]
    public required Signal IdServer { get; init; }

    /// <summary>The last session to it that this node sent over a relay.</summary>
    [JsonPropertyName("relay")]
    public required Signal Relay { get; init; }

    /// <summary>Its last heartbeat at this node.</summary>
    [JsonPropertyName("heartbeat")]
    public required Signal Heartbeat { get; init; }

    /// <summary>When it last described itself, or was asked to and did.</summary>
    [JsonPropertyName("sysinfo")]
    public required Signal Sysinfo { get; init; }

    /// <summary>Since when it is asked to describe itself, in seconds; null: it is not.</summary>
    [JsonPropertyName("refresh_asked_at")]
    public long? RefreshAskedAt { get; init; }

    /// <summary>When another machine described itself under its id and was refused, in seconds, to the hour; null:
    /// never.</summary>
    [JsonPropertyName("sysinfo_refused_at")]
    public long? SysinfoRefusedAt { get; init; }

    /// <summary>SHA-256 of its key; empty for who does not administer it.</summary>
    [JsonPropertyName("key_fingerprint")]
    public required string Key { get; init; }

    /// <summary>Other machines that claim its id; empty for who does not administer it.</summary>
    [JsonPropertyName("conflicts")]
    public required IReadOnlyList<ConflictItem> Conflicts { get; init; }

    /// <summary>Ids that it had before, the last first; 20 at most.</summary>
    [JsonPropertyName("former_ids")]
    public required IReadOnlyList<FormerId> FormerIds { get; init; }
}

/// <summary>One way.</summary>
/// <param name="IsOn">Whether it is heard of now; for the sysinfo, whether there is one.</param>
/// <param name="At">When last, in seconds; null: never, or not since this node started.</param>
/// <param name="Address">From where, or which relay; empty: not known.</param>
/// <param name="Transport">udp, tcp or websocket; empty: not known.</param>
internal sealed record Signal(
    [property: JsonPropertyName("is_on")] bool IsOn, [property: JsonPropertyName("at")] long? At,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("transport")] string Transport);

/// <summary>An id that a device had.</summary>
/// <param name="Id">The id.</param>
/// <param name="Until">Until when, in seconds.</param>
internal sealed record FormerId(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("until")] long Until);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(SignalsReply))]
internal sealed partial class SignalsJson : JsonSerializerContext;
