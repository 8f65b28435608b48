using System.Security.Cryptography;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;

namespace Hawser.Rendezvous.Introducing;

/// <summary>A caller whose target was told and has not answered yet.</summary>
/// <param name="connection">Where the answer goes.</param>
/// <param name="targetId">Whom it asked for; nobody else may answer.</param>
/// <param name="kind">What it asked for.</param>
internal sealed class WaitingCaller(PeerConnection connection, string targetId, IntroductionKind kind)
{
    /// <summary>Where the answer goes.</summary>
    public PeerConnection Connection { get; } = connection;

    /// <summary>The address that the target is told, and finds the caller again with.</summary>
    public PeerAddress Address { get; } = connection.Remote;

    /// <summary>The mangled address as it is sent: for IPv4 it holds 32 random bits that only the target
    /// hears.</summary>
    public byte[] Ticket { get; } = MangledAddress.Encode(connection.Remote);

    /// <summary>Whom it asked for.</summary>
    public string TargetId { get; } = targetId;

    /// <summary>What it asked for.</summary>
    public IntroductionKind Kind { get; } = kind;

    /// <summary>What the target was told; the same again when the caller repeats itself.</summary>
    public RendezvousMessage? Push { get; set; }

    /// <summary>The target may answer by UDP.</summary>
    public bool TakesUdp { get; init; }

    /// <summary>Only a relay will do.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>Given to the caller with the answer.</summary>
    public int Feedback { get; init; }

    /// <summary>The relay that was chosen for the pair.</summary>
    public string Relay { get; init; } = "";

    /// <summary>What the target repeats in its reports of the connection; may be empty.</summary>
    public string Reference { get; init; } = "";

    /// <summary>When it is forgotten, in uptime milliseconds.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>How often the target was told.</summary>
    public int Pushes { get; set; }

    /// <summary>The target was asked for its private address.</summary>
    public bool WasAskedForLocal => Push?.UnionCase == RendezvousMessage.UnionOneofCase.FetchLocalAddr;

    /// <summary>
    /// Whether an answer carries the very bytes that the target was sent. For IPv6 callers that proves no more than
    /// knowledge of the caller's address, so the id counts as well.
    /// </summary>
    /// <param name="ticket">The answer's <c>socket_addr</c>.</param>
    /// <returns>True when it does.</returns>
    public bool Matches(ReadOnlySpan<byte> ticket) => CryptographicOperations.FixedTimeEquals(Ticket, ticket);

    /// <summary>Whether this is the request that a caller repeats.</summary>
    /// <param name="other">The connection.</param>
    /// <param name="id">The id asked for.</param>
    /// <param name="what">What is asked for.</param>
    /// <returns>True for the same.</returns>
    public bool IsRepeat(PeerConnection other, string id, IntroductionKind what) =>
        ReferenceEquals(Connection, other) && Kind == what && string.Equals(TargetId, id, StringComparison.Ordinal);
}
