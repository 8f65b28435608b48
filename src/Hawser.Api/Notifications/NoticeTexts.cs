using System.Text;
using Hawser.Api.Settings;

namespace Hawser.Api.Notifications;

/// <summary>The texts of messages, in English and Chinese.</summary>
internal static class NoticeTexts
{
    private static readonly Dictionary<Notice, (string Subject, string Body)> English = new()
    {
        [Notice.LoginCode] = ("Your login code: {code}",
            """
            Hello {name},

            somebody, hopefully you, logs in to your account from {device}.
            The code is {code}. It can be used for ten minutes, once.

            If it was not you, change your password: it is known to somebody else.
            """),
        [Notice.Invitation] = ("You have been invited",
            """
            Hello {name},

            an account was made for you. Open this address to choose a password:
            {url}

            The invitation ends after seven days.
            """),
        [Notice.Forgotten] = ("Choose another password",
            """
            Hello {name},

            somebody, hopefully you, has forgotten the password of your account. Open this address to choose another:
            {url}

            It works once, within half an hour. If it was not you, do nothing: your password stays as it is.
            """),
        [Notice.Registration] = ("Confirm your account",
            """
            Hello {name},

            somebody, hopefully you, asked for an account with this mail address. Choose its password here:
            {url}

            It works once, within a day. If it was not you, do nothing: the account is deleted again.
            """),
        [Notice.AuthenticatorWanted] = ("Your account needs an authenticator",
            """
            Hello {name},

            your administrator requires a second factor for your account.
            Set up an authenticator app here:
            {url}
            """),
        [Notice.Alarm] = ("Alarm: {alarm} ({device})",
            """
            {alarm}

            Device or account: {device}
            Details: {info}
            Time: {time} UTC
            """),
        [Notice.Digest] = ("Alarms: {count}",
            """
            What was raised since the last message:

            {alarms}
            """),
        [Notice.Test] = ("Test message", "The settings for messages work."),
    };

    private static readonly Dictionary<Notice, (string Subject, string Body)> Chinese = new()
    {
        [Notice.LoginCode] = ("您的登录验证码：{code}",
            """
            {name}，您好：

            有人（应该是您本人）正在 {device} 上登录您的账户。
            验证码是 {code}，十分钟内有效，只能使用一次。

            如果不是您本人操作，请立即修改密码：您的密码已被他人知晓。
            """),
        [Notice.Invitation] = ("邀请您使用远程桌面账户",
            """
            {name}，您好：

            已为您创建账户。请打开以下地址设置密码：
            {url}

            邀请七天内有效。
            """),
        [Notice.Forgotten] = ("重新设置密码",
            """
            {name}，您好：

            有人（应该是您本人）忘记了您账户的密码。请打开以下地址设置新密码：
            {url}

            此链接半小时内有效，只能使用一次。如果不是您本人操作，请忽略此邮件，您的密码不会改变。
            """),
        [Notice.Registration] = ("请确认您的账户",
            """
            {name}，您好：

            有人（应该是您本人）用此邮箱申请了账户。请打开以下地址设置密码：
            {url}

            此链接一天内有效，只能使用一次。如果不是您本人操作，请忽略此邮件，该账户会被删除。
            """),
        [Notice.AuthenticatorWanted] = ("您的账户需要启用两步验证",
            """
            {name}，您好：

            管理员要求您的账户启用两步验证。请在此设置验证器应用：
            {url}
            """),
        [Notice.Alarm] = ("告警：{alarm}（{device}）",
            """
            {alarm}

            设备或账户：{device}
            详情：{info}
            时间：{time}（UTC）
            """),
        [Notice.Digest] = ("告警：{count} 条",
            """
            自上次消息以来的告警：

            {alarms}
            """),
        [Notice.Test] = ("测试消息", "消息设置可以正常使用。"),
    };

    /// <summary>How long sending it makes sense.</summary>
    internal static TimeSpan UsefulFor(Notice notice) =>
        notice switch
        {
            Notice.LoginCode => TimeSpan.FromMinutes(10),
            Notice.Forgotten => TimeSpan.FromMinutes(30),
            _ => TimeSpan.FromDays(1),
        };

    /// <summary>Our words, with placeholders.</summary>
    internal static (string Subject, string Body) Usual(Notice notice, string language) =>
        (language == "zh" ? Chinese : English)[notice];

    /// <summary>What may stand in braces.</summary>
    internal static IReadOnlyList<string> PlaceholdersOf(Notice notice) => notice switch
    {
        Notice.LoginCode => ["code", "name", "device"],
        Notice.Invitation or Notice.Forgotten or Notice.Registration or Notice.AuthenticatorWanted => ["name", "url"],
        Notice.Alarm => ["alarm", "device", "info", "time"],
        Notice.Digest => ["count", "alarms"],
        _ => [],
    };

    /// <summary>What must: the code also in the subject, which is all of a short message.</summary>
    internal static IReadOnlyList<(string Field, string Name)> NeededBy(Notice notice) => notice switch
    {
        Notice.LoginCode => [("subject", "code"), ("body", "code")],
        Notice.Invitation or Notice.Forgotten or Notice.Registration or Notice.AuthenticatorWanted =>
            [("body", "url")],
        Notice.Alarm => [("body", "alarm")],
        Notice.Digest => [("body", "alarms")],
        _ => [],
    };

    /// <summary>A message with its values, in the words of this server and the language of its mails.</summary>
    internal static (string Subject, string Body) Fill(
        Notice notice, SettingsStore settings, IReadOnlyDictionary<string, string> values)
    {
        var language = settings.Get(NotificationSettings.Mail).Language;
        return Fill(WordsOf(notice, language, settings.Get(NotificationSettings.Texts)), values);
    }

    /// <summary>The words of this server, with placeholders.</summary>
    internal static (string Subject, string Body) WordsOf(Notice notice, string language, MailTextSettings own) =>
        own.Find(notice, language) is { } text ? (text.Subject, text.Body) : Usual(notice, language);

    /// <summary>A text with its values; a brace without value stays empty.</summary>
    internal static (string Subject, string Body) Fill(
        (string Subject, string Body) words, IReadOnlyDictionary<string, string> values) =>
        // A header is one line, whatever a device calls itself.
        (Fill(words.Subject, values).ReplaceLineEndings(" "), Fill(words.Body, values));

    private static string Fill(string text, IReadOnlyDictionary<string, string> values)
    {
        var filled = new StringBuilder(text.Length + 64);
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == '{' ? text.IndexOf('}', i) : -1;
            if (end < 0)
            {
                filled.Append(text[i]);
                continue;
            }

            // One pass: what a value holds is never taken for a brace of ours.
            filled.Append(values.TryGetValue(text[(i + 1)..end], out var value) ? value : "");
            i = end;
        }

        return filled.ToString();
    }
}
