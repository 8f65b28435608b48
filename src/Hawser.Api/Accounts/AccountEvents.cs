using Hawser.Api.Accounts.Login;
using Hawser.Cluster;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Hawser.Api.Accounts;

/// <summary>Tells everybody who remembers verdicts about accounts, here and on other nodes, to ask again.</summary>
internal sealed class AccountEvents(ApiParts parts, TokenDesk desk)
{
    /// <summary>The kind of the hint; its id is the user's.</summary>
    internal const string Kind = "account-changed";

    /// <summary>The kind of the hint that a user was unlocked.</summary>
    internal const string UnlockedKind = "account-unlocked";

    /// <summary>A user or a token of the user changed: disabled, deleted, revoked, other rights.</summary>
    public void Changed(Guid user)
    {
        desk.Forget();
        parts.Feed.Publish(new LiveEvent(Kind, user.ToString("N")));
    }

    /// <summary>A user may try to sign in at once: every node that counted wrong passwords forgets them.</summary>
    public void Unlocked(Guid user)
    {
        parts.Feed.Publish(new LiveEvent(UnlockedKind, user.ToString("N")));
        Changed(user);
    }
}

/// <summary>Forgets verdicts when another node says that an account changed.</summary>
internal sealed class AccountWatch(ApiParts parts, TokenDesk desk, LoginThrottle throttle) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var change in parts.Feed.SubscribeAsync(stoppingToken))
            {
                if (change.Kind == AccountEvents.Kind) desk.Forget();
                if (change.Kind == AccountEvents.UnlockedKind) await ForgiveAsync(change.Id, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
    }

    private async Task ForgiveAsync(string id, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(id, out var guid)) return;
        try
        {
            await using var db = parts.Store.CreateDb();
            var user = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Guid == guid, cancellationToken);
            if (user is not null) throttle.Forgive(user.Name, user.Email);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            // What was counted here is forgotten by itself in minutes.
        }
    }
}
