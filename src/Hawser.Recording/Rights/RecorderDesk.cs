using System.Net;
using Hawser.Recording.SocketIo;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Rights;

/// <summary>
/// Says who somebody is (reference §4.8). Credentials, the first found wins: the payload of CONNECT, the header
/// <c>Authorization</c>, the console's cookie, the query <c>token</c>. Void credentials are never taken for none.
/// </summary>
internal sealed class RecorderDesk(RecordingOptions options, RecordingParts parts)
{
    private const string Bearer = "Bearer ";

    /// <summary>The query key of tokens; never logged.</summary>
    public const string TokenKey = "token";

    /// <summary>Who makes a request.</summary>
    public ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(HttpContext context)
    {
        var cookie = parts.CookieToken(context.Request);
        var token = TokenOf(context.Request.Headers.Authorization.ToString(), cookie, context.Request.Query);
        var from = context.Connection.RemoteIpAddress;
        return FindAsync(token, from, parts.IsFromHere(context), cookie, context.RequestAborted);
    }

    /// <summary>Who opens a connection.</summary>
    /// <param name="handshake">What its request said.</param>
    /// <param name="payload">The token of the CONNECT payload; null: none.</param>
    /// <param name="cancellationToken">It has gone.</param>
    public ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(
        SocketIoHandshake handshake, string? payload, CancellationToken cancellationToken)
    {
        var cookie = LocalVisit.CookieOf(handshake.User);
        var token = payload ?? TokenOf(handshake.Authorization ?? "", cookie, handshake.Query);
        return FindAsync(token, handshake.Remote, LocalVisit.IsFromHere(handshake.User), cookie, cancellationToken);
    }

    private async ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(
        string? token, IPAddress? from, bool isFromHere, string cookie,
        CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return options.Anonymous || isFromHere
                ? (Admission.Admitted, Visitor.Anonymous) : (Admission.NoCredentials, null);
        }

        var user = await parts.FindUser(token, from, cancellationToken);
        // What a browser sends by itself may only be what the console gave it.
        return user is null || (token == cookie && !user.IsSession)
            ? (Admission.BadCredentials, null) : (Admission.Admitted, Visitor.Of(user));
    }

    private static string? TokenOf(string authorization, string cookie, IQueryCollection query)
    {
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return authorization[Bearer.Length..].Trim();
        }

        if (cookie.Length > 0) return cookie;
        return query.TryGetValue(TokenKey, out var values) ? values.ToString() : null;
    }
}
