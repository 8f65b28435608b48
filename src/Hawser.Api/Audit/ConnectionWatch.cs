namespace Hawser.Api.Audit;

/// <summary>
/// Between audits and heartbeats: which connections the rows say are open is told to whoever reads the heartbeats, and
/// that one tells here which of them the heartbeats have stopped naming.
/// </summary>
internal sealed class ConnectionWatch
{
    /// <summary>A row says that a connection of a device is open.</summary>
    public Action<string, int>? Opened { get; set; }

    /// <summary>A row was ended.</summary>
    public Action<string, int>? Closed { get; set; }
}
