using Hawser.Api.Accounts.SignIn.Admin;
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

    private const string Html = "text/html";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ProviderHttp>();
        services.AddSingleton<ProviderDocuments>();
        services.AddSingleton<ProviderFlow>();
        services.AddSingleton<ExternalAccounts>();
        services.AddSingleton<BrowserSignIns>();
        services.AddSingleton<AskingBudget>();
        services.AddSingleton<SignInCompletion>();
        services.AddSingleton<BrowserDeparture>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/api/login-options", [HttpMethods.Get, HttpMethods.Head], LoginOptionsEndpoint.Handle)
            .ForAnybody().WithSummary("The ways to sign in with a browser.").Answers<List<string>>();
        routes.MapPost("/api/oidc/auth", OidcAuthEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Begins to sign a device in through a provider; says which page to open.")
            .Reads<OidcAuthRequest>(OidcAuthEndpoint.Example).Answers<OidcAuthResponse>().OrError();
        routes.MapGet("/api/oidc/auth-query", OidcAuthQueryEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Whether somebody has signed in on that page; asked each second.")
            .Query("code", "What began it.").Query("id", "The device's id.").Query("uuid", "The device's uuid, base64.")
            .Answers<SignInResult>().OrError();
        routes.MapGet(StartPath, StartEndpoint.ShowAsync).ForAnybody()
            .WithSummary("The page that asks whether this device is to be signed in.")
            .Query("c", "What began it.").Answers(Html).AnswersNothing(StatusCodes.Status303SeeOther)
            .Answers(Html, StatusCodes.Status410Gone).Answers(Html, StatusCodes.Status502BadGateway);
        routes.MapPost(StartPath, StartEndpoint.ConfirmAsync).ForAnybody()
            .WithSummary("The answer to that page; goes on to the provider.").ReadsForm()
            .Answers(Html).AnswersNothing(StatusCodes.Status303SeeOther)
            .Answers(Html, StatusCodes.Status403Forbidden).Answers(Html, StatusCodes.Status410Gone)
            .Answers(Html, StatusCodes.Status502BadGateway);
        routes.MapGet(CallbackPath, CallbackEndpoint.HandleAsync).ForAnybody()
            .WithSummary("Where providers send the browser back to.")
            .Query("state", "What began it.").Query("code", "What the provider gave.")
            .Query("iss", "Who the provider is.")
            .Query("error", "Why the provider refused.").Answers(Html)
            .Answers(Html, StatusCodes.Status403Forbidden).Answers(Html, StatusCodes.Status410Gone)
            .Answers(Html, StatusCodes.Status502BadGateway);
        routes.MapPost(CallbackPath, CallbackEndpoint.ForwardAsync).ForAnybody()
            .WithSummary("The same, of providers that post.").ReadsForm()
            .AnswersNothing(StatusCodes.Status303SeeOther);
        ProviderTrials.Map(routes);
    }
}
