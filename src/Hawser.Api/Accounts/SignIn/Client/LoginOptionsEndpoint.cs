using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Accounts.SignIn.Client;

/// <summary>
/// <c>GET /api/login-options</c> (reference §4.4): the buttons of the login dialog, in both forms. Without providers
/// an empty list, never <c>common-oidc/null</c>.
/// </summary>
internal static class LoginOptionsEndpoint
{
    public static IResult Handle(SettingsStore settings)
    {
        var providers = settings.Get(SignInSettings.Key).Providers.Where(p => p.Enabled).ToList();
        List<string> options = [];
        if (providers.Count > 0)
        {
            var buttons = providers.ConvertAll(p => new LoginOption(p.Name, p.Icon));
            options.Add("common-oidc/" + JsonSerializer.Serialize(buttons, SignInJson.Default.ListLoginOption));
            options.AddRange(providers.Select(p => "oidc/" + p.Name));
        }

        return ClientResults.Json(options, SignInJson.Default.ListString);
    }
}
