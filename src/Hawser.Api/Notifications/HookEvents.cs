using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Leases;
using Hawser.Data.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Notifications;

/// <summary>
/// Tells web hooks what happened besides alarms. It is read from rows that are there anyway, up to a mark that each
/// channel keeps and that moves in the transaction that adds the messages: neither a restart nor a second node loses or
/// repeats one. Of a flood the first are told one by one and the rest by their number.
/// </summary>
internal sealed partial class HookEvents(
    ApiParts parts, ApiGate gate, Outbox outbox, SettingsStore settings, JobLeases leases, TimeProvider time,
    ILogger<HookEvents> log) : PeriodicWork(gate, time, Period)
{
    /// <summary>The event of alarms.</summary>
    internal const string Alarm = "alarm";

    /// <summary>How many of one kind are told one by one at a time.</summary>
    internal const int MostAtOnce = 50;

    /// <summary>A channel that has so many messages before it is told no more of such.</summary>
    internal const int MostWaiting = 1000;

    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>What is younger may still be in a transaction of another request.</summary>
    internal static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // What happened while the server was off for longer is no news.
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    /// <summary>Every event that a channel may want.</summary>
    internal static IReadOnlyList<string> All { get; } = [Alarm, .. HappeningRows.Events];

    /// <summary>What a channel is told of.</summary>
    internal static IReadOnlyList<string> Read(NotificationChannel channel) =>
        channel.Events.Length == 0 ? [Alarm] : channel.Events.Split(',');

    /// <summary>What an event is called for people.</summary>
    internal static string NameOf(string happened, bool chinese) => (happened, chinese) switch
    {
        (HappeningRows.DeviceNew, false) => "New device",
        (HappeningRows.DeviceNew, true) => "新设备",
        (HappeningRows.SessionBegun, false) => "Session begun",
        (HappeningRows.SessionBegun, true) => "会话开始",
        (HappeningRows.SessionEnded, false) => "Session ended",
        (HappeningRows.SessionEnded, true) => "会话结束",
        (HappeningRows.UserCreated, false) => "User created",
        (HappeningRows.UserCreated, true) => "用户已创建",
        (HappeningRows.RecordingReady, false) => "Recording ready",
        (HappeningRows.RecordingReady, true) => "录像已就绪",
        _ => happened,
    };

    /// <summary>Tells what happened since the last time; nothing while another node does.</summary>
    /// <returns>How many messages were made.</returns>
    internal async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        var made = 0;
        try
        {
            await leases.RunAsync("hook-events", Lease, async ct => made = await AllAsync(ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }

        if (made > 0) outbox.Wake();
        return made;
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => TellAsync(cancellationToken);

    private async Task<int> AllAsync(CancellationToken cancellationToken)
    {
        List<Guid> wanting;
        await using (var db = parts.Store.CreateDb())
        {
            wanting = await db.NotificationChannels.Where(c => c.Enabled && c.Events != "").OrderBy(c => c.Guid)
                .Select(c => c.Guid).ToListAsync(cancellationToken);
        }

        var made = 0;
        foreach (var channel in wanting) made += await OfAsync(channel, cancellationToken);
        return made;
    }

    private async Task<int> OfAsync(Guid guid, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var channel = await db.NotificationChannels.FirstOrDefaultAsync(c => c.Guid == guid, cancellationToken);
        if (channel is not { Enabled: true }) return 0;
        var until = Time.GetUtcNow().UtcDateTime - Lag;
        if (channel.EventsAt is not { } since)
        {
            channel.EventsAt = until;
            await db.SaveChangesAsync(cancellationToken);
            return 0;
        }

        if (until <= since) return 0;
        if (since < until - Oldest) since = until - Oldest;
        var chinese = settings.Get(NotificationSettings.Mail).Language == "zh";
        var made = 0;
        var waiting = await db.Outbox.CountAsync(
            m => m.ChannelGuid == guid && m.SentAt == null && m.FailedAt == null, cancellationToken);
        foreach (var wanted in Read(channel).Where(e => e != Alarm))
        {
            if (waiting + made >= MostWaiting) break;
            var some = await HappeningRows.ReadAsync(db, wanted, (since, until), MostAtOnce, cancellationToken);
            foreach (var one in some)
            {
                made += outbox.AddHook(db, channel, HookBodies.Of(channel.Kind, one, chinese), urgent: false);
            }
        }

        if (waiting + made >= MostWaiting) Log.Full(log, channel.Name);
        channel.EventsAt = until;
        await db.SaveChangesAsync(cancellationToken);
        return made;
    }

    private static partial class Log
    {
        [LoggerMessage(6136, LogLevel.Warning, "Web hooks could not be told what happened: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(6137, LogLevel.Warning, "Channel {Channel} has too much before it and is told no more for now")]
        internal static partial void Full(ILogger logger, string channel);
    }
}
