using System.Collections.Concurrent;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Listening;

/// <summary>The first frame of one connection and the pair behind it.</summary>
/// <param name="Agreement">The pair.</param>
/// <param name="Frame">Step 1 of §11.2, as a frame.</param>
internal sealed record KeyOffer(KeyAgreement Agreement, byte[] Frame);

/// <summary>
/// Key exchange offers, one pair a connection (S11). Making one takes about 0.1 ms, so a few are made ahead, while
/// nothing else happens: a burst of connections is then accepted as fast as plain ones.
/// </summary>
/// <param name="server">Signs.</param>
internal sealed class KeyOffers(ServerKey server)
{
    /// <summary>Offers that are kept ready.</summary>
    internal const int Ready = 64;

    private readonly ConcurrentStack<KeyOffer> _ready = new();

    /// <summary>Takes an offer; makes one when none is ready.</summary>
    /// <returns>An offer that nobody else gets.</returns>
    public KeyOffer Take() => _ready.TryPop(out var offer) ? offer : Make();

    /// <summary>Once a second: makes up for what was taken.</summary>
    public void Refill()
    {
        for (var missing = Ready - _ready.Count; missing > 0; missing--) _ready.Push(Make());
    }

    private KeyOffer Make()
    {
        var agreement = new KeyAgreement();
        var message = new RendezvousMessage { KeyExchange = agreement.Offer(server) };
        return new KeyOffer(agreement, FrameWriter.Frame(message));
    }
}
