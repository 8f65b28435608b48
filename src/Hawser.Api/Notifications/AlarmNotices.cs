using System.Collections.Concurrent;
using System.Globalization;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications;

/// <summary>
/// Mails alarms to the owner of the device or account, who can switch that off, and to the addresses in the settings.
/// One mail for each device and kind in ten minutes: whoever raises an alarm decides how often.
/// </summary>
internal sealed class AlarmNotices
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);
    private const int MaximumRemembered = 10_000;

    private static readonly Dictionary<int, (string English, string Chinese)> Names = new()
    {
        [0] = ("Access from outside the IP whitelist", "IP 白名单之外的访问"),
        [1] = ("More than 30 wrong passwords", "密码错误超过 30 次"),
        [2] = ("Several wrong passwords within a minute", "一分钟内多次密码错误"),
        [3] = ("More than 30 failed logins to an account", "账户登录失败超过 30 次"),
        [4] = ("Several failed logins to an account within a minute", "一分钟内账户多次登录失败"),
        [5] = ("Several failed logins to an account within an hour", "一小时内账户多次登录失败"),
        [6] = ("Too many attempts from one network", "同一网络尝试次数过多"),
        [7] = ("Failed logins to a system account by terminal", "终端系统账户登录失败"),
        [8] = ("Simultaneous logins to a system account by terminal", "终端系统账户同时登录"),
        [9] = ("A message outside of what the session is for", "超出会话范围的操作"),
        [10] = ("Access by an id that is not on the list", "ID 白名单之外的访问"),
    };

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
    /// Adds the mails of an alarm to the transaction that stores it; the caller saves and wakes the outbox.
    /// </summary>
    /// <returns>How many mails.</returns>
    public async Task<int> AddAsync(HawserDb db, AlarmAudit alarm, CancellationToken cancellationToken)
    {
        if (!_outbox.CanSend(Outbox.Email) || !MayTell(alarm)) return 0;
        var to = await RecipientsAsync(db, alarm, cancellationToken);
        if (to.Count == 0) return 0;
        var chinese = _settings.Get(NotificationSettings.Mail).Language == "zh";
        var name = Names.TryGetValue(alarm.Type, out var known)
            ? chinese ? known.Chinese : known.English
            : string.Create(CultureInfo.InvariantCulture, $"{(chinese ? "告警" : "Alarm")} {alarm.Type}");
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["alarm"] = name,
            ["device"] = alarm.DeviceId,
            ["info"] = alarm.Info,
            ["time"] = alarm.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        };
        foreach (var address in to) _outbox.Add(db, Outbox.Email, address, Notice.Alarm, values);
        return to.Count;
    }

    private bool MayTell(AlarmAudit alarm)
    {
        if (_told.Count >= MaximumRemembered) return false;
        var key = (alarm.DeviceId, alarm.Type);
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
