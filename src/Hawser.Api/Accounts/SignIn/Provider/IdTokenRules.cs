using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>What must hold for the claims of an ID token (OpenID Connect Core §3.1.3.7).</summary>
internal static class IdTokenRules
{
    /// <summary>How far clocks may be apart.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    /// <summary>Checks; throws with the reason.</summary>
    public static void Check(JsonElement claims, string issuer, string clientId, string nonce, DateTimeOffset now)
    {
        CheckIssuer(claims, issuer);
        CheckAudience(claims, clientId);
        var expires = Time(claims, "exp") ?? throw new ProviderFault("the ID token never expires");
        if (expires + Skew <= now) throw new ProviderFault("the ID token is expired");
        if (Time(claims, "nbf") is { } from && from - Skew > now)
        {
            throw new ProviderFault("the ID token is not valid yet");
        }

        var issued = Time(claims, "iat") ?? throw new ProviderFault("the ID token does not say when it was made");
        if (issued - Skew > now) throw new ProviderFault("the ID token comes from the future");
        if (JsonPath.Text(claims, "nonce") != nonce) throw new ProviderFault("the ID token has another nonce");
        if (JsonPath.Text(claims, "sub") is not { Length: > 0 and <= 255 })
        {
            throw new ProviderFault("the ID token names nobody");
        }
    }

    // Microsoft's documents for many tenants have a place holder in the issuer, which each token fills with its own.
    private static void CheckIssuer(JsonElement claims, string issuer)
    {
        const string Tenant = "{tenantid}";
        if (issuer.Contains(Tenant, StringComparison.Ordinal))
        {
            var tenant = JsonPath.Text(claims, "tid");
            if (!Guid.TryParseExact(tenant, "D", out _)) throw new ProviderFault("the ID token names no tenant");
            issuer = issuer.Replace(Tenant, tenant, StringComparison.Ordinal);
        }

        if (JsonPath.Text(claims, "iss") != issuer) throw new ProviderFault("the ID token has another issuer");
    }

    private static void CheckAudience(JsonElement claims, string clientId)
    {
        var audience = JsonPath.Texts(claims, "aud") ?? [];
        if (!audience.Contains(clientId, StringComparer.Ordinal))
        {
            throw new ProviderFault("the ID token is for another client");
        }

        var party = JsonPath.Text(claims, "azp");
        if (party is null ? audience.Count > 1 : party != clientId)
        {
            throw new ProviderFault("the ID token was made for another client");
        }
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds)
            || seconds is < 0 or > 253_402_300_799)
        {
            throw new ProviderFault($"the ID token's {name} is not a time");
        }

        return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
    }
}
