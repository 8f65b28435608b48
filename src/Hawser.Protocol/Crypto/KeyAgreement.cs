using System.Security.Cryptography;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Protocol.Crypto;

/// <summary>
/// An X25519 pair of one connection, and what is done with it: the server's half and the client's half of the secured
/// rendezvous connection (§11), and the sealing of a session key that the end-to-end handshake (§2.5) shares with it.
/// </summary>
public sealed class KeyAgreement
{
    private const int SealedKeyLength = Sodium.KeyLength + Sodium.TagLength;
    private static readonly byte[] ZeroNonce = new byte[Sodium.NonceLength];
    private readonly byte[] _secret;
    private readonly byte[] _public = new byte[Sodium.PublicKeyLength];

    /// <summary>A fresh pair. One a connection; it is never reused.</summary>
    public KeyAgreement() : this(RandomNumberGenerator.GetBytes(Sodium.KeyLength)) { }

    internal KeyAgreement(byte[] secret)
    {
        _secret = secret;
        Sodium.BoxPublicKey(secret, _public);
    }

    /// <summary>The 32-byte X25519 public key.</summary>
    public ReadOnlySpan<byte> Public => _public;

    /// <summary>Step 1, by the server: its X25519 key under its signature, 96 bytes, the only element.</summary>
    /// <param name="server">The server's pair.</param>
    /// <returns>What is sent in clear as the first frame.</returns>
    public KeyExchange Offer(ServerKey server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return new KeyExchange { Keys = { ByteString.CopyFrom(server.Sign(_public)) } };
    }

    /// <summary>Steps 2 to 4, by the client: checks the offer, makes a key and seals it for the server.</summary>
    /// <param name="offer">What the server sent.</param>
    /// <param name="serverKey">The server's 32-byte Ed25519 key.</param>
    /// <param name="stream">The stream for every frame after the answer.</param>
    /// <returns>The answer, sent in clear.</returns>
    /// <exception cref="ProtocolViolation">The offer has another shape or is not signed by that server.</exception>
    public KeyExchange Answer(KeyExchange offer, ReadOnlySpan<byte> serverKey, out SecretStream stream) =>
        Answer(offer, serverKey, RandomNumberGenerator.GetBytes(Sodium.KeyLength), out stream);

    internal KeyExchange Answer(KeyExchange offer, ReadOnlySpan<byte> serverKey, byte[] key, out SecretStream stream)
    {
        ArgumentNullException.ThrowIfNull(offer);
        if (offer.Keys.Count != 1) throw new ProtocolViolation("key exchange must offer one key");
        if (!Sodium.TryOpenSigned(offer.Keys[0].Span, serverKey, out var theirs))
        {
            throw new ProtocolViolation("key exchange is not signed by the expected server key");
        }

        if (theirs.Length != Sodium.PublicKeyLength) throw new ProtocolViolation("key exchange holds no 32-byte key");
        var sealedKey = Seal(key, theirs);
        stream = new SecretStream(key);
        return new KeyExchange { Keys = { ByteString.CopyFrom(_public), ByteString.CopyFrom(sealedKey) } };
    }

    /// <summary>Step 5, by the server: opens the client's answer.</summary>
    /// <param name="answer">What the client sent.</param>
    /// <returns>The stream for every following frame.</returns>
    /// <exception cref="ProtocolViolation">The answer has another shape or was not sealed for this pair.</exception>
    public SecretStream Accept(KeyExchange answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Keys.Count != 2) throw new ProtocolViolation("key exchange answer must hold two keys");
        if (!TryOpen(answer.Keys[1].Span, answer.Keys[0].Span, out var stream))
        {
            throw new ProtocolViolation("key exchange answer was not sealed for this connection");
        }

        return stream!;
    }

    /// <summary>Seals a session key for the other end's X25519 key, with the zero nonce that the protocol
    /// fixes.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="theirPublic">32 bytes.</param>
    /// <returns>48 bytes.</returns>
    public byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> theirPublic)
    {
        if (theirPublic.Length != Sodium.PublicKeyLength) throw new ProtocolViolation("public key must have 32 bytes");
        return Sodium.BoxSeal(key, ZeroNonce, theirPublic, _secret);
    }

    /// <summary>Opens a session key that was sealed for this pair.</summary>
    /// <param name="sealedKey">48 bytes.</param>
    /// <param name="theirPublic">32 bytes.</param>
    /// <param name="stream">The stream with that key.</param>
    /// <returns>Whether it is genuine.</returns>
    public bool TryOpen(ReadOnlySpan<byte> sealedKey, ReadOnlySpan<byte> theirPublic, out SecretStream? stream)
    {
        stream = null;
        if (sealedKey.Length != SealedKeyLength || theirPublic.Length != Sodium.PublicKeyLength) return false;
        if (!Sodium.TryBoxOpen(sealedKey, ZeroNonce, theirPublic, _secret, out var key)) return false;
        stream = new SecretStream(key);
        return true;
    }
}
