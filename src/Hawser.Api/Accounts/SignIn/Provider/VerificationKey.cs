using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Hawser.Protocol.Crypto;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// A provider's public key, and the algorithms it may be used with. What is not a public signing key of a known kind
/// (symmetric keys above all) is not read, so that no token can be checked with it.
/// </summary>
internal sealed class VerificationKey
{
    private const int MinimumRsaBytes = 256;
    private const int MaximumRsaBytes = 1024;

    private static readonly Dictionary<string, (HashAlgorithmName Hash, bool Pss)> Rsa = new(StringComparer.Ordinal)
    {
        ["RS256"] = (HashAlgorithmName.SHA256, false),
        ["RS384"] = (HashAlgorithmName.SHA384, false),
        ["RS512"] = (HashAlgorithmName.SHA512, false),
        ["PS256"] = (HashAlgorithmName.SHA256, true),
        ["PS384"] = (HashAlgorithmName.SHA384, true),
        ["PS512"] = (HashAlgorithmName.SHA512, true),
    };

    private static readonly Dictionary<string, (string Alg, ECCurve Curve, HashAlgorithmName Hash, int Bytes)> Curves =
        new(StringComparer.Ordinal)
        {
            ["P-256"] = ("ES256", ECCurve.NamedCurves.nistP256, HashAlgorithmName.SHA256, 32),
            ["P-384"] = ("ES384", ECCurve.NamedCurves.nistP384, HashAlgorithmName.SHA384, 48),
            ["P-521"] = ("ES512", ECCurve.NamedCurves.nistP521, HashAlgorithmName.SHA512, 66),
        };

    private readonly RSAParameters? _rsa;
    private readonly ECParameters? _ec;
    private readonly byte[]? _ed25519;

    private VerificationKey(
        string? id, IReadOnlyList<string> algorithms, RSAParameters? rsa = null, ECParameters? ec = null,
        byte[]? ed25519 = null)
    {
        Id = id;
        Algorithms = algorithms;
        _rsa = rsa;
        _ec = ec;
        _ed25519 = ed25519;
    }

    /// <summary>Its <c>kid</c>; null when it has none.</summary>
    public string? Id { get; }

    /// <summary>The algorithms that the key itself allows.</summary>
    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>Reads a JWK; null when it is none to check signatures with.</summary>
    public static VerificationKey? Read(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object) return null;
        if (Text(key, "use") is { } use && use != "sig") return null;
        if (key.TryGetProperty("key_ops", out var operations) && operations.ValueKind == JsonValueKind.Array
            && !operations.EnumerateArray()
                .Any(o => o.ValueKind == JsonValueKind.String && o.GetString() == "verify")) return null;
        var id = Text(key, "kid");
        var alg = Text(key, "alg");
        try
        {
            return Text(key, "kty") switch
            {
                "RSA" => ReadRsa(key, id, alg),
                "EC" => ReadEc(key, id, alg),
                "OKP" when Text(key, "crv") == "Ed25519" && alg is null or "EdDSA" or "Ed25519"
                    && Bytes(key, "x") is { Length: 32 } x =>
                    new VerificationKey(id, ["EdDSA", "Ed25519"], ed25519: x),
                _ => null,
            };
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Checks a signature; false too when the algorithm is not the key's.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!Algorithms.Contains(algorithm, StringComparer.Ordinal)) return false;
        try
        {
            if (_rsa is { } rsa) return VerifyRsa(rsa, algorithm, signed, signature);
            if (_ec is { } ec) return VerifyEc(ec, algorithm, signed, signature);
            return _ed25519 is { } key && signature.Length == Sodium.SignatureLength
                && Sodium.TryOpenSigned([.. signature, .. signed], key, out _);
        }
        catch (CryptographicException)
        {
            // A point that is not on its curve, a modulus that is none.
            return false;
        }
    }

    private static VerificationKey? ReadRsa(JsonElement key, string? id, string? alg)
    {
        if (Bytes(key, "n") is not { Length: >= MinimumRsaBytes and <= MaximumRsaBytes } n) return null;
        if (Bytes(key, "e") is not { Length: > 0 and <= 4 } e) return null;
        IReadOnlyList<string> algorithms = alg is null ? ["RS256", "PS256"] : Rsa.ContainsKey(alg) ? [alg] : [];
        return algorithms.Count == 0 ? null
            : new VerificationKey(id, algorithms, rsa: new RSAParameters { Modulus = n, Exponent = e });
    }

    private static VerificationKey? ReadEc(JsonElement key, string? id, string? alg)
    {
        if (Text(key, "crv") is not { } name || !Curves.TryGetValue(name, out var curve)) return null;
        if (alg is not null && alg != curve.Alg) return null;
        if (Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y) return null;
        if (x.Length != curve.Bytes || y.Length != curve.Bytes) return null;
        var parameters = new ECParameters { Curve = curve.Curve, Q = new ECPoint { X = x, Y = y } };
        return new VerificationKey(id, [curve.Alg], ec: parameters);
    }

    private static bool VerifyRsa(
        RSAParameters key, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var (hash, pss) = Rsa[algorithm];
        using var rsa = RSA.Create(key);
        return rsa.VerifyData(signed, signature, hash, pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static bool VerifyEc(
        ECParameters key, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var curve = Curves.Values.First(c => c.Alg == algorithm);
        if (signature.Length != 2 * curve.Bytes) return false;
        using var ec = ECDsa.Create(key);
        return ec.VerifyData(signed, signature, curve.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string name) =>
        Text(key, name) is { Length: < 4096 } text ? Base64Url.DecodeFromChars(text) : null;
}
