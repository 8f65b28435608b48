using System.Net;
using Hawser.Data;
using Hawser.Recording.Library;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Ingest;

/// <summary>Why an upload is accepted, and what it belongs to.</summary>
/// <param name="DeviceGuid">The device in the recording's name.</param>
/// <param name="ConnectionGuid">The connection that was recorded; null: not known.</param>
/// <param name="UserGuid">The operator's account; null: not known.</param>
/// <param name="PeerId">The operator's id; empty: not known.</param>
internal sealed record UploadGrant(Guid DeviceGuid, Guid? ConnectionGuid, Guid? UserGuid, string PeerId)
{
    /// <summary>The principal that the recording belongs to.</summary>
    public string Owner => UserGuid is { } user ? RecordCaller.OfAccount(user, RecordRights.None).Owner
        : RecordCaller.OfDevice(DeviceGuid, RecordRights.None).Owner;
}

/// <summary>
/// Decides whose recordings are accepted. Uploads carry no credentials; the only identity is the device id in the name
/// (reference §11). A device proves itself elsewhere: reports of connections need its uuid, so an upload is believed
/// when it comes from the address that such a report came from, while the connection is open or a moment later.
/// </summary>
internal sealed class UploadRights(RecordingOptions options, TimeProvider time)
{
    /// <summary>How long after a connection's end its recording may still begin to arrive.</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromMinutes(10);

    /// <summary>Asks for an upload.</summary>
    /// <returns>Null when it is refused.</returns>
    public async Task<UploadGrant?> FindAsync(
        HawserDb db, RecordingName name, IPAddress? from, CancellationToken cancellationToken)
    {
        if (options.Uploads == UploadPolicy.Off) return null;
        var id = name.PeerId;
        var device = await db.Devices.AsNoTracking().Where(d => d.Id == id).Select(d => (Guid?)d.Guid)
            .FirstOrDefaultAsync(cancellationToken);
        if (device is not { } guid) return null;
        if (await db.DeviceDetails.AnyAsync(d => d.DeviceGuid == guid && !d.Enabled, cancellationToken)) return null;
        var address = from is null ? "" : Plain(from).ToString();
        var incoming = name.IsIncoming;
        var since = time.GetUtcNow().UtcDateTime - Moment;
        // The operator's own recording comes from where the device saw the operator.
        var connection = await db.ConnectionAudits.AsNoTracking()
            .Where(c => c.DeviceGuid == guid && (c.EndedAt == null || c.EndedAt >= since)
                && (c.ReportedFrom == address || (!incoming && c.Address == address)))
            .OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Guid)
            .Select(c => new { c.Guid, c.UserGuid, c.PeerId }).FirstOrDefaultAsync(cancellationToken);
        if (connection is null && (options.Uploads != UploadPolicy.Known || address.Length == 0)) return null;
        return new UploadGrant(guid, connection?.Guid, connection?.UserGuid, connection?.PeerId ?? "");
    }

    /// <summary>An address as it is stored: IPv4 is IPv4, also on a dual-stack port.</summary>
    internal static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
