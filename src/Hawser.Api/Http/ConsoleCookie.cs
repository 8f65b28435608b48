using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// The console's session: a token in a cookie that no script can read. Whoever changes something with it also sends a
/// header made of it, which only a page of this server knows: a page elsewhere can make the browser send the cookie,
/// but not the header.
/// </summary>
internal static class ConsoleCookie
{
    /// <summary>The cookie with the token.</summary>
    internal const string Name = "hawser_session";

    /// <summary>The header that goes with every change.</summary>
    internal const string Header = "X-Hawser-Proof";

    /// <summary>
    /// A header that every request of the console has. A page elsewhere may not send it without being asked, so what
    /// comes before there is a session is not forged either.
    /// </summary>
    internal const string Mark = "X-Hawser-Console";

    // The server's row decides; this only says how long a browser asks it.
    private static readonly TimeSpan Keeps = TimeSpan.FromDays(30);

    /// <summary>The token of a request; empty: there is no cookie.</summary>
    public static string Read(HttpRequest request) =>
        request.Cookies.TryGetValue(Name, out var value) && value is { Length: > 0 and <= 512 } ? value : "";

    /// <summary>Gives the browser a session; one that it had before is not its session any more.</summary>
    public static void Give(HttpContext context, string token) =>
        context.Response.Cookies.Append(Name, token, Options(context, Keeps));

    /// <summary>Takes it away.</summary>
    public static void Take(HttpContext context) =>
        context.Response.Cookies.Delete(Name, Options(context, TimeSpan.Zero));

    /// <summary>What the header must hold.</summary>
    public static string Proof(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("proof " + token)));

    /// <summary>Whether a request may use the cookie: it only reads, or it comes from a page of this server.</summary>
    public static bool IsGenuine(HttpRequest request, string token)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return true;
        return IsFromOurPage(request) && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(request.Headers[Header].ToString()), Encoding.UTF8.GetBytes(Proof(token)));
    }

    /// <summary>Whether the browser says that the request comes from elsewhere.</summary>
    public static bool IsFromOurPage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

    /// <summary>How cookies of the console are given.</summary>
    public static CookieOptions Options(HttpContext context, TimeSpan keeps) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = context.Request.PathBase.HasValue ? context.Request.PathBase.Value : "/",
        MaxAge = keeps > TimeSpan.Zero ? keeps : null,
        IsEssential = true,
    };
}
