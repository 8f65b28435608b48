namespace Hawser.Protocol.Identity;

/// <summary>Who is behind a trusted reverse proxy, by the headers that it sends.</summary>
/// <remarks>
/// <c>X-Forwarded-For</c> decides whenever it is there: proxies append to it whom they spoke to, so its right-most hop
/// that is no proxy of ours is true whatever a client sent along. <c>X-Real-IP</c> counts only without it: most proxies
/// neither set nor remove that header, so next to the other one it may well be the client's own invention.
/// </remarks>
public static class ForwardedAddress
{
    // Only the end of a chain is ours; the start may be as long as a client likes.
    private const int MaxChain = 1024;

    /// <summary>Reads the headers of a request that came from a trusted proxy.</summary>
    /// <param name="forwardedFor">All values of <c>X-Forwarded-For</c>, joined by commas; empty when there is
    /// none.</param>
    /// <param name="realIp">The value of <c>X-Real-IP</c>; empty when there is none.</param>
    /// <param name="isProxy">Whether an address is a trusted proxy.</param>
    /// <returns>The client's host, port 0; null when the headers say nothing that can be believed.</returns>
    public static PeerAddress? Read(string forwardedFor, string realIp, Predicate<PeerAddress> isProxy)
    {
        ArgumentNullException.ThrowIfNull(forwardedFor);
        ArgumentNullException.ThrowIfNull(realIp);
        ArgumentNullException.ThrowIfNull(isProxy);
        if (string.IsNullOrWhiteSpace(forwardedFor)) return Host(realIp);
        var chain = forwardedFor.Length <= MaxChain ? forwardedFor : forwardedFor[^MaxChain..];
        PeerAddress? client = null;
        foreach (var hop in chain.Split(',').Reverse())
        {
            if (Host(hop) is not { } candidate) break;
            client = candidate;
            if (!isProxy(candidate)) break;
        }

        return client;
    }

    private static PeerAddress? Host(string text) =>
        PeerAddress.TryParse(text.Trim(), out var address) && !address.IsUnspecified ? address.Host : null;
}
