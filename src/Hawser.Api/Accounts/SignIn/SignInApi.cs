using Hawser.Api.Accounts.SignIn.Browser;
using Hawser.Api.Accounts.SignIn.Client;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>Signing in through somebody else's login page.</summary>
internal static class SignInApi
{
    /// <summary>The page that the client opens.</summary>
    internal const string StartPath = "/api/oidc/start";

    /// <summary>Where providers send browsers back to; to be registered with them.</summary>
    internal const string CallbackPath = "/api/oidc/callback";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ProviderHttp>();
        services.AddSingleton<ProviderDocuments>();
        services.AddSingleton<ProviderFlow>();
        services.AddSingleton<ExternalAccounts>();
        services.AddSingleton<BrowserSignIns>();
        services.AddSingleton<AskingBudget>();
        services.AddSingleton<SignInCompletion>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/login-options", [HttpMethods.Get, HttpMethods.Head], LoginOptionsEndpoint.Handle)
            .ForAnybody();
        routes.MapPost("/api/oidc/auth", OidcAuthEndpoint.HandleAsync).ForAnybody();
        routes.MapGet("/api/oidc/auth-query", OidcAuthQueryEndpoint.HandleAsync).ForAnybody();
        routes.MapGet(StartPath, StartEndpoint.ShowAsync).ForAnybody();
        routes.MapPost(StartPath, StartEndpoint.ConfirmAsync).ForAnybody();
        routes.MapGet(CallbackPath, CallbackEndpoint.HandleAsync).ForAnybody();
        routes.MapPost(CallbackPath, CallbackEndpoint.ForwardAsync).ForAnybody();
    }
}
