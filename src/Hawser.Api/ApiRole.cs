using Hawser.Api.Access;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Files;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.AddressBooks;
using Hawser.Api.Backups;
using Hawser.Api.Console;
using Hawser.Api.Console.Address;
using Hawser.Api.Delegation;
using Hawser.Api.Directories;
using Hawser.Api.Groups;
using Hawser.Api.Devices;
using Hawser.Api.Devices.Heartbeats;
using Hawser.Api.Http;
using Hawser.Api.Imports;
using Hawser.Api.Jobs;
using Hawser.Api.Relays;
using Hawser.Api.Recordings;
using Hawser.Api.Retention;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Strategies;
using Hawser.Api.Watch;
using Hawser.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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
        var before = services.Count;
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
        // The keys are read when the first secret is: reading them ahead costs as much as everything else here.
        foreach (var ahead in services.Skip(before).Where(s => s.ServiceType == typeof(IHostedService)).ToList())
        {
            services.Remove(ahead);
        }

        services.AddSingleton<IAuthorizationHandler, Policies.NeedHandler>();
        services.AddSingleton<Secrets>();
        services.AddSingleton<EditTurns>();
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
        app.UseMiddleware<SourceDoor>();
        app.UseMiddleware<PackedBodies>();
        app.UseMiddleware<HeartbeatDoor>();
    }

    /// <summary>Finds out who asks and what they may; after routing was added.</summary>
    /// <param name="app">The web application.</param>
    public static void UseApiRights(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>Maps the routes.</summary>
    /// <param name="app">Takes them.</param>
    public static void MapApi(IEndpointRouteBuilder app)
    {
        AccountsApi.Map(app);
        AuditApi.Map(app);
        FilesApi.Map(app);
        RecordingsBulk.Map(app);
        SignInApi.Map(app);
        AddressBooksApi.Map(app);
        GroupsApi.Map(app);
        DevicesApi.Map(app);
        StrategiesApi.Map(app);
        ConsoleApi.Map(app);
        AccessApi.Map(app);
        DirectoriesApi.Map(app);
        DelegationApi.Map(app);
        SettingsApi.Map(app);
        RelaysApi.Map(app);
        NotificationsApi.Map(app);
        RetentionPreview.Map(app);
        JobsApi.Map(app);
        BackupsApi.Map(app);
        ImportsApi.Map(app);
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
        // Made now, so that they are seen from the start.
        app.Services.GetRequiredService<DeviceMetrics>();
        app.Services.GetRequiredService<AuditMetrics>();
        app.Services.GetRequiredService<RelayDesk>().Begin();
        app.Services.GetRequiredService<ProxyDesk>().Begin();
        app.Services.GetRequiredService<ConsoleHours>().Begin();
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
        RecordingsBulk.Add(services);
        SignInApi.Add(services);
        DirectoriesApi.Add(services);
        AddressBooksApi.Add(services);
        GroupsApi.Add(services);
        RetentionApi.Add(services);
        RelaysApi.Add(services);
        JobsApi.Add(services);
        BackupsApi.Add(services);
        ImportsApi.Add(services);
        WatchApi.Add(services);
        NotificationsApi.Add(services);
        AccessApi.Add(services);
        DevicesApi.Add(services);
        StrategiesApi.Add(services);
        ConsoleApi.Add(services);
    }
}
