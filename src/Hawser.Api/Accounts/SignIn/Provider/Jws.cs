using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// A signed token in compact form (RFC 7515). Its header only says which key to take: whether the algorithm may be
/// used is the key's business, so <c>none</c>, and an HMAC keyed with a public key, lead nowhere.
/// </summary>
internal sealed class Jws
{
    private const int MaximumLength = 64 << 10;
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 16 };
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly byte[] _payload;

    private Jws(string algorithm, string? keyId, byte[] signed, byte[] signature, byte[] payload)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        _signed = signed;
        _signature = signature;
        _payload = payload;
    }

    /// <summary>The algorithm that the header names.</summary>
    public string Algorithm { get; }

    /// <summary>The key that the header names; null: none.</summary>
    public string? KeyId { get; }

    /// <summary>Takes a token apart; nothing is believed yet.</summary>
    /// <exception cref="ProviderFault">It is none.</exception>
    public static Jws Read(string token)
    {
        var parts = token.Length <= MaximumLength ? token.Split('.') : [];
        if (parts.Length != 3) throw new ProviderFault("the ID token is not a signed token");
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]), Depth);
            var root = header.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new ProviderFault("the ID token's header is not an object");
            }

            // Extensions that must be understood, and are not.
            if (root.TryGetProperty("crit", out _)) throw new ProviderFault("the ID token asks for extensions");
            return new Jws(
                JsonPath.Text(root, "alg") ?? "", JsonPath.Text(root, "kid"),
                Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]),
                Base64Url.DecodeFromChars(parts[2]), Base64Url.DecodeFromChars(parts[1]));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new ProviderFault("the ID token is malformed", e);
        }
    }

    /// <summary>Whether one of the keys, used as it may be, made the signature.</summary>
    public bool IsSignedBy(IEnumerable<VerificationKey> keys) =>
        keys.Where(k => KeyId is null || k.Id is null || k.Id == KeyId)
            .Any(k => k.Verify(Algorithm, _signed, _signature));

    /// <summary>The claims; only after the signature was checked.</summary>
    public JsonElement Claims()
    {
        try
        {
            using var document = JsonDocument.Parse(_payload, Depth);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw new ProviderFault("the ID token's claims are not an object");
        }
        catch (JsonException e)
        {
            throw new ProviderFault("the ID token's claims are not JSON", e);
        }
    }
}
