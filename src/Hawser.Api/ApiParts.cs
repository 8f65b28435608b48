using Hawser.Api.Access;
using Hawser.Api.Console.Address;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api;

/// <summary>What the API is made of; composed by the server program.</summary>
/// <param name="Store">The database; open before the first request is served.</param>
/// <param name="Feed">Tells consoles, and the parts of this role, what changed.</param>
/// <param name="Heartbeat">The process's clock tick.</param>
/// <param name="ServerKey">The server's public key in base64, for what clients are told; empty: not known here.</param>
/// <param name="DataFolder">Where files that are not rows go: keys of data protection, avatars, recordings.</param>
/// <param name="Console">Prints a sentence for the operator at the terminal.</param>
public sealed record ApiParts(
    HawserStore Store, ILiveFeed Feed, NodeHeartbeat Heartbeat, string ServerKey, string DataFolder,
    Action<string> Console)
{
    /// <summary>The password of the administrator who is made at the first start; empty: a setup code is.</summary>
    public string AdminPassword { get; init; } = "";

    /// <summary>Members of settings that this node was started with.</summary>
    public IReadOnlyList<SettingPin> Pins { get; init; } = [];

    /// <summary>Describes this server to clients, under another host or API address than its own.</summary>
    public Func<string, string, ClientSetup>? DescribeClient { get; init; }

    /// <summary>The pair that signs on this node; null where none does.</summary>
    public Func<KeyFacts?>? KeyPair { get; init; }

    /// <summary>Puts another pair into the data folder; the one before is kept beside it.</summary>
    public Func<KeyReplacement>? ReplaceKey { get; init; }

    /// <summary>
    /// Puts the pair of another server into the data folder, by the text of its secret key; the one before is kept
    /// beside it.
    /// </summary>
    public Func<string, KeyReplacement>? AdoptKey { get; init; }

    /// <summary>The certificate of the HTTP port; null: it speaks no TLS itself.</summary>
    public Func<CertificateFacts?>? Certificate { get; init; }

    /// <summary>By which way a request came.</summary>
    public Func<HttpContext, ArrivalFacts>? Arrival { get; init; }

    /// <summary>Has the node believe reverse proxies besides those of its options.</summary>
    public Action<IReadOnlyList<string>>? TrustProxies { get; init; }

    /// <summary>Asks this server's ports, under its public name too; that may be empty.</summary>
    public Func<string, CancellationToken, Task<IReadOnlyList<PortFinding>>>? TestPorts { get; init; }

    /// <summary>The version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>The state of each part of this node: ready, degraded, not ready.</summary>
    public Func<IReadOnlyList<KeyValuePair<string, string>>>? Health { get; init; }

    /// <summary>The options of this node, and where each was set.</summary>
    public Func<IReadOnlyList<OptionFact>>? Options { get; init; }

    /// <summary>The last warnings and errors of this node, the newest first.</summary>
    public Func<IReadOnlyList<Trouble>>? Troubles { get; init; }

    /// <summary>
    /// Where the program is that finishes recordings; empty: not found; null: this node finishes none.
    /// </summary>
    public Func<string?>? Ffmpeg { get; init; }

    /// <summary>Where this node keeps recordings; tells null where it keeps none.</summary>
    public Func<CancellationToken, Task<RecordingSpace?>>? Storage { get; init; }

    /// <summary>Tries that place; tells null where there is none.</summary>
    public Func<CancellationToken, Task<StorageTrial?>>? TryStorage { get; init; }

    /// <summary>Has this node take no new work, or take it again; null where nothing can be kept from it.</summary>
    public Action<bool>? Drain { get; init; }

    /// <summary>The relays that this node knows, and how they are doing.</summary>
    public Func<IReadOnlyList<RelayStatus>>? Relays { get; init; }

    /// <summary>Has relays added, and switched off, for this node: the addresses of both.</summary>
    public Action<IReadOnlyList<string>, IReadOnlyList<string>>? OverrideRelays { get; init; }

    /// <summary>How long a relay took to answer lately, the newest last; null where no rendezvous role runs.</summary>
    public Func<string, IReadOnlyList<int?>>? RelayLatencies { get; init; }

    /// <summary>Has two ends meet at a relay for a try; null where no rendezvous role runs.</summary>
    public Func<string, CancellationToken, Task<RelayTrial>>? TryRelay { get; init; }

    /// <summary>Which relay a peer would be told now, and why; null where no rendezvous role runs.</summary>
    public Func<PeerAddress, RelayChoice>? ExplainRelay { get; init; }

    /// <summary>The limits of this node's relay role; null where none runs.</summary>
    public Func<RelayLimits>? RelayLimits { get; init; }

    /// <summary>Has this node's relay role keep to other limits; null where none runs.</summary>
    public Action<RelayLimits>? LimitRelay { get; init; }

    /// <summary>What the rendezvous role of this node knows of a device; null where none runs.</summary>
    public Func<string, PeerSighting?>? Sighting { get; init; }

    /// <summary>How the relay role of this node is doing; null where none runs, or where it announces itself.</summary>
    public Func<RelayStatus>? OwnRelay { get; init; }

    /// <summary>By which paths this node's rendezvous role brought peers together; null where none runs.</summary>
    public Func<PathCounts>? Paths { get; init; }

    /// <summary>Over which path this node sent callers to devices lately; null: it introduces nobody.</summary>
    public SessionPaths? Introduced { get; init; }

    /// <summary>Bytes per second of the pair with a ticket at this node's relay; null: it carries none.</summary>
    public Func<string, long?>? PairRate { get; init; }

    /// <summary>Whether a device is registered at the rendezvous role of this node; null where none runs.</summary>
    public Func<string, bool>? IsRegistered { get; init; }

    /// <summary>Tells the ids of all that are registered there; null where none runs.</summary>
    public Action<Action<string>>? VisitRegistered { get; init; }

    /// <summary>The folder with the console's files; it may be missing.</summary>
    public string ConsoleFolder { get; init; } = "";

    /// <summary>Decides who may be introduced; null where no rendezvous role runs.</summary>
    internal AccessDesk? Access { get; init; }
}
