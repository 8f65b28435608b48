using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Notifications;

/// <summary>Messages to people; this slice has no routes of its own.</summary>
internal static class NotificationsApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Outbox>();
        services.AddSingleton<AlarmNotices>();
        services.AddHostedService<OutboxSender>();
    }
}
