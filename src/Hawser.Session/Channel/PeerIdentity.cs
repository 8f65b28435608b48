using System.Text;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Identity;

namespace Hawser.Session.Channel;

/// <summary>
/// Who a host is: its id, its machine's uuid and its Ed25519 pair. The secret never leaves this object.
/// </summary>
public sealed class PeerIdentity
{
    private readonly byte[] _secret = new byte[Sodium.SecretKeyLength];

    /// <summary>The identity of a seed.</summary>
    /// <param name="id">The id to register.</param>
    /// <param name="uuid">The machine's id; servers keep it with the id. Empty: the public key, as mobile clients
    /// do.</param>
    /// <param name="seed">32 bytes of the Ed25519 pair.</param>
    public PeerIdentity(string id, ReadOnlySpan<byte> uuid, ReadOnlySpan<byte> seed)
    {
        Id = id;
        Sodium.SignKeyPair(seed, _secret);
        Uuid = uuid.IsEmpty ? PublicKey : uuid.ToArray();
    }

    /// <summary>The id.</summary>
    public string Id { get; }

    /// <summary>The machine's uuid as it is sent.</summary>
    public ReadOnlyMemory<byte> Uuid { get; }

    /// <summary>The 32-byte Ed25519 public key.</summary>
    public ReadOnlyMemory<byte> PublicKey => _secret.AsMemory(Sodium.SeedLength);

    /// <summary>A new pair for an id.</summary>
    /// <param name="id">The id to register.</param>
    /// <param name="uuid">The machine's id; null for a random one.</param>
    /// <returns>The identity.</returns>
    public static PeerIdentity Generate(string id, string? uuid = null)
    {
        Span<byte> seed = stackalloc byte[Sodium.SeedLength];
        Sodium.RandomBytes(seed);
        return new PeerIdentity(id, Encoding.UTF8.GetBytes(uuid ?? Guid.NewGuid().ToString()), seed);
    }

    /// <summary>The same machine and pair under another id.</summary>
    /// <param name="id">The new id.</param>
    /// <returns>The identity.</returns>
    public PeerIdentity Renamed(string id) => new(id, Uuid.Span, _secret.AsSpan(0, Sodium.SeedLength));

    /// <summary>Vouches for a connection's X25519 key (§2.5).</summary>
    /// <param name="key">32 bytes.</param>
    /// <returns>Signature and IdPk.</returns>
    internal byte[] SignConnectionKey(ReadOnlySpan<byte> key) => SignedIdPk.Sign(_secret, Id, key);

    /// <summary>Never the secret.</summary>
    /// <returns>The id.</returns>
    public override string ToString() => Id;
}
