using Hawser.Data.Devices;

namespace Hawser.Rendezvous;

/// <summary>
/// Whether unknown devices must be deployed first, and which ones were since the role loaded its devices.
/// </summary>
/// <param name="IsRequired">Whether they must; null: not known yet, then nobody new is answered.</param>
/// <param name="FindAsync">Reads the devices with these ids from the store; those that are not there are
/// missing.</param>
public sealed record DeploymentRule(
    Func<bool?> IsRequired,
    Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<StoredDevice>>> FindAsync);
