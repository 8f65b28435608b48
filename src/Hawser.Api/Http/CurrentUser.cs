using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>Who makes a request: an account and the token it came with.</summary>
/// <param name="Guid">The user's row.</param>
/// <param name="Name">The login name.</param>
/// <param name="IsAdmin">May do everything.</param>
/// <param name="UserGroup">The user's group.</param>
/// <param name="TokenGuid">The token's row.</param>
/// <param name="Kind">What kind of token.</param>
/// <param name="Scopes">What an API token may do; empty for the others.</param>
/// <param name="DeviceId">For a client's token, the device that logged in.</param>
internal sealed record CurrentUser(
    Guid Guid, string Name, bool IsAdmin, Guid UserGroup, Guid TokenGuid, TokenKind Kind, Scopes Scopes,
    string DeviceId)
{
    /// <summary>When the token was made: for a session of the console, when its user last proved who it is.</summary>
    public DateTime SignedInAt { get; init; }

    /// <summary>What admin roles allow; for administrators it does not matter.</summary>
    public AdminRights Rights { get; init; } = AdminRights.None;

    /// <summary>Whether one of the rights is given, for something at least.</summary>
    public bool May(AdminRight right) => IsAdmin || (Rights.Somewhere & right) != AdminRight.None;

    /// <summary>Whether the right is given for everything.</summary>
    public bool MayEverywhere(AdminRight right) => IsAdmin || (Rights.Everywhere & right) != AdminRight.None;

    /// <summary>Whether the right is given for devices that are nobody's and in no group.</summary>
    public bool MayUnassigned(AdminRight right) => MayEverywhere(right) || Rights.Unassigned(right);

    /// <summary>Bound by minimal APIs; the authentication handler left it there.</summary>
    public static ValueTask<CurrentUser> BindAsync(HttpContext context) => new(Of(context));

    /// <summary>Who makes this request; only behind a policy.</summary>
    internal static CurrentUser Of(HttpContext context) => context.Features.Get<CurrentUser>()
        ?? throw new InvalidOperationException("the route has no policy");
}
