using System.Text.Json;

namespace Hawser.Server.Configuration;

/// <summary>
/// Reads the options: defaults, hawser.json in the data folder, <c>--config FILE</c>, RustDesk's variables,
/// <c>HAWSER_*</c>, the command line; beside them the members of settings that are pinned there. Collects every error
/// instead of stopping at the first one.
/// </summary>
internal sealed class OptionReader
{
    private const string FileName = "hawser.json";
    private readonly OptionSources _sources;
    private readonly List<OptionSetting> _settings = [];
    private readonly List<string> _errors = [];
    private readonly List<string> _notices = [];
    private readonly List<string> _files = [];
    private readonly List<LegacySetting> _legacy = [];
    private readonly PinReader _pins;
    private string? _configFile;

    private OptionReader(OptionSources sources)
    {
        _sources = sources;
        _pins = new PinReader(
            (file, name) => TryReadText(Full(file), required: true, name, out var text) ? text.Trim() : null, _errors);
    }

    /// <summary>Reads and checks.</summary>
    public static EffectiveOptions Read(OptionSources sources)
    {
        var reader = new OptionReader(sources);
        return reader.Read();
    }

    private EffectiveOptions Read()
    {
        ReadCommandLine();
        ReadEnvironment();
        if (_configFile is not null) ReadFile(Full(_configFile), OptionLayer.ConfigFile, "--config");
        ReadDotEnv(_sources.WorkingFolder);
        // The data folder itself can't be named by what lies in it.
        var data = Full(ValueOf("data") ?? new HawserOptions().Data);
        if (!string.Equals(data, Full("."), StringComparison.Ordinal)) ReadDotEnv(data);
        var file = Path.Combine(data, FileName);
        if (File.Exists(file)) ReadFile(file, OptionLayer.DataFolderFile, "");
        // First, so that of one layer our own name wins.
        _settings.InsertRange(0, LegacyNames.Translate(_legacy, IsRelayOnly(), _notices, _errors));
        return Finish(data);
    }

    private EffectiveOptions Finish(string data)
    {
        var options = new HawserOptions();
        var origins = new Dictionary<string, OptionSetting>(StringComparer.Ordinal);
        foreach (var setting in _settings)
        {
            var target = setting.Option.FileOf ?? setting.Option;
            if (setting.Option.Path == "data" && setting.Layer == OptionLayer.DataFolderFile) continue;
            if (origins.TryGetValue(target.Path, out var earlier) && earlier.Layer > setting.Layer) continue;
            origins[target.Path] = setting;
        }

        foreach (var (_, setting) in origins)
        {
            var values = setting.Option.FileOf is null ? setting.Values : ReadSecret(setting);
            if (values is null) continue;
            var wrong = (setting.Option.FileOf ?? setting.Option).TrySet(options, values);
            if (wrong is not null) _errors.Add($"{Name(setting)}: {wrong}");
        }

        options.Data = data;
        options.Pins = _pins.Finish();
        if (origins.TryGetValue("recorder.keepDays", out var keep)) KeepDaysPin.Put(options, keep);
        OptionValidator.Validate(options, origins, _errors);
        return new EffectiveOptions(options, origins, _notices, _errors, _files);
    }

    /// <summary>How an error names an option: by what was written.</summary>
    internal static string Name(OptionSetting setting) =>
        setting.Layer == OptionLayer.CommandLine && setting.Origin == setting.Option.Flag
            ? setting.Option.Flag
            : $"{setting.Option.Flag} (from {setting.Origin})";

    private void ReadCommandLine()
    {
        for (var i = 0; i < _sources.Arguments.Count; i++)
        {
            var argument = _sources.Arguments[i];
            if (!argument.StartsWith('-') || argument.Length < 2)
            {
                _errors.Add($"\"{argument}\" is not an option; hawser serve --help lists them");
                continue;
            }

            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? argument : argument[..equals];
            var value = equals < 0 ? null : argument[(equals + 1)..];
            var legacy = LegacyNames.FindFlag(name);
            var option = legacy is null && name.StartsWith("--", StringComparison.Ordinal)
                ? OptionTable.Find(name.AsSpan(2)) : null;
            var isConfig = name is "--config" or "-c";
            if (option is null && legacy is null && !isConfig)
            {
                _errors.Add($"{name} is not an option{OptionTable.Suggest(name, o => o.Flag)}");
                if (value is null && HasValue(i)) i++;
                continue;
            }

            if (value is null && option is { IsSwitch: true })
            {
                value = HasValue(i) && Switch.TryRead(_sources.Arguments[i + 1], out _) ? _sources.Arguments[++i]
                    : "true";
            }
            else if (value is null && HasValue(i))
            {
                value = _sources.Arguments[++i];
            }

            if (value is null) _errors.Add($"{name} needs a value");
            else if (isConfig) _configFile = value;
            else if (legacy is not null) _legacy.Add(new LegacySetting(legacy, value, OptionLayer.CommandLine, name));
            else Repeat(option!, value);
        }
    }

    /// <summary>
    /// A lone dash is a value (<c>--key -</c>), and so is a negative number, for the sake of its error.
    /// </summary>
    private bool HasValue(int index) => index + 1 < _sources.Arguments.Count
        && _sources.Arguments[index + 1] is var next
        && (!next.StartsWith('-') || next.Length == 1 || char.IsAsciiDigit(next[1]));

    /// <summary>A list may be given piece by piece; of anything else the last one counts.</summary>
    private void Repeat(OptionDefinition option, string value)
    {
        var earlier = _settings.FindIndex(s => s.Option == option && s.Layer == OptionLayer.CommandLine);
        var values = earlier >= 0 && option.IsList ? [.. _settings[earlier].Values, value] : new[] { value };
        if (earlier >= 0) _settings.RemoveAt(earlier);
        _settings.Add(new OptionSetting(option, values, OptionLayer.CommandLine, option.Flag));
    }

