using Hawser.Protocol.Crypto;

namespace Hawser.Protocol.Identity;

/// <summary>
/// The server's Ed25519 pair: it signs what callers are told about a peer, and its public text is the key that every
/// client has configured. Its secret never leaves this object.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §5.1; 64 bytes, seed then public key, in standard base64.</remarks>
public sealed class ServerKey
{
    private readonly byte[] _secret;
    private readonly byte[] _public;

    private ServerKey(byte[] secret)
    {
        _secret = secret;
        _public = secret[Sodium.SeedLength..];
        PublicText = Convert.ToBase64String(_public);
    }

    /// <summary>The 32-byte public key.</summary>
    public ReadOnlySpan<byte> Public => _public;

    /// <summary>The public key as clients have it configured: 44 characters of base64.</summary>
    public string PublicText { get; }

    /// <summary>The secret key as <c>id_ed25519</c> holds it: 88 characters of base64. For writing the file, for
    /// nothing else.</summary>
    /// <returns>The text.</returns>
    public string ToSecretText() => Convert.ToBase64String(_secret);

    /// <summary>Makes a new pair whose public text fits in a file name (no <c>/</c>, no <c>:</c>), as the original
    /// does.</summary>
    /// <returns>The pair.</returns>
    public static ServerKey Generate()
    {
        Span<byte> seed = stackalloc byte[Sodium.SeedLength];
        while (true)
        {
            Sodium.RandomBytes(seed);
            var key = FromSeed(seed);
            if (!key.PublicText.Contains('/')) return key;
        }
    }

    /// <summary>Makes the pair of a seed.</summary>
    /// <param name="seed">32 bytes.</param>
    /// <returns>The pair.</returns>
    public static ServerKey FromSeed(ReadOnlySpan<byte> seed)
    {
        var secret = new byte[Sodium.SecretKeyLength];
        Sodium.SignKeyPair(seed, secret);
        return new ServerKey(secret);
    }

    /// <summary>Reads the text of <c>id_ed25519</c>. White space around it is allowed.</summary>
    /// <param name="text">Base64 of 64 bytes.</param>
    /// <param name="key">The pair, when it can sign.</param>
    /// <param name="error">Why not, as the end of a sentence.</param>
    /// <returns>Whether the text is a pair whose halves belong together.</returns>
    public static bool TryParse(string? text, out ServerKey? key, out string error)
    {
        key = null;
        var buffer = new byte[Sodium.SecretKeyLength];
        var trimmed = (text ?? "").Trim();
        if (!Convert.TryFromBase64String(trimmed, buffer, out var written) || written != buffer.Length)
        {
            error = "it is not base64 of a 64-byte Ed25519 secret key";
            return false;
        }

        var candidate = FromSeed(buffer.AsSpan(0, Sodium.SeedLength));
        if (!candidate.Public.SequenceEqual(buffer.AsSpan(Sodium.SeedLength)))
        {
            error = "its public half does not belong to its secret half, so it can't sign";
            return false;
        }

        key = candidate;
        error = "";
        return true;
    }

    /// <summary>Signs: 64 bytes of signature, then the message (crypto_sign combined form).</summary>
    /// <param name="message">The message.</param>
    /// <returns>Signature and message.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message) => Sodium.Sign(message, _secret);

    /// <summary>Never the secret.</summary>
    /// <returns>The public text.</returns>
    public override string ToString() => PublicText;
}
