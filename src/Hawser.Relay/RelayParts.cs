using System.Diagnostics.Metrics;
using System.Net;
using Hawser.Cluster;
using Microsoft.Extensions.Logging;

namespace Hawser.Relay;

/// <summary>What the relay role is made of besides its options.</summary>
/// <param name="RequiredKey">The key text that every leg must present; empty means that none is asked for.</param>
/// <param name="Roster">Knows the tickets that rendezvous roles announced.</param>
/// <param name="Heartbeat">Samples usage, sweeps and re-tests lists once a second.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes the loggers.</param>
/// <param name="Meters">Makes the meter; null: no metrics.</param>
/// <param name="Bind">The one address to listen on; null means all, IPv4 and IPv6.</param>
/// <param name="DataFolder">Where <c>blocklist.txt</c> and <c>blacklist.txt</c> are looked for.</param>
public sealed record RelayParts(
    string RequiredKey,
    IRelayRoster Roster,
    NodeHeartbeat Heartbeat,
    TimeProvider Time,
    ILoggerFactory Logs,
    IMeterFactory? Meters,
    IPAddress? Bind,
    string DataFolder);
