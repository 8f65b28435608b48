using Hawser.Api.Access;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Files;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.AddressBooks;
using Hawser.Api.Console;
using Hawser.Api.Directories;
using Hawser.Api.Groups;
using Hawser.Api.Devices;
using Hawser.Api.Devices.Heartbeats;
using Hawser.Api.Http;
using Hawser.Api.Retention;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Strategies;
using Hawser.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api;

/// <summary>The API role: HTTP for stock clients and for administrators.</summary>
public static class ApiRole
{
    /// <summary>Registers what the role needs.</summary>
    /// <param name="services">The web server's services.</param>
    /// <param name="options">The options.</param>
    /// <param name="parts">The parts.</param>
    public static void AddApi(this IServiceCollection services, ApiOptions options, ApiParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        services.AddSingleton(options);
        services.AddSingleton(parts);
        services.AddScoped<HawserDb>(_ => parts.Store.CreateDb());
        var keys = KeyFolder(parts.DataFolder);
        services.AddDataProtection().SetApplicationName("hawser").PersistKeysToFileSystem(keys);
        services.AddAuthentication(Policies.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(Policies.Scheme, null);
        // A route that names no policy is closed.
        services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder(Policies.Scheme).RequireAssertion(_ => false).Build());
        services.AddSingleton<IAuthorizationHandler, Policies.NeedHandler>();
        services.AddSingleton<Secrets>();
        services.AddSingleton<SettingsStore>();
        // One for the whole process: what the API revokes is refused at once where introductions are decided.
        if (parts.Access is { } access) services.AddSingleton(access.Tokens).AddSingleton(access);
        else services.AddSingleton<TokenDesk>();
        services.AddSingleton<ApiGate>();
        services.AddHostedService<SettingsRefresh>();
        AddSlices(services);
    }

    /// <summary>What happens to every request before its route is looked up.</summary>
    /// <param name="app">The web application.</param>
    public static void UseApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        // The exact path first; then again for those that the door had to straighten.
        app.UseMiddleware<HeartbeatDoor>();
        app.UseMiddleware<RequestDoor>();
        app.UseMiddleware<PackedBodies>();
        app.UseMiddleware<HeartbeatDoor>();
    }

    /// <summary>Maps the routes; after routing was added.</summary>
    /// <param name="app">The web application.</param>
    public static void MapApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseAuthentication();
        app.UseAuthorization();
        AccountsApi.Map(app);
        AuditApi.Map(app);
        FilesApi.Map(app);
        SignInApi.Map(app);
        AddressBooksApi.Map(app);
        GroupsApi.Map(app);
        DevicesApi.Map(app);
        StrategiesApi.Map(app);
        ConsoleApi.Map(app);
        AccessApi.Map(app);
        SettingsApi.Map(app);
    }

    /// <summary>Answers with a page or a file of the console, when the address is one of its.</summary>
    /// <param name="context">The request.</param>
    /// <returns>Whether it was answered.</returns>
    public static Task<bool> TryServeConsoleAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RequestServices.GetRequiredService<ConsoleFiles>().TryServeAsync(context);
    }

    /// <summary>Reads the settings and makes the first rows; nothing of the API is served before.</summary>
    /// <param name="app">The web application, whose store is open.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When the API may be served.</returns>
    public static async Task OpenApiAsync(this WebApplication app, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(app);
        await app.Services.GetRequiredService<SettingsStore>().ReloadAsync(cancellationToken);
        await app.Services.GetRequiredService<FirstRows>().EnsureAsync(cancellationToken);
        app.Services.GetRequiredService<ApiGate>().Open();
    }

    // Whoever reads these keys reads every secret of the database.
    private static DirectoryInfo KeyFolder(string dataFolder)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var path = Path.Combine(dataFolder, "keys");
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(path, Private);
    }

    // One line a slice.
    private static void AddSlices(IServiceCollection services)
    {
        AccountsApi.Add(services);
        AuditApi.Add(services);
        FilesApi.Add(services);
        SignInApi.Add(services);
        DirectoriesApi.Add(services);
        AddressBooksApi.Add(services);
        GroupsApi.Add(services);
        RetentionApi.Add(services);
        NotificationsApi.Add(services);
        AccessApi.Add(services);
        DevicesApi.Add(services);
        StrategiesApi.Add(services);
        ConsoleApi.Add(services);
    }
}
