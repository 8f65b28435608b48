using Hawser.Data.Devices;

namespace Hawser.Rendezvous.Registering;

/// <summary>What key registration asks of the store; the shape of <see cref="DeviceStore"/>'s methods.</summary>
/// <param name="SaveAsync">Stores devices; on return they survive a killed process.</param>
/// <param name="RenameAsync">Gives a device another id.</param>
/// <param name="IsRetiredAsync">Whether an id was given up by a device with another uuid.</param>
internal sealed record DeviceWrites(
    Func<IReadOnlyList<StoredDevice>, CancellationToken, Task> SaveAsync,
    Func<string, string, byte[], CancellationToken, Task<RenameOutcome>> RenameAsync,
    Func<string, byte[], CancellationToken, Task<bool>> IsRetiredAsync)
{
    public static DeviceWrites To(DeviceStore store) => new(store.SaveAsync, store.RenameAsync, store.IsRetiredAsync);
}
