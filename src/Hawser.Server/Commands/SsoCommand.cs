using System.CommandLine;
using System.Text.Json;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Provider;

namespace Hawser.Server.Commands;

/// <summary><c>hawser sso show|set|test</c>: providers for signing in with the browser.</summary>
internal static class SsoCommand
{
    private const string Mask = "(set)";

    public static Command Create() => new("sso", "Providers for signing in with the browser (OpenID Connect, OAuth2).")
    {
        Show(), Set(), Test(),
    };

    private static Command Show()
    {
        var data = StoredApi.DataOption();
        var command = new Command("show", "Print the settings as JSON, without secrets.") { data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            var masked = Masked(api.Settings.Get(SignInSettings.Key));
            Console.Out.WriteLine(JsonSerializer.Serialize(masked, SignInSettingsJson.Default.SignInSettings));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Set()
    {
        var data = StoredApi.DataOption();
        var file = new Argument<string>("file") { Description = "JSON as 'show' prints it; - for standard input." };
        var command = new Command("set", """
            Replace the settings by those of a file.

            A clientSecret of "(set)" keeps the stored one of the provider with that name.
            """) { file, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = Parse(await StoredApi.ReadAsync(parsed.GetValue(file)!, cancel));
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            Unmask(settings, api.Settings.Get(SignInSettings.Key));
            if (SignInRules.Check(settings) is { Count: > 0 } wrong)
            {
                throw new StartupException(string.Join('\n', wrong), exitCode: ExitCode.Usage);
            }

            await api.Settings.SetAsync(SignInSettings.Key, settings, cancel);
            Console.Out.WriteLine($"{settings.Providers.Count} providers. Register this address with each: "
                + string.Join(" and ", Callbacks(settings)));
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

    private static IEnumerable<string> Callbacks(SignInSettings settings) => settings.PublicUrls.Count == 0
        ? [$"https://YOUR-SERVER{SignInApi.CallbackPath}"]
        : settings.PublicUrls.Select(u => u.TrimEnd('/') + SignInApi.CallbackPath);

    private static SignInSettings Parse(string json) =>
        StoredApi.Parse(json, SignInSettingsJson.Default.SignInSettings, "sign-in");

    private static SignInSettings Masked(SignInSettings settings) => settings with
    {
        Providers =
            [.. settings.Providers.Select(p => p with { ClientSecret = p.ClientSecret.Length > 0 ? Mask : "" })],
    };

    private static void Unmask(SignInSettings settings, SignInSettings stored)
    {
        foreach (var provider in settings.Providers.Where(p => p.ClientSecret == Mask))
        {
            provider.ClientSecret = stored.Providers.FirstOrDefault(p => p.Name == provider.Name)?.ClientSecret ?? "";
        }
    }
}
