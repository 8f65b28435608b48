using Hawser.Api.Notifications.Admin;
using Hawser.Api.Notifications.Wire;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Notifications;

/// <summary>Messages to people and to programs of others.</summary>
internal static class NotificationsApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSingleton<AlarmNotices>();
        services.AddSingleton<HookSender>();
        services.AddSingleton<MailSender>();
        services.AddHostedService<OutboxSender>();
        services.AddSingleton<HookEvents>();
        services.AddHostedService(p => p.GetRequiredService<HookEvents>());
        services.AddSingleton<HeldAlarms>();
        services.AddHostedService(p => p.GetRequiredService<HeldAlarms>());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        ChannelsAdmin.Map(routes);
        AlarmTests.Map(routes);
        DeliveriesAdmin.Map(routes);
        MailTexts.Map(routes);
    }
}
