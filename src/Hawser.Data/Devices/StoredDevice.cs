using Hawser.Protocol.Identity;

namespace Hawser.Data.Devices;

/// <summary>A device as the rendezvous role needs it: who it is, and where it was.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Uuid">The bytes exactly as the device sent them; losing or changing them costs the user the id.</param>
/// <param name="PublicKey">Its 32-byte Ed25519 key.</param>
/// <param name="LastHost">The address it registered from, port 0; unspecified when not known.</param>
/// <param name="CreatedAt">When it first registered, UTC.</param>
/// <param name="Note">An administrator's note.</param>
/// <param name="Listed">An administrator has deployed it (§6.12); only such devices may register in deployment
/// mode.</param>
/// <param name="LastSeen">When it was last seen, UTC, to the hour while it is online; null when not known.</param>
public sealed record StoredDevice(
    string Id,
    byte[] Uuid,
    byte[] PublicKey,
    PeerAddress LastHost,
    DateTime CreatedAt,
    string? Note,
    bool Listed,
    DateTime? LastSeen = null);

/// <summary>How a change of id ended.</summary>
public enum RenameOutcome
{
    /// <summary>The device has the new id; the old one is retired.</summary>
    Renamed,

    /// <summary>No device has the old id.</summary>
    UnknownDevice,

    /// <summary>The device with the old id has another uuid.</summary>
    WrongUuid,

    /// <summary>The new id is another device's, or was retired by one.</summary>
    Taken,
}
