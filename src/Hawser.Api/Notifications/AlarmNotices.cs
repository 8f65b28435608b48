using System.Collections.Concurrent;
using System.Globalization;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications;

/// <summary>
/// Tells alarms: by mail to the owner of the device or account who asks for it, and to the addresses in the settings;
/// and through the channels that administrators made. Once for each device or account and kind in ten minutes: whoever
/// raises an alarm decides how often. What a channel collects, or does not tell in its quiet hours, waits as rows for
/// <see cref="HeldAlarms"/>.
/// </summary>
internal sealed class AlarmNotices
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);
    private const int MaximumRemembered = 10_000;

    private readonly ConcurrentDictionary<(string Device, int Type), long> _told = new();
    private readonly Outbox _outbox;
    private readonly SettingsStore _settings;
    private readonly TimeProvider _time;

    public AlarmNotices(Outbox outbox, SettingsStore settings, ApiParts parts, TimeProvider time)
    {
        _outbox = outbox;
        _settings = settings;
        _time = time;
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>
    /// Adds the messages of an alarm to the transaction that stores it; the caller saves and wakes the outbox.
    /// </summary>
    /// <returns>How many messages.</returns>
    public async Task<int> AddAsync(HawserDb db, AlarmAudit alarm, CancellationToken cancellationToken)
    {
        if (!MayTell(alarm)) return 0;
        var channels = await ChannelsAsync(db, alarm.Type, cancellationToken);
        var chinese = _settings.Get(NotificationSettings.Mail).Language == "zh";
        var now = _time.GetUtcNow().UtcDateTime;
        var quiet = _settings.Get(NotificationSettings.Quiet).UntilOf(alarm.Type, now);
        var to = quiet is null && _outbox.CanSend(Outbox.Email)
            ? await RecipientsAsync(db, alarm, cancellationToken) : [];
        var count = 0;
        if (to.Count > 0)
        {
            var values = ValuesOf(alarm, chinese);
            foreach (var address in to) _outbox.Add(db, Outbox.Email, address, Notice.Alarm, values);
            count += to.Count;
        }

        foreach (var channel in channels)
        {
            var urgent = channel.CriticalAtOnce && AlarmTexts.SeverityOf(alarm.Type) == "critical";
            var due = urgent ? null : ChannelTimes.Of(channel).HeldUntil(now);
            // What is said of a kind is said of the urgent ones too.
            if (quiet > due || due is null) due = quiet;
            if (due is { } later)
            {
                await HeldAlarms.AddAsync(db, channel, alarm, later, cancellationToken);
                continue;
            }

            count += channel.Kind == Outbox.Email
                ? _outbox.AddMails(db, channel, Notice.Alarm, ValuesOf(alarm, chinese), urgent)
                : _outbox.AddHook(db, channel, HookBodies.Of(channel.Kind, alarm, chinese), urgent);
        }

        return count;
    }

    /// <summary>The channels that take a kind of alarm.</summary>
    internal static async Task<List<Data.Notifications.NotificationChannel>> ChannelsAsync(
        HawserDb db, int type, CancellationToken cancellationToken)
    {
        var all = await db.NotificationChannels.AsNoTracking().Where(c => c.Enabled)
            .OrderBy(c => c.CreatedAt).ThenBy(c => c.Guid).ToListAsync(cancellationToken);
        var word = type.ToString(CultureInfo.InvariantCulture);
        return all.FindAll(c => HookEvents.Read(c).Contains(HookEvents.Alarm)
            && (c.Types.Length == 0 || c.Types.Split(',').Contains(word)));
    }

    /// <summary>What stands in the texts of an alarm.</summary>
    internal static Dictionary<string, string> ValuesOf(AlarmAudit alarm, bool chinese) =>
        new(StringComparer.Ordinal)
        {
            ["alarm"] = AlarmTexts.NameOf(alarm.Type, chinese),
            ["device"] = alarm.DeviceId.Length > 0 ? alarm.DeviceId : HookBodies.SubjectOf(alarm),
            ["info"] = alarm.Info,
            ["time"] = alarm.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        };

    private bool MayTell(AlarmAudit alarm)
    {
        if (_told.Count >= MaximumRemembered) return false;
        // Our own alarms are about different things without being about devices, and those of accounts about different
        // people: guesses at one keep nobody from hearing of those at another.
        var about = alarm.Type > 1000 ? HookBodies.SubjectOf(alarm) : alarm.UserGuid?.ToString() ?? "";
        var key = (alarm.DeviceId + about, alarm.Type);
        var now = _time.GetTimestamp();
        if (_told.TryGetValue(key, out var last) && _time.GetElapsedTime(last, now) < Quiet) return false;
        _told[key] = now;
        return true;
    }

    private async Task<HashSet<string>> RecipientsAsync(
        HawserDb db, AlarmAudit alarm, CancellationToken cancellationToken)
    {
        var to = new HashSet<string>(
            _settings.Get(NotificationSettings.Mail).AlarmsTo, StringComparer.OrdinalIgnoreCase);
        var concerned = db.Users.AsNoTracking().Where(u =>
            u.EmailAlarms && u.Status == UserStatus.Normal && u.Email != ""
            && (u.Guid == alarm.UserGuid
                || db.DeviceDetails.Any(d => d.DeviceGuid == alarm.DeviceGuid && d.OwnerGuid == u.Guid)));
        to.UnionWith(await concerned.Select(u => u.Email).ToListAsync(cancellationToken));
        return to;
    }

    private void Sweep()
    {
        foreach (var (key, at) in _told)
        {
            if (_time.GetElapsedTime(at) >= Quiet) _told.TryRemove(key, out _);
        }
    }
}
