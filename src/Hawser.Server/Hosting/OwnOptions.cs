using Hawser.Api;
using Hawser.Api.Settings;
using Hawser.Server.Commands;
using Hawser.Server.Configuration;

namespace Hawser.Server.Hosting;

/// <summary>Tells the console what the node was started with.</summary>
internal static class OwnOptions
{
    private static readonly Lazy<OptionDescriptions> About = new(OptionDescriptions.Load);

    /// <summary>Every option; of secrets only whether they are set.</summary>
    /// <param name="running">What the node runs with.</param>
    /// <param name="read">What was read last, which may wait for a restart.</param>
    public static IReadOnlyList<OptionFact> List(HawserOptions running, EffectiveOptions read)
    {
        var usual = new HawserOptions();
        return
        [
            .. OptionTable.All.Where(o => o.FileOf is null).Select(o => Fact(o, running, read, usual)),
            .. running.Pins.Select(Fact),
        ];
    }

    /// <summary>Where FFmpeg is; empty: nowhere; null: this node needs none.</summary>
    public static string? FindFfmpeg(HawserOptions options)
    {
        if (!Roles.Of(options).Recorder || !options.Recorder.Finish) return null;
        var name = options.Recorder.Ffmpeg;
        if (name.Contains(Path.DirectorySeparatorChar)) return File.Exists(name) ? name : "";
        var variables = OptionSources.OfProcess([]).Environment;
        return variables.GetValueOrDefault("PATH", "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists, "");
    }

    private static OptionFact Fact(SettingPin pin)
    {
        var (key, about) = SettingCatalog.All.First(s => s.Key.Name == pin.Setting);
        return new OptionFact(
            PinReader.PathOf(pin), PinReader.VariableOf(pin), PinReader.Shown(pin),
            PinReader.Shown(pin with { Value = SettingPins.At(key.Usual, pin.Member) }), pin.Source, pin.Origin,
            NeedsRestart: true, Waits: false, $"A member of the setting {pin.Setting}: {about}.");
    }

    private static OptionFact Fact(
        OptionDefinition option, HawserOptions running, EffectiveOptions read, HawserOptions usual)
    {
        var needsRestart = Reloading.NeedsRestart(option);
        var waits = needsRestart && option.Text(read.Options) != option.Text(running);
        var now = needsRestart ? read with { Options = running } : read;
        var (source, origin) = read.Origins.TryGetValue(option.Path, out var setting)
            ? (Word(setting.Layer), setting.Origin)
            : (option.Text(now.Options) == option.Text(usual) ? "default" : "program", "");
        return new OptionFact(
            option.Path, option.Variable, ConfigCommand.Shown(now, option),
            ConfigCommand.Shown(now with { Options = usual }, option), source, origin, needsRestart, waits,
            About.Value.Of(option));
    }

    private static string Word(OptionLayer layer) => layer switch
    {
        OptionLayer.DataFolderFile or OptionLayer.ConfigFile => "file",
        OptionLayer.CommandLine => "command_line",
        OptionLayer.Default => "default",
        _ => "environment",
    };
}
