using System.Collections.Concurrent;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening.Linux;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Listening;

/// <summary>Every open connection, how many each address may have, and the sweep that finds the slow and
/// silent.</summary>
/// <param name="settings">The caps.</param>
/// <param name="budgets">How fast an address may connect.</param>
/// <param name="metrics">Counts refusals.</param>
/// <param name="time">The clock.</param>
internal sealed class ConnectionTable(
    LiveSettings settings, SourceBudgets budgets, RendezvousMetrics metrics, TimeProvider time)
{
    /// <summary>Silence that is allowed to a connection that has said nothing yet, while half of the places are
    /// taken.</summary>
    internal const int PressedSilenceMilliseconds = 3_000;

    private const int Shards = 16;

    private readonly ConcurrentDictionary<long, ClientConnection> _connections = new();
    private readonly Dictionary<PeerAddress, int>[] _counts =
        Enumerable.Range(0, Shards).Select(_ => new Dictionary<PeerAddress, int>()).ToArray();

    private int _admitted;
    private volatile bool _closing;

    /// <summary>
    /// Places there are. Half of what the system allows the process at most: the relay, the web server and the store
    /// need some too, and a process without descriptors can't even refuse anybody.
    /// </summary>
    public int Places => (int)Math.Min(settings.Options.MaxConnections, Descriptors.Limit / 2);

    /// <summary>How many connections are open.</summary>
    public int Count => Volatile.Read(ref _admitted);

    /// <summary>How many connections have sent a part of a message and owe the rest.</summary>
    public int Partial => _connections.Values.Count(static c => c.HasPartial);

    /// <summary>Asks whether an address may connect, before anything is spent on it.</summary>
    /// <param name="remote">The address.</param>
    /// <returns>False: refuse. True: a place was taken; <see cref="Remove"/> or <see cref="Release"/> gives it
    /// back.</returns>
    public bool TryAdmit(PeerAddress remote)
    {
        var refusal = Refusal(remote);
        if (refusal is not null) metrics.ConnectionClosed(refusal);
        return refusal is null;
    }

    /// <summary>Gives a place back that no connection came to use.</summary>
    /// <param name="remote">The address.</param>
    public void Release(PeerAddress remote)
    {
        Interlocked.Decrement(ref _admitted);
        var key = remote.BudgetKey;
        var counts = ShardOf(key);
        lock (counts)
        {
            if (!counts.TryGetValue(key, out var count)) return;
            if (count <= 1) counts.Remove(key);
            else counts[key] = count - 1;
        }
    }

    /// <summary>Starts an admitted connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>When it has ended.</returns>
    public Task Serve(ClientConnection connection)
    {
        _connections[connection.Id] = connection;
        var served = connection.Start();
        // It may have been added behind the back of the loop that closes everything.
        if (_closing) connection.Close();
        return served;
    }

    /// <summary>A connection has ended.</summary>
    /// <param name="connection">The connection.</param>
    public void Remove(ClientConnection connection)
    {
        if (_connections.TryRemove(connection.Id, out _)) Release(connection.Remote);
    }

    /// <summary>Once a second: closes the slow and the silent, and sends heartbeats.</summary>
    public void Sweep()
    {
        var now = Uptime.Milliseconds(time);
        var options = settings.Options;
        // Opened and left: under pressure these go first, so that those who speak find a place.
        var silence = Count > Places / 2 ? PressedSilenceMilliseconds : options.IdleSeconds * 1000L;
        foreach (var (_, connection) in _connections) connection.Sweep(now, options, silence);
    }

    /// <summary>Closes everything.</summary>
    /// <returns>When all have ended.</returns>
    public async Task CloseAllAsync()
    {
        _closing = true;
        var open = _connections.Values.ToArray();
        foreach (var connection in open) connection.Close();
        foreach (var connection in open) await connection.Completion;
    }

    private string? Refusal(PeerAddress remote)
    {
        if (_closing) return "stopping";
        if (!budgets.TryTake(remote, BudgetKind.Connection)) return "too_fast";
        var options = settings.Options;
        if (Interlocked.Increment(ref _admitted) > Places)
        {
            Interlocked.Decrement(ref _admitted);
            return "too_many";
        }

        var key = remote.BudgetKey;
        var counts = ShardOf(key);
        lock (counts)
        {
            var count = counts.GetValueOrDefault(key);
            if (count < options.ConnectionsPerAddress)
            {
                counts[key] = count + 1;
                return null;
            }
        }

        Interlocked.Decrement(ref _admitted);
        return "too_many_from_address";
    }

    private Dictionary<PeerAddress, int> ShardOf(PeerAddress key) => _counts[(uint)key.GetHashCode() % Shards];
}
