using System.Net;
using Hawser.Recording.SocketIo;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Rights;

/// <summary>
/// Says who somebody is (reference §4.8). Credentials, the first found wins: the payload of CONNECT, the header
/// <c>Authorization</c>, the query <c>token</c>. Void credentials are never taken for none.
/// </summary>
internal sealed class RecorderDesk(RecordingOptions options, RecordingParts parts)
{
    private const string Bearer = "Bearer ";

    /// <summary>The query key of tokens; never logged.</summary>
    public const string TokenKey = "token";

    /// <summary>Who makes a request.</summary>
    public ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(HttpContext context)
    {
        var token = TokenOf(context.Request.Headers.Authorization.ToString(), context.Request.Query);
        return FindAsync(token, context.Connection.RemoteIpAddress, parts.IsFromHere(context), context.RequestAborted);
    }

    /// <summary>Who opens a connection.</summary>
    /// <param name="handshake">What its request said.</param>
    /// <param name="payload">The token of the CONNECT payload; null: none.</param>
    /// <param name="cancellationToken">It has gone.</param>
    public ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(
        SocketIoHandshake handshake, string? payload, CancellationToken cancellationToken)
    {
        var token = payload ?? TokenOf(handshake.Authorization ?? "", handshake.Query);
        return FindAsync(token, handshake.Remote, LocalVisit.Is(handshake.User), cancellationToken);
    }

    private async ValueTask<(Admission Admission, Visitor? Visitor)> FindAsync(
        string? token, IPAddress? from, bool isFromHere, CancellationToken cancellationToken)
    {
        if (token is null)
        {
            return options.Anonymous || isFromHere
                ? (Admission.Admitted, Visitor.Anonymous) : (Admission.NoCredentials, null);
        }

        var user = await parts.FindUser(token, from, cancellationToken);
        return user is null ? (Admission.BadCredentials, null) : (Admission.Admitted, Visitor.Of(user));
    }

    private static string? TokenOf(string authorization, IQueryCollection query)
    {
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return authorization[Bearer.Length..].Trim();
        return query.TryGetValue(TokenKey, out var values) ? values.ToString() : null;
    }
}
