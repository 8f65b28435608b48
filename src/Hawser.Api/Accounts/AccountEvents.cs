using Hawser.Cluster;
using Microsoft.Extensions.Hosting;

namespace Hawser.Api.Accounts;

/// <summary>Tells everybody who remembers verdicts about accounts, here and on other nodes, to ask again.</summary>
internal sealed class AccountEvents(ApiParts parts, TokenDesk desk)
{
    /// <summary>The kind of the hint; its id is the user's.</summary>
    internal const string Kind = "account-changed";

    /// <summary>A user or a token of the user changed: disabled, deleted, revoked, other rights.</summary>
    public void Changed(Guid user)
    {
        desk.Forget();
        parts.Feed.Publish(new LiveEvent(Kind, user.ToString("N")));
    }
}

/// <summary>Forgets verdicts when another node says that an account changed.</summary>
internal sealed class AccountWatch(ApiParts parts, TokenDesk desk) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in parts.Feed.SubscribeAsync(stoppingToken))
            {
                if (change.Kind == AccountEvents.Kind) desk.Forget();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
    }
}
