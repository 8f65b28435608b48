using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Rights;

/// <summary>Takes what is known of a request into the Socket.IO connection that it becomes.</summary>
internal static class LocalVisit
{
    private const string Kind = "hawser.recorder";
    private const string Here = "here";
    private const string Cookie = "cookie";

    /// <summary>Remembers whether a request comes from this machine, and the token of its cookie.</summary>
    public static void Mark(HttpContext context, bool isFromHere, string cookie)
    {
        var identity = new ClaimsIdentity([], Kind);
        if (isFromHere) identity.AddClaim(new Claim(Here, ""));
        if (cookie.Length > 0) identity.AddClaim(new Claim(Cookie, cookie));
        context.User = new ClaimsPrincipal(identity);
    }

    /// <summary>Whether it comes from this machine.</summary>
    public static bool IsFromHere(ClaimsPrincipal user) =>
        user.Identity?.AuthenticationType == Kind && user.HasClaim(Here, "");

    /// <summary>Its cookie's token; empty: none.</summary>
    public static string CookieOf(ClaimsPrincipal user) =>
        user.Identity?.AuthenticationType == Kind ? user.FindFirst(Cookie)?.Value ?? "" : "";
}
