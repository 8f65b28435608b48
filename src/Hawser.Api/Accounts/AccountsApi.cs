using Hawser.Api.Accounts.Client;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Accounts;

/// <summary>Logging in and out, and who one is.</summary>
internal static class AccountsApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<PasswordWork>();
        services.AddSingleton<FirstRows>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/currentUser", CurrentUserEndpoint.HandleAsync).ForUsers();
    }
}
