using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Browser;

/// <summary>
/// Ties a browser to one sign-in. The cookie is random; the form that confirms carries a proof made of it, and the
/// sign-in remembers its hash. So neither a page elsewhere nor somebody who only has the link can confirm for a person,
/// and nobody can hand over a provider's address in which the confirming is done already.
/// </summary>
internal static class BrowserCookie
{
    /// <summary>Gives the browser a cookie for a state; keeps one it has.</summary>
    public static string Give(HttpContext context, string state, string publicUrl)
    {
        if (Read(context, state) is { } known) return known;
        var value = Http.Secrets.NewHandle();
        context.Response.Cookies.Append(Name(state), value, new CookieOptions
        {
            HttpOnly = true,
            // Lax: sent when the provider leads back here, not when a page elsewhere posts here.
            SameSite = SameSiteMode.Lax,
            Secure = publicUrl.StartsWith("https:", StringComparison.Ordinal),
            Path = new Uri(publicUrl).AbsolutePath.TrimEnd('/') + "/api/oidc",
            MaxAge = BrowserSignIns.Lifetime,
            IsEssential = true,
        });
        return value;
    }

    /// <summary>The browser's cookie for a state; null when it has none.</summary>
    public static string? Read(HttpContext context, string state) =>
        context.Request.Cookies.TryGetValue(Name(state), out var value)
            && value is { Length: > 20 and < 100 } ? value : null;

    /// <summary>What the confirming form carries.</summary>
    public static string Proof(string cookie) => Hex("confirm " + cookie);

    /// <summary>What a sign-in remembers.</summary>
    public static string Mark(string cookie) => Hex("mark " + cookie);

    private static string Name(string state) => "hawser_sso_" + Hex(state)[..12];

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
