using System.Globalization;

namespace Hawser.Api.Notifications;

/// <summary>What alarms are called. Up to 1000 the numbers are the wire's (reference §10.6); ours are above.</summary>
internal static class AlarmTexts
{
    /// <summary>Somebody became an administrator.</summary>
    internal const int NewAdministrator = 1001;

    /// <summary>An account signed in from a network that it never used before.</summary>
    internal const int NewPlace = 1002;

    /// <summary>A relay does not answer.</summary>
    internal const int RelayDown = 1003;

    /// <summary>The disk of the data folder is nearly full.</summary>
    internal const int DiskNearlyFull = 1004;

    /// <summary>A device that is watched is offline.</summary>
    internal const int DeviceOffline = 1005;

    /// <summary>A roll-out of a strategy stopped by itself.</summary>
    internal const int RolloutStopped = 1006;

    /// <summary>A backup by schedule was not made.</summary>
    internal const int BackupFailed = 1007;

    /// <summary>Two machines claim one id.</summary>
    internal const int IdentityConflict = 1008;

    /// <summary>The certificate of the HTTP port has expired, or does so within two weeks.</summary>
    internal const int CertificateExpires = 1009;

    /// <summary>What clients and the server report of somebody who tries passwords of accounts.</summary>
    internal static readonly int[] SignInStorms = [3, 4, 5];

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
        [NewAdministrator] = ("A new administrator", "新增管理员"),
        [NewPlace] = ("A sign-in from a new place", "来自新位置的登录"),
        [RelayDown] = ("A relay does not answer", "中继服务器无响应"),
        [DiskNearlyFull] = ("The disk is nearly full", "磁盘空间即将耗尽"),
        [DeviceOffline] = ("A device is offline", "设备离线"),
        [RolloutStopped] = ("A roll-out of a strategy stopped by itself", "策略发布自动停止"),
        [BackupFailed] = ("A backup was not made", "备份未能完成"),
        [IdentityConflict] = ("One identity is seen from two machines", "同一身份出现在两台机器上"),
        [CertificateExpires] = ("The certificate expires soon", "证书即将到期"),
    };

    /// <summary>The name of an alarm.</summary>
    internal static string NameOf(int type, bool chinese) => Names.TryGetValue(type, out var known)
        ? chinese ? known.Chinese : known.English
        : string.Create(CultureInfo.InvariantCulture, $"{(chinese ? "告警" : "Alarm")} {type}");

    /// <summary>How bad it is: info, warning or critical.</summary>
    internal static string SeverityOf(int type) => type switch
    {
        1 or 3 or 6 or RelayDown or DiskNearlyFull or RolloutStopped or BackupFailed
            => "critical",
        NewAdministrator or NewPlace => "info",
        _ => "warning",
    };
}
