using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Sockets;

/// <summary>
/// Every second: puts recorders out whose token was revoked or whose account is switched off, for good
/// (reference §2.7), and lets those whose token expired finish what they have begun (§4.8).
/// </summary>
internal sealed partial class TokenWatch(RecorderNamespace recorders, RecordingParts parts) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int Batch = 200;
    private readonly ILogger _log = parts.Logs.CreateLogger<TokenWatch>();

    /// <summary>One look.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var visits = recorders.Visits.Where(v => v.Visitor.Token is not null).ToLookup(v => v.Visitor.Token!.Value);
        if (visits.Count == 0) return;
        var now = parts.Time.GetUtcNow().UtcDateTime;
        foreach (var some in visits.Select(v => v.Key).Chunk(Batch))
        {
            await using var db = parts.Store.CreateDb();
            var known = await (
                from token in db.AccessTokens.AsNoTracking()
                join user in db.Users.AsNoTracking() on token.UserGuid equals user.Guid
                where some.Contains(token.Guid) && user.Status == UserStatus.Normal
                select new { token.Guid, token.ExpiresAt }).ToDictionaryAsync(
                    t => t.Guid, t => t.ExpiresAt, cancellationToken);
            foreach (var visit in some.SelectMany(guid => visits[guid]))
            {
                if (known.TryGetValue(visit.Visitor.Token!.Value, out var end)) visit.Expired = end <= now;
                else visit.Client.Kick();
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, parts.Time);
        try
        {
            await parts.Opened.WaitAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryLookAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var drained = recorders.DrainAsync().WaitAsync(cancellationToken);
        await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // The edge of a background task: the next look is a second away.
            Log.Failed(_log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7111, LogLevel.Warning, "Tokens of recorders could not be looked at: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
