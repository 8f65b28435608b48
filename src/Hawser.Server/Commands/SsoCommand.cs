using System.CommandLine;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Provider;

namespace Hawser.Server.Commands;

/// <summary><c>hawser sso test|callbacks</c>: providers for signing in with the browser; they are set by
/// <c>hawser settings set signIn</c>.</summary>
internal static class SsoCommand
{
    public static Command Create() => new("sso", "Providers for signing in with the browser (OpenID Connect, OAuth2).")
    {
        Test(), Callbacks(),
    };

    private static Command Callbacks()
    {
        var data = StoredApi.DataOption();
        var command = new Command("callbacks", "Print the addresses to register with each provider.") { data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            foreach (var url in Addresses(api.Settings.Get(SignInSettings.Key))) Console.Out.WriteLine(url);
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Test()
    {
        var data = StoredApi.DataOption();
        var name = new Argument<string>("provider") { Description = "The provider's name." };
        var command = new Command("test", "Read what a provider publishes about itself.") { name, data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            var settings = api.Settings.Get(SignInSettings.Key);
            var found = settings.Providers.FirstOrDefault(p => p.Name == parsed.GetValue(name))
                ?? throw new StartupException($"there is no provider {parsed.GetValue(name)}");
            return await TestAsync(ProviderProfile.Of(found), api.Get<ProviderDocuments>(), cancel);
        });
        return command;
    }

    private static async Task<int> TestAsync(
        ProviderProfile profile, ProviderDocuments documents, CancellationToken cancellationToken)
    {
        if (!profile.IsOidc)
        {
            Console.Out.WriteLine($"{profile.Name} is plain OAuth2 and publishes nothing: {profile.AuthorizeUrl}");
            return ExitCode.Done;
        }

        try
        {
            var discovery = await documents.DiscoverAsync(profile, cancellationToken);
            var keys = await documents.KeysAsync(discovery, null, cancellationToken);
            Console.Out.WriteLine($"issuer     {discovery.Issuer}");
            Console.Out.WriteLine($"authorize  {discovery.AuthorizeUrl}");
            Console.Out.WriteLine($"token      {discovery.TokenUrl}");
            Console.Out.WriteLine($"user info  {discovery.UserUrl ?? "none"}");
            Console.Out.WriteLine($"keys       {keys.Length} usable: "
                + string.Join(", ", keys.SelectMany(k => k.Algorithms).Distinct(StringComparer.Ordinal)));
            return keys.Length > 0 ? ExitCode.Done : ExitCode.Failure;
        }
        catch (ProviderFault e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }

    private static IEnumerable<string> Addresses(SignInSettings settings) => settings.PublicUrls.Count == 0
        ? [$"https://YOUR-SERVER{SignInApi.CallbackPath}"]
        : settings.PublicUrls.Select(u => u.TrimEnd('/') + SignInApi.CallbackPath);
}
