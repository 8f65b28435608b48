using System.Globalization;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Audit;
using Hawser.Data.Leases;
using Hawser.Data.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Notifications;

/// <summary>
/// Tells what channels collected, each in one message, when its time has come. What is held are rows, and the message
/// is written where they are removed, so that neither a restart nor a second node loses or repeats one.
/// </summary>
internal sealed partial class HeldAlarms(
    ApiParts parts, ApiGate gate, Outbox outbox, SettingsStore settings, JobLeases leases, TimeProvider time,
    ILogger<HeldAlarms> log) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>What a channel holds at most; more alarms stand in the inbox only.</summary>
    internal const int MostHeld = 2000;

    // What a person reads in one message.
    private const int MostTold = 100;
    private const int MostChannels = 100;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // A channel whose mail server is missing for so long is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>Adds an alarm to what a channel holds; the caller saves.</summary>
    internal static async Task AddAsync(
        HawserDb db, NotificationChannel channel, AlarmAudit alarm, DateTime due, CancellationToken cancellationToken)
    {
        if (await db.HeldAlarms.CountAsync(h => h.ChannelGuid == channel.Guid, cancellationToken) >= MostHeld) return;
        db.HeldAlarms.Add(new HeldAlarm
        {
            ChannelGuid = channel.Guid, AlarmGuid = alarm.Guid, DueAt = due, CreatedAt = alarm.CreatedAt,
        });
    }

    /// <summary>Tells what is due; nothing while another node does.</summary>
    /// <returns>How many messages were made.</returns>
    internal async Task<int> TellDueAsync(CancellationToken cancellationToken)
    {
        var made = 0;
        try
        {
            await leases.RunAsync("held-alarms", Lease, async ct => made = await TellAsync(ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }

        if (made > 0) outbox.Wake();
        return made;
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => TellDueAsync(cancellationToken);

    private async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        List<Guid> due;
        await using (var db = parts.Store.CreateDb())
        {
            var old = now - Patience;
            await db.HeldAlarms.Where(h => h.DueAt < old).ExecuteDeleteAsync(cancellationToken);
            due = await db.HeldAlarms.Where(h => h.DueAt <= now).Select(h => h.ChannelGuid).Distinct()
                .OrderBy(g => g).Take(MostChannels).ToListAsync(cancellationToken);
        }

        var made = 0;
        foreach (var channel in due) made += await TellAsync(channel, now, cancellationToken);
        return made;
    }

    private async Task<int> TellAsync(Guid guid, DateTime now, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var held = db.HeldAlarms.Where(h => h.ChannelGuid == guid && h.DueAt <= now);
        var channel = await db.NotificationChannels.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Guid == guid, cancellationToken);
        if (channel is not { Enabled: true })
        {
            await held.ExecuteDeleteAsync(cancellationToken);
            return 0;
        }

        // The hours may have been changed since.
        if (ChannelTimes.Of(channel).QuietUntil(now) is { } end)
        {
            await held.ExecuteUpdateAsync(s => s.SetProperty(h => h.DueAt, end), cancellationToken);
            return 0;
        }

        if (channel.Kind == Outbox.Email && !outbox.CanSend(Outbox.Email)) return 0;
        var rows = await held.OrderBy(h => h.CreatedAt).ThenBy(h => h.AlarmGuid).ToListAsync(cancellationToken);
        var alarms = await AlarmsAsync(db, rows, cancellationToken);
        db.HeldAlarms.RemoveRange(rows);
        var made = alarms.Count == 0 ? 0 : Add(db, channel, alarms, rows.Count, now);
        await db.SaveChangesAsync(cancellationToken);
        return made;
    }

    private static Task<List<AlarmAudit>> AlarmsAsync(
        HawserDb db, List<HeldAlarm> rows, CancellationToken cancellationToken)
    {
        var guids = rows.Take(MostTold).Select(h => h.AlarmGuid).ToList();
        return db.AlarmAudits.AsNoTracking().Where(a => guids.Contains(a.Guid))
            .OrderBy(a => a.CreatedAt).ThenBy(a => a.Guid).ToListAsync(cancellationToken);
    }

    private int Add(HawserDb db, NotificationChannel channel, List<AlarmAudit> alarms, int count, DateTime now)
    {
        var chinese = settings.Get(NotificationSettings.Mail).Language == "zh";
        if (channel.Kind != Outbox.Email)
        {
            return outbox.AddHook(
                db, channel, HookBodies.Digest(channel.Kind, alarms, count, chinese, now), urgent: false);
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["count"] = count.ToString(CultureInfo.InvariantCulture),
            ["alarms"] = HookBodies.Lines(alarms, count, chinese),
        };
        return outbox.AddMails(db, channel, Notice.Digest, values, urgent: false);
    }

    private static partial class Log
    {
        [LoggerMessage(6134, LogLevel.Warning, "Collected alarms could not be told: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
