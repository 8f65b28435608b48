using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Registering;

/// <summary>The list of ID servers that clients with an older serial are told (§6.10). Thread-safe.</summary>
internal sealed class ClientConfiguration
{
    private volatile ConfigUpdate _current;

    public ClientConfiguration(RendezvousOptions options) => _current = FromOptions(options);

    /// <summary>The serial that is served now; 0 serves none.</summary>
    public int Serial => _current.Serial;

    /// <summary>The update for a client that knows an older serial.</summary>
    /// <param name="serial">The client's serial.</param>
    /// <returns>A message that must not be changed; null when the client is up to date.</returns>
    public ConfigUpdate? NewerThan(int serial) => _current is { } now && now.Serial > serial ? now : null;

    /// <summary>An administrator on this machine sets a newer configuration until the next start.</summary>
    /// <param name="update">The new one.</param>
    /// <returns>False when its serial is not newer.</returns>
    public bool TryUpdate(ConfigUpdate update)
    {
        if (update.Serial <= _current.Serial) return false;
        _current = update.Clone();
        return true;
    }

    /// <summary>Takes over changed options, when their serial is not older.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options)
    {
        if (options.Serial >= _current.Serial) _current = FromOptions(options);
    }

    private static ConfigUpdate FromOptions(RendezvousOptions options) =>
        new() { Serial = options.Serial, RendezvousServers = { options.RendezvousServers } };
}
