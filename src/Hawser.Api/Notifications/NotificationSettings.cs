using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Notifications;

/// <summary>The settings of this slice.</summary>
internal static class NotificationSettings
{
    internal static readonly SettingKey<MailSettings> Mail =
        new("mail", NotificationJson.Default.MailSettings, IsSecret: true, Check: MailSettings.Complaints);

    internal static readonly SettingKey<MailTextSettings> Texts =
        new("mail_texts", NotificationJson.Default.MailTextSettings, Check: MailTextSettings.Complaints);

    internal static readonly SettingKey<SmsSettings> Sms =
        new("sms", NotificationJson.Default.SmsSettings, IsSecret: true);

    internal static readonly SettingKey<QuietSettings> Quiet =
        new("quiet", NotificationJson.Default.QuietSettings, Check: QuietSettings.Complaints);
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
[JsonSerializable(typeof(MailTextSettings))]
[JsonSerializable(typeof(SmsSettings))]
[JsonSerializable(typeof(QuietSettings))]
internal sealed partial class NotificationJson : JsonSerializerContext;
