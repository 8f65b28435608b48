using System.Text.Json.Nodes;
using Hawser.Api;
using Hawser.Api.Retention;

namespace Hawser.Server.Configuration;

/// <summary>
/// The option <c>recorder.keepDays</c> is older than the setting of the same meaning: where it is written, it is a
/// member of that setting that the server was started with.
/// </summary>
internal static class KeepDaysPin
{
    private const string Member = "recording_days";

    /// <summary>Puts it among the pins, unless the member itself was written.</summary>
    /// <param name="options">The options.</param>
    /// <param name="written">Where it was written; null: it is not known, and 0 is what nobody wrote.</param>
    public static void Put(HawserOptions options, OptionSetting? written)
    {
        var days = options.Recorder.KeepDays;
        if (written is null && days == 0) return;
        var setting = RetentionSettings.Key.Name;
        if (options.Pins.Any(p => p.Setting == setting && p.Member == Member)) return;
        options.Pins =
        [
            .. options.Pins,
            new SettingPin(
                setting, Member, JsonValue.Create(days), Source(written?.Layer),
                written?.Origin ?? "recorder.keepDays"),
        ];
    }

    private static string Source(OptionLayer? layer) => layer switch
    {
        OptionLayer.DataFolderFile or OptionLayer.ConfigFile => "file",
        OptionLayer.CommandLine => "command_line",
        _ => "environment",
    };
}
