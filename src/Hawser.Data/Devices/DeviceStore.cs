namespace Hawser.Data.Devices;

/// <summary>
/// The rows of the devices, for the rendezvous role: read once at start, written behind in batches. One per process and
/// thread-safe. Every failure is a <see cref="StoreException"/>. Each engine has its own, without EF Core: a million
/// rows are read at a start, and a registration waits for the write.
/// </summary>
public abstract class DeviceStore
{
    private protected DeviceStore()
    {
    }

    /// <summary>Reads every device, in no particular order, on a thread of the pool.</summary>
    /// <param name="visit">Called for each, one at a time; must be quick.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How many there are.</returns>
    public Task<int> LoadAsync(Action<StoredDevice> visit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(visit);
        return LoadRowsAsync(row => visit(row.ToStoredDevice()), cancellationToken);
    }

    /// <summary>
    /// Reads every device without making objects of them, in no particular order, on a thread of the pool.
    /// </summary>
    /// <param name="visit">Called for each, one at a time; must be quick, and copy what it keeps.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <param name="loaded">Told how many there were, after the last one, on the same thread.</param>
    /// <returns>How many there are.</returns>
    public abstract Task<int> LoadRowsAsync(
        DeviceRowVisitor visit, CancellationToken cancellationToken, Action<int>? loaded = null);

    /// <summary>
    /// Stores devices in one transaction: new ones are added, known ids get the new uuid, key and address.
    /// </summary>
    /// <param name="changed">The devices.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>When they survive a killed process.</returns>
    public abstract Task SaveAsync(IReadOnlyList<StoredDevice> changed, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a device another id and retires the old one, in one step. Asking again after success succeeds again.
    /// </summary>
    /// <param name="oldId">The id it has.</param>
    /// <param name="newId">The id it wants.</param>
    /// <param name="uuid">What it says its uuid is.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>How it ended; anything but Renamed changed nothing.</returns>
    public abstract Task<RenameOutcome> RenameAsync(
        string oldId, string newId, byte[] uuid, CancellationToken cancellationToken);

    /// <summary>
    /// Whether an id was given up by a device with another uuid, so that nobody else gets its connections.
    /// </summary>
    /// <param name="id">The id.</param>
    /// <param name="uuid">Who asks.</param>
    /// <param name="cancellationToken">Gives up while waiting for other readers.</param>
    /// <returns>True when it must not be given to this uuid.</returns>
    public abstract Task<bool> IsRetiredAsync(string id, byte[] uuid, CancellationToken cancellationToken);

    /// <summary>Notes when devices were last seen; never moves a time back. Unknown ids are skipped.</summary>
    /// <param name="seen">Ids and UTC times.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>How many rows changed.</returns>
    public abstract Task<int> TouchAsync(
        IReadOnlyList<KeyValuePair<string, DateTime>> seen, CancellationToken cancellationToken);

    /// <summary>Puts a device on the administrator's list, or takes it off.</summary>
    /// <param name="id">The device.</param>
    /// <param name="listed">Whether it may register in deployment mode.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>False when there is no such device.</returns>
    public abstract Task<bool> SetListedAsync(string id, bool listed, CancellationToken cancellationToken);

    /// <summary>Forgets a device; its id is free for anyone.</summary>
    /// <param name="id">The device.</param>
    /// <param name="cancellationToken">Gives up while waiting for other writers.</param>
    /// <returns>False when there is no such device.</returns>
    public abstract Task<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>How many devices there are.</summary>
    /// <param name="cancellationToken">Gives up while waiting.</param>
    /// <returns>The number of rows.</returns>
    public abstract Task<int> CountAsync(CancellationToken cancellationToken);
}
