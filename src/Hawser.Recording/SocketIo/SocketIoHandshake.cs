using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.SocketIo;

/// <summary>What the request said that a connection began with; it stays valid when the request has gone.</summary>
internal sealed class SocketIoHandshake
{
    public SocketIoHandshake(HttpContext context, IPAddress remote)
    {
        var request = context.Request;
        Remote = remote;
        User = context.User;
        IsSecure = request.IsHttps;
        Host = request.Host;
        Origin = Text(request.Headers.Origin);
        Authorization = Text(request.Headers.Authorization);
        UserAgent = Text(request.Headers.UserAgent);
        Query = new QueryCollection(request.Query.ToDictionary(StringComparer.OrdinalIgnoreCase));
        Cookies = request.Cookies.ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Where the client is.</summary>
    public IPAddress Remote { get; }

    /// <summary>Who the server's authentication says it is.</summary>
    public ClaimsPrincipal User { get; }

    /// <summary>Whether it came by TLS.</summary>
    public bool IsSecure { get; }

    /// <summary>What it called this server.</summary>
    public HostString Host { get; }

    /// <summary>The page it comes from; null: none was told.</summary>
    public string? Origin { get; }

    /// <summary>Its credentials; null: none.</summary>
    public string? Authorization { get; }

    /// <summary>What it calls itself; null: nothing.</summary>
    public string? UserAgent { get; }

    /// <summary>The query of its URL.</summary>
    public IQueryCollection Query { get; }

    /// <summary>Its cookies.</summary>
    public IReadOnlyDictionary<string, string> Cookies { get; }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 0 ? null : values.ToString();
}
