using System.Security.Cryptography;
using System.Text;
using Hawser.Protocol.Crypto;

namespace Hawser.Protocol.Identity;

/// <summary>
/// The capability of "switch sides": a code that the old controller hands over, its verifier that the server keeps, and
/// the device's signature under the grant.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §6.15.</remarks>
public static class SwitchGrant
{
    /// <summary>The code of a switch uuid.</summary>
    /// <param name="uuid">The uuid's text.</param>
    /// <returns>Base64 of its SHA-256.</returns>
    public static string Code(string uuid) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(uuid)));

    /// <summary>What the server stores instead of the code.</summary>
    /// <param name="code">The code.</param>
    /// <returns>Base64 of a domain-separated SHA-256.</returns>
    public static string Verifier(string code) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes("switch-grant-verifier\0" + code)));

    /// <summary>A device's signature under a grant.</summary>
    /// <param name="id">The granting device's id.</param>
    /// <param name="verifier">The verifier in the grant.</param>
    /// <param name="timestamp">Unix seconds as text.</param>
    /// <param name="seed">The seed of the device's key pair.</param>
    /// <returns>The 64-byte detached signature.</returns>
    public static byte[] Sign(string id, string verifier, string timestamp, ReadOnlySpan<byte> seed)
    {
        Span<byte> secret = stackalloc byte[64];
        Sodium.SignKeyPair(seed, secret);
        var signed = Sodium.Sign(Text(id, verifier, timestamp), secret);
        secret.Clear();
        return signed[..Sodium.SignatureLength];
    }

    /// <summary>Whether a grant was signed by the device that may give it.</summary>
    /// <param name="id">The granting device's id.</param>
    /// <param name="verifier">The verifier in the grant.</param>
    /// <param name="timestamp">Unix seconds as text; the caller checks that it is recent.</param>
    /// <param name="signature">The 64-byte detached signature.</param>
    /// <param name="devicePublicKey">The device's 32-byte key.</param>
    /// <returns>True when it was.</returns>
    public static bool IsSigned(
        string id, string verifier, string timestamp, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> devicePublicKey)
    {
        if (signature.Length != Sodium.SignatureLength) return false;
        byte[] signed = [.. signature, .. Text(id, verifier, timestamp)];
        return Sodium.TryOpenSigned(signed, devicePublicKey, out _);
    }

    private static byte[] Text(string id, string verifier, string timestamp) =>
        Encoding.UTF8.GetBytes($"switch-grant\0{id}\0{verifier}\0{timestamp}");
}