    private void ReadEnvironment() => ReadVariables(
        _sources.Environment, OptionLayer.Environment, OptionLayer.LegacyEnvironment, "");

    private void ReadDotEnv(string folder)
    {
        var file = Path.Combine(folder, ".env");
        if (!TryReadText(file, required: false, "", out var text)) return;
        ReadVariables(IniFile.Read(text), OptionLayer.DotEnv, OptionLayer.LegacyDotEnv, $" in {file}");
    }

    private void ReadVariables(
        IReadOnlyDictionary<string, string> variables, OptionLayer ours, OptionLayer theirs, string where)
    {
        // No sorting of pairs here or elsewhere in this class: what is generic over values is compiled at every start.
        var names = new List<string>(variables.Keys);
        names.Sort(LegacyNames.CompareSpelling);
        foreach (var name in names)
        {
            var value = variables[name];
            if (name.StartsWith(PinReader.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                _pins.ReadVariable(name, value, ours, where);
            }
            else if (name.StartsWith("HAWSER_", StringComparison.OrdinalIgnoreCase))
            {
                if (OptionTable.Find(name.AsSpan("HAWSER_".Length)) is { } option)
                {
                    if (_settings.Exists(s => s.Option == option && s.Layer == ours)) continue;
                    _settings.Add(new OptionSetting(option, [value], ours, name + where));
                }
                else if (!string.Equals(name, "HAWSER_CONFIG", StringComparison.OrdinalIgnoreCase))
                {
                    // Not an error: Kubernetes makes HAWSER_SERVICE_HOST and the like by itself.
                    var meant = OptionTable.Suggest(name["HAWSER_".Length..], o => o.Variable);
                    _notices.Add($"{name}{where} is not an option{meant}");
                }
                else
                {
                    _configFile ??= value;
                }
            }
            else if (LegacyNames.FindVariable(name) is { } legacy
                && !_legacy.Exists(l => l.Name == legacy && l.Layer == theirs))
            {
                _legacy.Add(new LegacySetting(legacy, value, theirs, name + where));
            }
        }
    }

    private void ReadFile(string file, OptionLayer layer, string option)
    {
        if (!TryReadText(file, required: true, option, out var text)) return;
        if (!text.AsSpan().TrimStart().StartsWith("{"))
        {
            if (file.EndsWith(".json",
                StringComparison.OrdinalIgnoreCase)) _errors.Add($"{file}: it must hold one JSON object");
            else ReadVariables(IniFile.Read(text), layer, layer, $" in {file}");
            return;
        }

        try
        {
            var settings = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true };
            using var document = JsonDocument.Parse(text, settings);
            ReadObject(document.RootElement, "", layer, file);
        }
        catch (JsonException e)
        {
            _errors.Add($"{file}: it is not JSON (line {e.LineNumber + 1}, column {e.BytePositionInLine + 1})");
        }
    }

    private void ReadObject(JsonElement element, string prefix, OptionLayer layer, string file)
    {
        foreach (var property in element.EnumerateObject())
        {
            var path = prefix + property.Name;
            var option = OptionTable.Find(path);
            var isSection = option is null && property.Value.ValueKind == JsonValueKind.Object
                && OptionTable.All.Any(o => o.Path.StartsWith(path + ".", StringComparison.OrdinalIgnoreCase));
            if (path is PinReader.Section) _pins.ReadSection(property.Value, layer, file);
            else if (isSection) ReadObject(property.Value, path + ".", layer, file);
            else if (path is "$schema") continue;
            else if (option is null) _errors.Add(Unknown(path));
            else if (TryReadValues(property.Value, out var values)) _settings.Add(new OptionSetting(option, values,
                layer, file));
            else _errors.Add($"{option.Flag} (from {file}): {path} must be a {option.Kind}");
        }

        string Unknown(string path) => $"{file}: {path} is not an option{OptionTable.Suggest(path, o => o.Path)}";
    }

    private static bool TryReadValues(JsonElement value, out IReadOnlyList<string> values)
    {
        values = value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => [value.GetRawText()],
            JsonValueKind.Array when value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) =>
                [.. value.EnumerateArray().Select(v => v.GetString()!)],
            _ => [],
        };
        return values.Count > 0 || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);
    }

    private string[]? ReadSecret(OptionSetting setting)
    {
        var file = Full(setting.Values[^1]);
        return TryReadText(file, required: true, Name(setting), out var text) ? [text.Trim()] : null;
    }

    private bool TryReadText(string file, bool required, string option, out string text)
    {
        text = "";
        if (!required && !File.Exists(file)) return false;
        try
        {
            text = File.ReadAllText(file);
            _files.Add(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _errors.Add($"{(option.Length > 0 ? option + ": " : "")}{file} can't be read: {e.Message}");
            return false;
        }
    }

    private string? ValueOf(string path) => Winner(path)?.Values[^1];

    private OptionSetting? Winner(string path)
    {
        OptionSetting? winner = null;
        foreach (var setting in _settings)
        {
            if (setting.Option.Path == path && (winner is null || setting.Layer >= winner.Layer)) winner = setting;
        }

        return winner;
    }

    private bool IsRelayOnly() =>
        Winner("role") is { } role
        && role.Values.SelectMany(v => v.Split(',', StringSplitOptions.TrimEntries))
            .All(r => string.Equals(r, "relay", StringComparison.OrdinalIgnoreCase));

    private string Full(string path) => Path.GetFullPath(path, _sources.WorkingFolder);
}
