using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Notifications;

/// <summary>The settings of this slice.</summary>
internal static class NotificationSettings
{
    internal static readonly SettingKey<MailSettings> Mail =
        new("mail", NotificationJson.Default.MailSettings, IsSecret: true);

    internal static readonly SettingKey<SmsSettings> Sms =
        new("sms", NotificationJson.Default.SmsSettings, IsSecret: true);

    internal static readonly SettingKey<QuietSettings> Quiet =
        new("quiet", NotificationJson.Default.QuietSettings, Check: QuietSettings.Complaints);
}

/// <summary>How mails are sent.</summary>
internal sealed record MailSettings
{
    /// <summary>The mail server; empty: no mails are sent.</summary>
    public string Host { get; init; } = "";

    /// <summary>Its port: 587 or 25; a port that speaks TLS from the first byte (465) can't be used.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Insist on STARTTLS before anything is said.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>The user name at the mail server; empty: no login.</summary>
    public string Username { get; init; } = "";

    /// <summary>The password there.</summary>
    public string Password { get; init; } = "";

    /// <summary>The address mails come from.</summary>
    public string From { get; init; } = "";

    /// <summary>The name beside it.</summary>
    public string FromName { get; init; } = "Hawser";

    /// <summary>en or zh.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Also mail alarms to these addresses, beside the owners of the devices concerned.</summary>
    public IReadOnlyList<string> AlarmsTo { get; init; } = [];

    [JsonIgnore]
    public bool IsComplete => Host.Length > 0 && From.Length > 0;
}

/// <summary>How short messages are sent: by a request to a gateway.</summary>
internal sealed record SmsSettings
{
    /// <summary>The gateway's address, https; empty: no short messages are sent.</summary>
    public string Url { get; init; } = "";

    /// <summary>The body; {to} and {text} are replaced, escaped for JSON.</summary>
    public string Body { get; init; } = """{"to":"{to}","text":"{text}"}""";

    /// <summary>The media type of the body.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>Headers, for instance Authorization.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool IsComplete => Url.Length > 0;
}

/// <summary>What this slice stores.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MailSettings))]
[JsonSerializable(typeof(SmsSettings))]
[JsonSerializable(typeof(QuietSettings))]
internal sealed partial class NotificationJson : JsonSerializerContext;
