using System.CommandLine;
using Hawser.Server.Configuration;

namespace Hawser.Server.Commands;

/// <summary>
/// The options of a node, shown by the command-line library and read by <see cref="OptionReader"/>: one reader for
/// <c>serve</c>, <c>config show</c> and <c>ctl</c>, with or without the library.
/// </summary>
internal static class NodeOptions
{
    /// <summary>Adds them to a command so that its help lists them.</summary>
    public static void AddTo(Command command)
    {
        var descriptions = OptionDescriptions.Load();
        foreach (var option in OptionTable.All)
        {
            command.Add(new Option<string[]>(option.Flag)
            {
                Description = descriptions.Of(option),
                HelpName = option.Kind,
                Arity = option.IsSwitch ? ArgumentArity.ZeroOrOne : ArgumentArity.ZeroOrMore,
            });
        }

        command.Add(new Option<string[]>("--config", "-c") { Description = "A hawser.json, or an INI file of hbbs.",
            HelpName = "file" });
        command.TreatUnmatchedTokensAsErrors = false;
    }

    /// <summary>Reads them; on errors prints all of them and throws with the usage code.</summary>
    public static EffectiveOptions Read(IReadOnlyList<string> arguments)
    {
        var effective = OptionReader.Read(OptionSources.OfProcess(arguments));
        if (effective.Errors.Count == 0) return effective;
        throw new StartupException(string.Join('\n', effective.Errors), exitCode: ExitCode.Usage);
    }
}
