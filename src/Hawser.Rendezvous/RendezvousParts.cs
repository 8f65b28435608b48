using System.Diagnostics.Metrics;
using System.Net;
using Hawser.Cluster;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous;

/// <summary>What the rendezvous role is made of; composed by the server program.</summary>
/// <param name="Key">Signs what callers are told about targets, and the key exchange.</param>
/// <param name="RequiredKey">The licence key that callers must send; empty: none.</param>
/// <param name="Devices">What survives a restart; usable when <see cref="RendezvousRole.LoadAsync"/> is called.</param>
/// <param name="Router">Reaches peers on other nodes.</param>
/// <param name="Roster">The relays.</param>
/// <param name="Feed">Tells consoles what changed.</param>
/// <param name="Heartbeat">The process's clock tick; the role adds its sweepers in its constructor.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes loggers.</param>
/// <param name="Meters">Makes the meter; null: an own one.</param>
/// <param name="Bind">The local address of every listener; null: all, dual stack.</param>
/// <param name="Authorize">Access rules; null: the key is all that is asked for.</param>
/// <param name="Tunnel">Serves HTTP over the rendezvous port; null: clients get an error text at once.</param>
/// <param name="Deployment">Whether unknown devices must be deployed first; null: only if the option says so.</param>
public sealed record RendezvousParts(
    ServerKey Key,
    string RequiredKey,
    DeviceStore Devices,
    IPeerRouter Router,
    IRelayRoster Roster,
    ILiveFeed Feed,
    NodeHeartbeat Heartbeat,
    TimeProvider Time,
    ILoggerFactory Logs,
    IMeterFactory? Meters,
    IPAddress? Bind,
    Authorize? Authorize,
    HttpTunnel? Tunnel,
    DeploymentRule? Deployment = null)
{
    /// <summary>Told over which path callers are sent to devices; null: nobody asks.</summary>
    public SessionPaths? Paths { get; init; }
}
