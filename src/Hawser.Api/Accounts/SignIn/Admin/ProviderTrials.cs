using System.Text.Json.Serialization;
using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Accounts.SignIn.Admin;

/// <summary>
/// <c>POST /api/oidc/providers/{name}/test|try</c>: what a provider publishes about itself, and a trip to it that shows
/// what it says of a person. Neither signs anybody in. Ours.
/// </summary>
internal static class ProviderTrials
{
    private const string Path = "/api/oidc/providers/{name}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/test", TestAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Reads what a provider publishes about itself; plain OAuth2 publishes nothing.")
            .ReadsNothing().Answers<ProviderTestReply>();
        routes.MapPost(Path + "/try", TryAsync).ForAdmins(Area.Setting, write: true)
            .WithSummary("Where this browser goes to sign in for a try; the page at the end shows the claims.")
            .ReadsNothing().Answers<ProviderTryReply>();
    }

    private static async Task<IResult> TestAsync(
        string name, BrowserSignIns signIns, ProviderDocuments documents, CancellationToken cancellationToken)
    {
        if (signIns.ProviderOfTrial(name) is not { } profile) return Problem.NotFound("provider");
        return ClientResults.Json(
            await ReadAsync(profile, documents, cancellationToken), ProviderTrialsJson.Default.ProviderTestReply);
    }

    private static async Task<ProviderTestReply> ReadAsync(
        ProviderProfile profile, ProviderDocuments documents, CancellationToken cancellationToken)
    {
        if (!profile.IsOidc)
        {
            return new ProviderTestReply
            {
                Ok = true, Authorize = profile.AuthorizeUrl, Token = profile.TokenUrl, User = profile.UserUrl,
            };
        }

        try
        {
            // What was right an hour ago is not what somebody wants to know who has just changed it.
            documents.Forget(profile);
            var found = await documents.DiscoverAsync(profile, cancellationToken);
            var keys = await documents.KeysAsync(found, null, cancellationToken);
            return new ProviderTestReply
            {
                Ok = keys.Length > 0, Published = true, Issuer = found.Issuer, Authorize = found.AuthorizeUrl,
                Token = found.TokenUrl, User = found.UserUrl ?? "", Keys = keys.Length,
                Complaint = keys.Length > 0 ? "" : "It publishes no key that can be used.",
            };
        }
        catch (ProviderFault e)
        {
            return new ProviderTestReply { Published = true, Issuer = profile.Issuer, Complaint = e.Message };
        }
    }

    private static async Task<IResult> TryAsync(
        HttpContext context, string name, HawserDb db, BrowserSignIns signIns, BrowserDeparture departure,
        CurrentUser user, CancellationToken cancellationToken)
    {
        if (signIns.ProviderOfTrial(name) is not { } provider) return Problem.NotFound("provider");
        var device = new DeviceTrait("", user.Guid.ToString(), "", BrowserSignIns.TrialType, "");
        var departed = await departure.LeaveAsync(context, db, provider, device, cancellationToken);
        return departed.Refusal ?? ClientResults.Json(
            new ProviderTryReply(departed.Target), ProviderTrialsJson.Default.ProviderTryReply);
    }
}

/// <summary>What a provider publishes about itself.</summary>
internal sealed record ProviderTestReply
{
    /// <summary>Whether people can be sent there.</summary>
    public bool Ok { get; init; }

    /// <summary>Why not.</summary>
    public string Complaint { get; init; } = "";

    /// <summary>Whether it is one that publishes (OpenID Connect); else its addresses are those of the
    /// settings.</summary>
    public bool Published { get; init; }

    /// <summary>Who it says that it is.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Where people sign in.</summary>
    public string Authorize { get; init; } = "";

    /// <summary>Where the code is exchanged.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where more is asked about people; empty: nowhere.</summary>
    public string User { get; init; } = "";

    /// <summary>How many of its keys can be used.</summary>
    public int Keys { get; init; }
}

/// <summary>A trip to a provider.</summary>
/// <param name="Url">Where the browser goes.</param>
internal sealed record ProviderTryReply(string Url);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ProviderTestReply))]
[JsonSerializable(typeof(ProviderTryReply))]
internal sealed partial class ProviderTrialsJson : JsonSerializerContext;
