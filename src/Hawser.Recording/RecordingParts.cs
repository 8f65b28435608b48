using System.Diagnostics.Metrics;
using Hawser.Cluster;
using Hawser.Data;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording;

/// <summary>What the recording role is made of; composed by the server program.</summary>
/// <param name="Store">The database; open before the first request is served.</param>
/// <param name="Feed">Tells consoles what changed.</param>
/// <param name="Heartbeat">The process's clock tick.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes loggers.</param>
/// <param name="Meters">Makes the meter; null: none.</param>
/// <param name="DataFolder">Where recordings go unless an option says otherwise.</param>
public sealed record RecordingParts(
    HawserStore Store, ILiveFeed Feed, NodeHeartbeat Heartbeat, TimeProvider Time, ILoggerFactory Logs,
    IMeterFactory? Meters, string DataFolder);
