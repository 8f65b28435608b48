using System.Collections.Frozen;
using System.Globalization;
using System.Net;

namespace Hawser.Api.Strategies;

/// <summary>What kind of text an option takes.</summary>
internal enum OptionKind
{
    /// <summary><c>Y</c> or <c>N</c>.</summary>
    YesNo,

    /// <summary><c>Y</c>, or nothing.</summary>
    Yes,

    /// <summary>One of a few words.</summary>
    Choice,

    /// <summary>A port number.</summary>
    Port,

    /// <summary>A number of minutes, from 1.</summary>
    Minutes,

    /// <summary>Addresses and networks, separated by commas.</summary>
    Addresses,

    /// <summary>A host, with or without a port.</summary>
    Host,

    /// <summary>An http or https address.</summary>
    Url,

    /// <summary>32 bytes in base64.</summary>
    Key,

    /// <summary>Any text.</summary>
    Text,
}

/// <summary>An option that clients take from a strategy.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">What it takes, beside nothing.</param>
/// <param name="Default">What holds without it.</param>
/// <param name="Choices">For a choice, the words.</param>
/// <param name="Since">The client release that knows it; empty: all.</param>
/// <param name="Warning">What an administrator should know before using it; empty: nothing.</param>
internal sealed record StrategyOption(
    string Key, OptionKind Kind, string Default, string[] Choices, string Since, string Warning)
{
    /// <summary>Whether the option takes this text; nothing takes the option back.</summary>
    public bool Takes(string value) => value.Length == 0 || Kind switch
    {
        OptionKind.YesNo => value is "Y" or "N",
        OptionKind.Yes => value is "Y",
        OptionKind.Choice => Choices.Contains(value, StringComparer.Ordinal),
        OptionKind.Port => IsNumber(value, 65535),
        OptionKind.Minutes => IsNumber(value, 100_000),
        OptionKind.Addresses => value == "," || value.Split(',').All(IsAddress),
        OptionKind.Host => value.Length <= 253 && Uri.CheckHostName(HostOf(value)) != UriHostNameType.Unknown,
        OptionKind.Url => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
        OptionKind.Key => Convert.TryFromBase64String(value, new byte[64], out var length) && length == 32,
        _ => value.Length <= StrategyCatalogue.MaximumValue && !value.Any(char.IsControl),
    };

    private static bool IsNumber(string text, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            && number <= most;

    private static bool IsAddress(string text) =>
        IPAddress.TryParse(text.Trim(), out _) || IPNetwork.TryParse(text.Trim(), out _);

    private static string HostOf(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && IsNumber(text[(colon + 1)..], 65535) ? text[..colon].Trim('[', ']') : text.Trim('[', ']');
    }
}

/// <summary>
/// The options that clients take from a strategy (reference §9.3, §9.4), and those they only seem to.
/// </summary>
internal static class StrategyCatalogue
{
    /// <summary>The longest text.</summary>
    internal const int MaximumValue = 4096;

    /// <summary>Stops the client's service, and with it this channel: nobody can take it back from afar.</summary>
    internal const string StopService = "stop-service";

    private const string Strands =
        "A wrong value cuts devices off from this server; nothing sent from here can then repair it.";
    private const string Weakens = "It weakens the protection against forged certificates.";
    private const string Presets = "Only sent back in the device's sysinfo; see the settings for presets.";

    private static readonly string[] s_none = [];

    /// <summary>All of them, by name.</summary>
    public static FrozenDictionary<string, StrategyOption> All { get; } = Build().ToFrozenDictionary(o => o.Key);

    /// <summary>Why a key that clients read from elsewhere is refused; null: it is just unknown.</summary>
    public static string? WhyNot(string key) => key switch
    {
        "2fa" or "bot" => "is a secret of the device and is never pushed",
        "proxy-url" or "proxy-username" or "proxy-password" =>
            "is read from custom clients only; pushing it has no effect",
        "rendezvous-servers" =>
            "is honoured only by newer built-in configurations; set custom-rendezvous-server instead",
        "enable-udp-punch" or "enable-ipv6-punch" or "allow-auto-record-outgoing" or "video-save-directory"
            or "allow-ask-for-note" or "disable-group-panel" or "sync-ab-with-recent-sessions" or "theme" or "lang" =>
            "belongs to the client's user; pushing it has no effect",
        "use-raw-tcp-for-api" or "allow-https-21114" or "register-device" or "default-connect-password"
            or "disable-change-id" or "disable-change-permanent-password" or "disable-unlock-pin" or "preset-user-name"
            or "preset-strategy-name" or "preset-device-group-name" =>
            "can only be built into a custom client; pushing it has no effect",
        _ when key.StartsWith("hide-", StringComparison.Ordinal)
            || key.StartsWith("one-way-", StringComparison.Ordinal) =>
            "can only be built into a custom client; pushing it has no effect",
        _ => null,
    };

    private static IEnumerable<StrategyOption> Build()
    {
        IEnumerable<StrategyOption> all =
        [
            .. On("enable-keyboard", "enable-clipboard", "enable-file-transfer", "enable-remote-printer",
                "enable-audio",
                "enable-tunnel", "enable-remote-restart", "enable-record-session", "enable-block-input",
                "enable-lan-discovery", "enable-abr", "enable-hwcodec", "enable-directx-capture",
                "enable-android-software-encoding-half-scale", "enable-trusted-devices"),
            .. Off("allow-remote-config-modification", "direct-server", "allow-auto-disconnect",
                "allow-only-conn-window-open", "allow-auto-record-incoming", "allow-remove-wallpaper",
                "allow-always-software-render", "allow-linux-headless"),
            .. Texts("preset-address-book-name", "preset-address-book-tag", "preset-address-book-alias",
                "preset-address-book-password", "preset-address-book-note", "preset-device-username",
                "preset-device-name", "preset-note").Select(o => o with { Warning = Presets }),
            .. Texts("audio-input", "voice-call-input"),
        ];
        return all.Concat(Special());
    }

    private static IEnumerable<StrategyOption> Special() =>
    [
        One("enable-camera", OptionKind.YesNo, "Y", "1.3.9"),
        One("enable-terminal", OptionKind.YesNo, "Y", "1.4.1"),
        One("enable-privacy-mode", OptionKind.YesNo, "Y", "1.4.7"),
        One("allow-scope-violation-close", OptionKind.YesNo, "N", "1.4.9"),
        One("allow-scope-violation-alarm", OptionKind.YesNo, "N", "1.4.9"),
        One("allow-numeric-one-time-password", OptionKind.YesNo, "N", "1.4.1"),
        One("keep-awake-during-incoming-sessions", OptionKind.YesNo, "Y", "1.4.6"),
        One("allow-auto-update", OptionKind.YesNo, "N", "1.4.6"),
        One("allow-websocket", OptionKind.YesNo, "N", "1.4.0"),
        One("allow-insecure-tls-fallback", OptionKind.YesNo, "N", "1.4.4", Weakens),
        One("allow-hide-cm", OptionKind.YesNo, "N", "",
            "Works only with approve-mode=password and verification-method=use-permanent-password."),
        One("disable-udp", OptionKind.Yes, ""),
        One(StopService, OptionKind.Yes, "", "",
            "Stops the client's service and this channel with it. It can be taken back at the device only."),
        One("direct-access-port", OptionKind.Port, "21118"),
        One("auto-disconnect-timeout", OptionKind.Minutes, "10"),
        One("whitelist", OptionKind.Addresses, "", "", "A list that matches nobody locks everybody out."),
        One("id-whitelist", OptionKind.Text, "", "1.5.0", "A list that matches nobody locks everybody out."),
        One("windows-service-video-save-directory", OptionKind.Text, "", "1.5.0"),
        One("ice-servers", OptionKind.Text, "", "1.4.5"),
        One("relay-server", OptionKind.Host, ""),
        One("custom-rendezvous-server", OptionKind.Host, "", "", Strands),
        One("api-server", OptionKind.Url, "", "", Strands),
        One("key", OptionKind.Key, "", "", Strands),
        Choice("access-mode", "custom", "custom", "full", "view"),
        Choice("approve-mode", "password-click", "password", "click", "password-click"),
        Choice("verification-method", "use-both-passwords", "use-temporary-password", "use-permanent-password",
            "use-both-passwords"),
        Choice("temporary-password-length", "6", "6", "8", "10"),
    ];

    private static IEnumerable<StrategyOption> On(params string[] keys) =>
        keys.Select(k => One(k, OptionKind.YesNo, "Y"));

    private static IEnumerable<StrategyOption> Off(params string[] keys) =>
        keys.Select(k => One(k, OptionKind.YesNo, "N"));

    private static IEnumerable<StrategyOption> Texts(params string[] keys) =>
        keys.Select(k => One(k, OptionKind.Text, ""));

    private static StrategyOption One(
        string key, OptionKind kind, string standard, string since = "", string warning = "") =>
        new(key, kind, standard, s_none, since, warning);

    private static StrategyOption Choice(string key, string standard, params string[] words) =>
        new(key, OptionKind.Choice, standard, words, "", "");
}
