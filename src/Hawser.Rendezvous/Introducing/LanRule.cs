using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Introducing;

/// <summary>Who shares a network with whom, and which relay is told to whom.</summary>
/// <param name="networks">Networks that count as one local network.</param>
/// <param name="localRelay">The relay that peers inside are told; empty: the same as everybody.</param>
internal sealed class LanRule(AddressList networks, string localRelay)
{
    /// <summary>Whether a peer is inside the local network.</summary>
    /// <param name="peer">Its address.</param>
    /// <returns>True when it is.</returns>
    public bool IsInside(PeerAddress peer) => networks.Contains(peer);

    /// <summary>Whether two peers can reach each other's private addresses: behind one address, or both
    /// inside.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="target">The target.</param>
    /// <returns>True when they can.</returns>
    public bool IsSameNetwork(PeerAddress caller, PeerAddress target) =>
        caller.SameHost(target) || (IsInside(caller) && IsInside(target));

    /// <summary>Whether exactly one of two peers is inside: the address seen by the server is of no use to the
    /// other.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="target">The target.</param>
    /// <returns>True when they need a relay.</returns>
    public bool NeedsRelay(PeerAddress caller, PeerAddress target) => IsInside(caller) != IsInside(target);

    /// <summary>The relay's text for one of the two: the local one inside; the local one never outside.</summary>
    /// <param name="peer">Who is told.</param>
    /// <param name="proposed">What the other one or the roster proposes.</param>
    /// <param name="chosen">What the roster chose.</param>
    /// <returns>The text; empty when there is none.</returns>
    public string RelayFor(PeerAddress peer, string proposed, string chosen)
    {
        if (localRelay.Length == 0) return proposed;
        if (IsInside(peer)) return localRelay;
        return string.Equals(proposed, localRelay, StringComparison.OrdinalIgnoreCase) ? chosen : proposed;
    }
}
