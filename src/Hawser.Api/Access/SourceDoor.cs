using System.Net;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Access;

/// <summary>
/// Refuses people from addresses that an administrator blocked: signing in, and whatever else is asked with
/// credentials. Devices behind the same address go on reporting, which they do without any.
/// </summary>
internal sealed class SourceDoor(RequestDelegate next, SettingsStore settings)
{
    /// <summary>What a blocked caller is told.</summary>
    internal const string Text = "Your address is blocked on this server. Please ask your administrator.";

    private static readonly string[] s_signIns = ["/api/login", "/api/oidc", "/api/console"];
    private volatile Known _known = new([], AddressList.Empty);

    public Task InvokeAsync(HttpContext context) =>
        settings.Get(AccessSettings.Key).BlockedAddresses is { Count: > 0 } listed
        && context.Connection.RemoteIpAddress is { } from && IsPersonal(context.Request) && Contains(listed, from)
            ? ClientResults.Error(StatusCodes.Status403Forbidden, Text).ExecuteAsync(context)
            : next(context);

    private static bool IsPersonal(HttpRequest request) =>
        request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
        && (request.Headers.ContainsKey("Authorization") || ConsoleCookie.Read(request).Length > 0
            || s_signIns.Any(p => request.Path.StartsWithSegments(p, StringComparison.Ordinal)));

    private bool Contains(IReadOnlyList<string> listed, IPAddress from)
    {
        var known = _known;
        if (!ReferenceEquals(known.From, listed))
        {
            // What can't be read blocks nobody; it is looked at when it is stored.
            _known = known = new Known(
                listed, AddressList.TryParse(listed, out var list, out _) ? list : AddressList.Empty);
        }

        return known.List.Contains(PeerAddress.From(from, 0));
    }

    private sealed record Known(IReadOnlyList<string> From, AddressList List);
}
