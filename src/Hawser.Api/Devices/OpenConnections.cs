using System.Threading.Channels;

namespace Hawser.Api.Devices;

/// <summary>
/// Which connections of a device are open: heartbeats are the ground truth (reference §8.3), <c>close</c> events are
/// not guaranteed. Who keeps rows of connections tells when one opens and closes, and is told which have gone.
/// </summary>
internal sealed class OpenConnections
{
    private const int Backlog = 100_000;

    private readonly Channel<GoneConnection> _gone = Channel.CreateBounded<GoneConnection>(
        new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly DeviceTable _table;
    private volatile Func<IReadOnlyList<GoneConnection>, CancellationToken, Task>? _handler;

    public OpenConnections(DeviceTable table)
    {
        _table = table;
        table.ConnectionGone = gone => _gone.Writer.TryWrite(gone);
    }

    /// <summary>
    /// Sets who closes the rows of connections that two heartbeats in a row lacked. Called in the background with
    /// whatever came together; when it throws, the same ones come again some time later.
    /// </summary>
    public void WhenGone(Func<IReadOnlyList<GoneConnection>, CancellationToken, Task> handler) => _handler = handler;

    /// <summary>
    /// A connection was reported open and its row is stored. Rows that were open before this process started are found
    /// when their device is first heard of.
    /// </summary>
    public void Opened(string deviceId, int connId) => _table.Watch(deviceId, connId);

    /// <summary>A connection was reported closed.</summary>
    public void Closed(string deviceId, int connId) => _table.Unwatch(deviceId, connId);

    /// <summary>The connections in a device's last heartbeat.</summary>
    public IReadOnlyList<int> Of(string deviceId) => _table.Find(deviceId)?.Connections ?? [];

    /// <summary>Hands over what has gone; until stopped.</summary>
    internal async Task RunAsync(Action<Exception> failed, CancellationToken cancellationToken)
    {
        var batch = new List<GoneConnection>();
        while (await _gone.Reader.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            while (batch.Count < 500 && _gone.Reader.TryRead(out var gone)) batch.Add(gone);
            try
            {
                if (_handler is { } handler) await handler(batch, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                failed(e);
                // Read again from the rows, which are still open.
                foreach (var gone in batch) _table.MarkStale(gone.DeviceId);
            }
        }
    }
}

/// <summary>A connection that ended without saying so.</summary>
/// <param name="Device">The device's row.</param>
/// <param name="DeviceId">Its id.</param>
/// <param name="ConnId">The connection.</param>
internal readonly record struct GoneConnection(Guid Device, string DeviceId, int ConnId);
