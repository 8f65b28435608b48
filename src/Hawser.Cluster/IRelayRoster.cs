using Hawser.Protocol.Identity;

namespace Hawser.Cluster;

/// <summary>One relay as clients are told of it, and how it is doing.</summary>
/// <param name="Address"><c>host</c> or <c>host:port</c>, the text that clients receive.</param>
/// <param name="Healthy">Whether it answered when it was last asked, or announced itself lately.</param>
/// <param name="Pairs">Pairs that it carries now; 0 when it does not say.</param>
/// <param name="BytesPerSecond">What it moves now; 0 when it does not say.</param>
/// <param name="Draining">It takes no new pairs.</param>
public sealed record RelayStatus(
    string Address, bool Healthy, int Pairs = 0, long BytesPerSecond = 0, bool Draining = false)
{
    /// <summary>An administrator switched it off; nobody is sent to it.</summary>
    public bool Disabled { get; init; }

    /// <summary>It is here because it announces itself, not because somebody named it.</summary>
    public bool Announced { get; init; }
}

/// <summary>Between whom a relay is chosen.</summary>
/// <param name="Caller">The caller's address.</param>
/// <param name="Target">The target's address; unspecified when it is not known.</param>
public readonly record struct RelayRequest(PeerAddress Caller, PeerAddress Target);

/// <summary>Which relays there are, which of them to use now, and which tickets they may expect.</summary>
public interface IRelayRoster
{
    /// <summary>Replaces the configured relays. They are healthy until a check says otherwise.</summary>
    /// <param name="addresses">Each <c>host</c> or <c>host:port</c>; empty means "clients derive it
    /// themselves".</param>
    void Configure(IEnumerable<string> addresses);

    /// <summary>
    /// What administrators decided beside the configured relays; stays whatever is configured later.
    /// </summary>
    /// <param name="added">More relays.</param>
    /// <param name="disabled">Relays that nobody is sent to, whoever named them.</param>
    void Override(IEnumerable<string> added, IEnumerable<string> disabled);

    /// <summary>A relay says that it lives and how it is doing. Unknown ones join until they fall silent.</summary>
    /// <param name="status">Its state.</param>
    void Announce(RelayStatus status);

    /// <summary>
    /// We asked a relay ourselves. That tells whether it answers, and nothing of its load; nor does an open port keep a
    /// relay in the list that no longer announces itself.
    /// </summary>
    /// <param name="address">Which; unknown ones are ignored.</param>
    /// <param name="answers">Whether it answered.</param>
    void Check(string address, bool answers);

    /// <summary>Picks a relay from the current snapshot; never waits.</summary>
    /// <param name="request">Between whom.</param>
    /// <returns>The relay's text, or empty when none is configured.</returns>
    string Choose(RelayRequest request);

    /// <summary>What <see cref="Choose"/> would say now, and why; nobody loses a turn by it.</summary>
    /// <param name="request">Between whom.</param>
    /// <returns>The relay, the reason, and among which it was chosen.</returns>
    RelayChoice Explain(RelayRequest request);

    /// <summary>The current snapshot, configured ones first.</summary>
    /// <returns>Every relay, healthy or not.</returns>
    IReadOnlyList<RelayStatus> List();

    /// <summary>The rendezvous role introduced two peers who will present this ticket at a relay soon.</summary>
    /// <param name="ticket">The uuid text.</param>
    void Expect(string ticket);

    /// <summary>Whether a ticket was announced lately by a rendezvous role of this cluster.</summary>
    /// <param name="ticket">The uuid text.</param>
    /// <returns>True when it is known.</returns>
    bool IsExpected(string ticket);
}
