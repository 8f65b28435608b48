using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Rights;

/// <summary>Takes what is known of a request into the Socket.IO connection that it becomes.</summary>
internal static class LocalVisit
{
    private const string Kind = "hawser.recorder.local";
    private static readonly ClaimsPrincipal Here = new(new ClaimsIdentity([], Kind));

    /// <summary>Remembers that a request comes from this machine.</summary>
    public static void Mark(HttpContext context) => context.User = Here;

    /// <summary>Whether that was remembered.</summary>
    public static bool Is(ClaimsPrincipal user) => user.Identity?.AuthenticationType == Kind;
}
