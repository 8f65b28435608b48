namespace Hawser.Server.Configuration;

/// <summary>Where a value came from; a later one wins.</summary>
internal enum OptionLayer
{
    Default,
    DataFolderFile,
    ConfigFile,
    LegacyEnvironment,
    LegacyDotEnv,
    DotEnv,
    Environment,
    CommandLine,
}

/// <summary>One value that somebody gave for one option.</summary>
/// <param name="Option">Which.</param>
/// <param name="Values">The text; several for a list.</param>
/// <param name="Layer">How much it counts.</param>
/// <param name="Origin">Where it was written, for people.</param>
internal sealed record OptionSetting(OptionDefinition Option, IReadOnlyList<string> Values, OptionLayer Layer,
    string Origin);

/// <summary>
/// What options are read from. Everything outside the process comes in here, so that tests can give their own.
/// </summary>
/// <param name="Arguments">The command line after the command.</param>
/// <param name="Environment">The process environment.</param>
/// <param name="WorkingFolder">Where relative names start, and where a .env file may be.</param>
internal sealed record OptionSources(
    IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string WorkingFolder)
{
    /// <summary>The sources of this process.</summary>
    public static OptionSources OfProcess(IReadOnlyList<string> arguments)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return new OptionSources(arguments, variables, Directory.GetCurrentDirectory());
    }
}

/// <summary>The options in force, with the origin of each.</summary>
/// <param name="Options">The tree.</param>
/// <param name="Origins">By option path; missing means default.</param>
/// <param name="Notices">What an operator should know: names without effect, doubtful values.</param>
/// <param name="Errors">Everything that is wrong, each naming its option; empty when the server may start.</param>
/// <param name="Files">The files that were read.</param>
internal sealed record EffectiveOptions(
    HawserOptions Options,
    IReadOnlyDictionary<string, OptionSetting> Origins,
    IReadOnlyList<string> Notices,
    IReadOnlyList<string> Errors,
    IReadOnlyList<string> Files)
{
    public bool IsSet(string path) => Origins.ContainsKey(path);

    public string Origin(OptionDefinition option) =>
        Origins.TryGetValue(option.Path, out var setting) ? setting.Origin : "default";
}
