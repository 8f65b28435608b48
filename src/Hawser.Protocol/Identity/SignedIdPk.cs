using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;

namespace Hawser.Protocol.Identity;

/// <summary>A peer's id and key under a signature: the server's (§5.4), or the peer's own in the end-to-end
/// handshake (§2.5).</summary>
public static class SignedIdPk
{
    /// <summary>Signs with the server's key.</summary>
    /// <param name="server">The server's pair.</param>
    /// <param name="id">The peer's id.</param>
    /// <param name="publicKey">The peer's 32-byte device key.</param>
    /// <returns>64 bytes of signature, then the serialized <see cref="IdPk"/>.</returns>
    public static byte[] Sign(ServerKey server, string id, ReadOnlySpan<byte> publicKey)
    {
        ArgumentNullException.ThrowIfNull(server);
        return server.Sign(Serialize(id, publicKey));
    }

    /// <summary>Signs with a 64-byte Ed25519 secret key.</summary>
    /// <param name="secretKey">The device's secret key.</param>
    /// <param name="id">The peer's id.</param>
    /// <param name="publicKey">The 32-byte key to vouch for.</param>
    /// <returns>64 bytes of signature, then the serialized <see cref="IdPk"/>.</returns>
    public static byte[] Sign(ReadOnlySpan<byte> secretKey, string id, ReadOnlySpan<byte> publicKey) =>
        Sodium.Sign(Serialize(id, publicKey), secretKey);

    /// <summary>Checks the signature and reads what it covers.</summary>
    /// <param name="signed">Signature and message.</param>
    /// <param name="publicKey">The signer's 32-byte Ed25519 key.</param>
    /// <param name="value">The id and key, when the signature holds and the key has 32 bytes.</param>
    /// <returns>Whether it holds.</returns>
    public static bool TryVerify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> publicKey, out IdPk? value)
    {
        value = null;
        if (!Sodium.TryOpenSigned(signed, publicKey, out var message)) return false;
        try
        {
            var read = IdPk.Parser.ParseFrom(message);
            if (read.Pk.Length != Sodium.PublicKeyLength) return false;
            value = read;
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static byte[] Serialize(string id, ReadOnlySpan<byte> publicKey) =>
        new IdPk { Id = id, Pk = ByteString.CopyFrom(publicKey) }.ToByteArray();
}
