using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Console;

/// <summary>What the console shows of this server, and how far its setup got.</summary>
internal sealed record ConsoleSettings
{
    public static SettingKey<ConsoleSettings> Key { get; } =
        new("console", ConsoleSettingsJson.Default.ConsoleSettings, Check: Check);

    /// <summary>What people call this server.</summary>
    [JsonPropertyName("server_name")]
    public string ServerName { get; init => field = value ?? ""; } = "Hawser";

    /// <summary>What everybody who is signed in is told above every page; empty: nothing.</summary>
    [JsonPropertyName("banner")]
    public string Banner { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// The language of people who chose none, and of pages before they sign in: en, zh-CN, or browser, as each browser
    /// has it.
    /// </summary>
    [JsonPropertyName("language")]
    public string Language { get; init => field = value ?? Browser; } = Browser;

    /// <summary>The time zone of people who chose none, by its IANA name; empty: as each browser has it.</summary>
    [JsonPropertyName("time_zone")]
    public string TimeZone { get; init => field = value ?? ""; } = "";

    /// <summary>The name or address that clients are told; empty: the one that the server was started with.</summary>
    [JsonPropertyName("public_host")]
    public string PublicHost { get; init => field = value ?? ""; } = "";

    /// <summary>The address of the API that clients are told; empty: they work it out.</summary>
    [JsonPropertyName("api_url")]
    public string ApiUrl { get; init => field = value ?? ""; } = "";

    /// <summary>
    /// Reverse proxies, addresses and networks, that are believed besides those of the options.
    /// </summary>
    [JsonPropertyName("trusted_proxies")]
    public IReadOnlyList<string> TrustedProxies { get; init => field = value ?? []; } = [];

    /// <summary>The step of the setup that comes next, from 2; 0: finished.</summary>
    [JsonPropertyName("setup_step")]
    public int SetupStep { get; init; } = FirstStep;

    /// <summary>Steps that were passed over.</summary>
    [JsonPropertyName("skipped")]
    public IReadOnlyList<int> Skipped { get; init => field = value ?? []; } = [];

    /// <summary>The language, as the console takes it; empty: the browser's.</summary>
    [JsonIgnore]
    public string DefaultLanguage => Language == Browser ? "" : Language;

    private const string Browser = "browser";
    private const int LongestBanner = 200;

    /// <summary>The first step after the administrator.</summary>
    internal const int FirstStep = 2;

    /// <summary>The last step.</summary>
    internal const int LastStep = 7;

    /// <summary>A host name or address, with a port or without.</summary>
    internal static bool IsHost(string text) =>
        text.Length is > 0 and <= 255 && !text.Contains('/', StringComparison.Ordinal)
            && Uri.TryCreate("http://" + text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
            && uri.Host.Length > 0;

    private static List<string> Check(ConsoleSettings settings)
    {
        var wrong = new List<string>();
        if (settings.ServerName.Length is 0 or > 60) wrong.Add("server_name: 1 to 60 characters");
        if (settings.Banner.Length > LongestBanner || settings.Banner.Any(char.IsControl))
        {
            wrong.Add($"banner: one line of at most {LongestBanner} characters");
        }

        if (settings.Language is not (Browser or "en" or "zh-CN")) wrong.Add("language: browser, en or zh-CN");
        if (settings.TimeZone.Length > 0 && !TimeZoneInfo.TryFindSystemTimeZoneById(settings.TimeZone, out _))
        {
            wrong.Add("time_zone: a name such as Europe/Berlin, or nothing");
        }

        if (settings.PublicHost.Length > 0 && !IsHost(settings.PublicHost))
        {
            wrong.Add("public_host: a host name or an address, such as id.example.com or id.example.com:21116");
        }

        if (settings.ApiUrl.Length > 0 && !Accounts.SignIn.SignInRules.IsWeb(settings.ApiUrl, allowHttp: true))
        {
            wrong.Add("api_url: an address such as https://api.example.com");
        }

        if (Address.ProxyDesk.Complaint(settings.TrustedProxies) is { } aboutProxies)
        {
            wrong.Add("trusted_proxies: " + aboutProxies);
        }

        if (settings.SetupStep is < 0 or > LastStep) wrong.Add($"setup_step: 0, or {FirstStep} to {LastStep}");
        return wrong;
    }
}

/// <summary>How the settings are stored.</summary>
[JsonSerializable(typeof(ConsoleSettings))]
internal sealed partial class ConsoleSettingsJson : JsonSerializerContext;
