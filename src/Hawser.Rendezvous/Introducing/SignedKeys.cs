using System.Collections.Concurrent;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous.Introducing;

/// <summary>
/// Targets' ids and keys under this server's signature, kept because the same few targets are asked for again and again
/// and a signature costs more than everything else in an answer. Bounded.
/// </summary>
/// <param name="server">Signs.</param>
internal sealed class SignedKeys(ServerKey server)
{
    /// <summary>Signatures that are kept; all are dropped when there would be more.</summary>
    internal const int Capacity = 16_384;

    private readonly ConcurrentDictionary<string, (byte[] PublicKey, ByteString Signed)> _kept = new();

    /// <summary>What callers trust a target by (§5.4).</summary>
    /// <param name="peer">The target, with the key that it has registered.</param>
    /// <returns>The signed id and key.</returns>
    public ByteString For(in PeerSnapshot peer)
    {
        if (_kept.TryGetValue(peer.Id, out var kept) && kept.PublicKey.AsSpan().SequenceEqual(peer.PublicKey))
        {
            return kept.Signed;
        }

        var signed = UnsafeByteOperations.UnsafeWrap(SignedIdPk.Sign(server, peer.Id, peer.PublicKey));
        if (_kept.Count >= Capacity) _kept.Clear();
        _kept[peer.Id] = (peer.PublicKey, signed);
        return signed;
    }
}
