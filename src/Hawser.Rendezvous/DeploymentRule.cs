using Hawser.Data.Devices;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous;

/// <summary>
/// Whether unknown devices must be deployed first, which ones were since the role loaded its devices, and what becomes
/// of those that were refused.
/// </summary>
/// <param name="IsRequired">Whether they must; null: not known yet, then nobody new is answered.</param>
/// <param name="FindAsync">Reads the devices with these ids from the store; those that are not there are
/// missing.</param>
public sealed record DeploymentRule(
    Func<bool?> IsRequired,
    Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<StoredDevice>>> FindAsync)
{
    /// <summary>Whether new devices from an address are refused in any case; null: none are.</summary>
    public Func<PeerAddress, bool>? IsBlocked { get; init; }

    /// <summary>Stores who was refused, at most so many rows in all; null: nobody wants to know.</summary>
    public Func<IReadOnlyList<DeviceClaim>, int, CancellationToken, Task<ClaimsSaved>>? SaveClaimsAsync { get; init; }
}
