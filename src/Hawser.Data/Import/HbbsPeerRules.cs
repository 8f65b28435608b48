using Hawser.Data.Devices;
using Hawser.Data.Sqlite;

namespace Hawser.Data.Import;

/// <summary>What a row of hbbs must have to be a device here, and what stands in for what it lacks.</summary>
internal static class HbbsPeerRules
{
    /// <summary>Counts a row, and says why it can't be taken if it can't.</summary>
    internal static bool Accepts(in HbbsPeer peer, ImportReport report)
    {
        report.Read++;
        if (Objection(peer) is not { } objection) return true;
        report.Skipped++;
        report.Warn($"The peer '{Printable(peer.Id)}' was skipped: {objection}.");
        return false;
    }

    /// <summary>hbbs' own guid, or a new one.</summary>
    internal static byte[] GuidOf(in HbbsPeer peer, DateTime now) => peer.Guid.Length == 16
        ? peer.Guid
        : Guid.CreateVersion7(new DateTimeOffset(now)).ToByteArray(bigEndian: true);

    /// <summary>When it registered; the time of the import, with a warning, where that is not readable.</summary>
    internal static DateTime CreatedAt(in HbbsPeer peer, DateTime now, ImportReport report)
    {
        if (TimeText.TryRead(peer.CreatedAt, out var created)) return created;
        report.Warn(
            $"The peer '{Printable(peer.Id)}' has no readable created_at; the time of the import takes its place.");
        return now;
    }

    /// <summary>When it was last seen, if that is known.</summary>
    internal static DateTime? LastSeen(in HbbsPeer peer) =>
        TimeText.TryRead(peer.LastOnline, out var seen) ? seen : null;

    /// <summary>An id is whatever a stranger once sent: it must not steer a terminal.</summary>
    internal static string Printable(string id) =>
        string.Concat(id.Take(64).Select(c => char.IsControl(c) ? '?' : c));

    private static string? Objection(in HbbsPeer peer)
    {
        if (peer.Id.Length == 0) return "it has no id";
        if (peer.Id.Length > Protocol.Identity.PeerId.MaxLength) return "its id is too long";
        if (peer.Uuid.Length == 0) return "its uuid is empty";
        return peer.PublicKey.Length == Device.KeyLength
            ? null
            : $"its key has {peer.PublicKey.Length} bytes instead of {Device.KeyLength}";
    }
}
