using Hawser.Api.Devices.Admin;
using Hawser.Api.Devices.Client;
using Hawser.Api.Devices.Heartbeats;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Devices;

/// <summary>What devices send without being asked, and how they are set up from the command line.</summary>
internal static class DevicesApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DeviceTable>();
        services.AddSingleton<DeviceReader>();
        services.AddSingleton<DeviceRecognition>();
        services.AddSingleton<DevicePresence>();
        services.AddSingleton<StrategyDelivery>();
        services.AddSingleton<DeviceHints>(provider => new DeviceHints(
            provider.GetRequiredService<DeviceTable>(), provider.GetRequiredService<ApiParts>().Feed));
        services.AddSingleton<DeviceCommands>();
        services.AddSingleton<OpenConnections>();
        services.AddSingleton<Presets>();
        services.AddSingleton<SysinfoDesk>();
        services.AddSingleton<HeartbeatDesk>();
        services.AddSingleton<DeviceLoop>();
        services.AddSingleton<DeviceMetrics>();
        services.AddSingleton<DeployDesk>();
        services.AddSingleton<ClaimNames>();
        services.AddSingleton<RefusedSysinfo>();
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<DeviceStatusJob>(p, true));
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<DeviceStatusJob>(p, false));
        services.AddSingleton<JobKind, DeviceAssignJob>();
        services.AddSingleton<JobKind, DeviceRestoreJob>();
        services.AddSingleton<JobKind, DeviceDeleteJob>();
        services.AddSingleton<JobKind, DeviceUndeleteJob>();
        services.AddSingleton<JobKind, DevicePurgeJob>();
        services.AddSingleton<JobKind, DeviceApproveJob>();
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<ClaimJob>(p, true));
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<ClaimJob>(p, false));
        services.AddSingleton<JobKind, DeviceRefreshJob>();
        services.AddSingleton<JobKind, DeviceDisconnectJob>();
        services.AddSingleton<JobKind, DeviceImportJob>();
        services.AddHostedService(provider => provider.GetRequiredService<DeviceLoop>());
        services.AddSingleton<StaleRule>();
        services.AddHostedService(provider => provider.GetRequiredService<StaleRule>());
        services.AddHostedService(provider => provider.GetRequiredService<ClaimNames>());
        services.AddHostedService(provider => provider.GetRequiredService<RefusedSysinfo>());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Answered before routing; here for whoever lists the routes.
        routes.MapPost(HeartbeatDoor.Path, (RequestDelegate)HeartbeatAsync).ForAnybody()
            .WithSummary("A device says that it is there, and is told what to do.")
            .Reads<HeartbeatBody>(HeartbeatBody.Example).Answers<HeartbeatAnswer>();
        routes.MapPost("/api/sysinfo", SysinfoEndpoint.HandleAsync).ForAnybody()
            .WithSummary("A device describes itself; the answer is one of a few exact words.")
            .Reads<SysinfoRequest>(SysinfoEndpoint.Example).Answers("text/plain");
        routes.MapPost("/api/sysinfo_ver", SysinfoVersionEndpoint.Handle).ForAnybody()
            .WithSummary("Of old clients: whether the server still has what they sent.").ReadsNothing()
            .Answers("text/plain");
        routes.MapPost("/api/switch-grant", SwitchGrantEndpoint.HandleAsync).ForAnybody()
            .WithSummary("A device lets one caller in once, to switch sides; signed with its key.")
            .Reads<SwitchGrantRequest>(SwitchGrantEndpoint.Example).Answers<SwitchGrantResponse>();
        routes.MapPost("/api/devices/cli", AssignEndpoint.HandleAsync).ForAdminsOrDeployment(Area.Device)
            .WithSummary("Assigns a device to a user, groups, a strategy, an address book; all or nothing.")
            .Reads<AssignRequest>(AssignEndpoint.Example).AnswersNothing();
        routes.MapPost("/api/devices/deploy", DeployEndpoint.HandleAsync).ForAdminsOrDeployment(Area.Device)
            .WithSummary("Makes a device known, so that it may register where deployment is required.")
            .Reads<DeployRequest>(DeployEndpoint.Example).Answers<DeployResponse>();
        DevicesAdmin.Map(routes);
        DeviceEdits.Map(routes);
        DeployTokensAdmin.Map(routes);
        DeviceFacets.Map(routes);
        DevicesBulk.Map(routes);
        DevicesImport.Map(routes);
        DevicePolicy.Map(routes);
        StrategyDelivery.Map(routes);
        DeviceSignals.Map(routes);
        DevicesDeleted.Map(routes);
        DevicesPending.Map(routes);
        BlockedAddresses.Map(routes);
        DeviceConflicts.Map(routes);
        DevicesMerge.Map(routes);
        StalePreview.Map(routes);
    }

    private static Task HeartbeatAsync(HttpContext context) =>
        context.RequestServices.GetRequiredService<HeartbeatDesk>().ServeAsync(context);
}
