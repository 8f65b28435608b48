using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using Hawser.Api.Settings;

namespace Hawser.Server.Configuration;

/// <summary>Writes docs/configuration.md from the option classes. A test compares the file with this.</summary>
internal static class ConfigurationDocument
{
    private const string Head = """
        # Configuration

        This file is written by `hawser config docs` from the option classes; do not edit it.

        Every option has three names: a flag of `hawser serve`, a variable, and a name in `hawser.json`. Later ones win:

        1. the default
        2. `hawser.json` in the data folder
        3. the file of `--config FILE` (or `HAWSER_CONFIG`): a `hawser.json`, or an INI file as hbbs takes it
        4. RustDesk's variables, from the environment, then from a `.env` file in the working directory or
           the data folder
        5. `HAWSER_*` variables, from a `.env` file, then from the environment
        6. the command line

        Lists are separated by commas (`--relay-blocklist 203.0.113.0/24,198.51.100.7`) or given several times; a later
        layer replaces the whole list. Switches take `true`/`false`, `yes`/`no`, `on`/`off`, `y`/`n` or `1`/`0`; a flag
        alone means `true`. All errors are reported together before anything listens (exit code 2). Unknown names in
        `hawser.json` and on the command line are errors; unknown `HAWSER_*` variables are only noted, because some
        platforms make such variables by themselves.
        `hawser config show` prints the effective values and where each came from.

        ```json
        {
          "publicHost": "rd.example",
          "rendezvous": { "alwaysUseRelay": false },
          "relay": { "totalBandwidth": 500, "blocklist": ["203.0.113.0/24"] },
          "log": { "format": "json" }
        }
        ```

        """;

    public static string Write()
    {
        var descriptions = OptionDescriptions.Load();
        var defaults = new HawserOptions();
        var text = new StringBuilder(Head);
        foreach (var section in OptionTable.All.GroupBy(o => o.Path.Contains('.') ? o.Path.Split('.')[0] : ""))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"\n## {(section.Key.Length == 0 ? "General" : $"`{section.Key}`")}\n\n");
            text.Append("| Flag | Variable | hawser.json | Default | Meaning |\n|---|---|---|---|---|\n");
            foreach (var option in section)
            {
                var standard = option.FileOf is null ? option.Text(defaults) : "";
                text.Append(CultureInfo.InvariantCulture,
                    $"| `{option.Flag}` | `{option.Variable}` | `{option.Path}` | {Code(standard)} | ");
                text.Append(CultureInfo.InvariantCulture, $"{Meaning(option, descriptions)} |\n");
            }
        }

        WriteLegacy(text);
        return text.ToString();
    }

    private static string Code(string value) => value.Length == 0 ? "" : $"`{value}`";

    private static string Meaning(OptionDefinition option, OptionDescriptions descriptions)
    {
        var text = descriptions.Of(option).Replace("|", "\\|", StringComparison.Ordinal);
        if (option.FileOf is null && option.Property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            text += string.Create(CultureInfo.InvariantCulture, $" ({range.Minimum} to {range.Maximum})");
        }

        return text + (Reloading.NeedsRestart(option.FileOf ?? option) ? " *Restart.*" : "");
    }

    private static void WriteLegacy(StringBuilder text)
    {
        text.Append("\n*Restart*: a change takes effect at the next start; everything else is taken over on SIGHUP.\n");
        WriteSettings(text);
        text.Append("\n## RustDesk's names\n\n");
        text.Append("Understood so that an existing unit file, compose file or `.env` goes on working. Names are\n");
        text.Append("compared without regard to case, and `_` equals `-`.\n\n");
        text.Append("| Variable | Flag | Sets |\n|---|---|---|\n");
        foreach (var name in LegacyNames.Variables)
        {
            var flags = string.Join(", ", LegacyNames.CommandLine.Where(f => f.Value == name.Name)
                .Select(f => $"`{f.Key}`"));
            text.Append(CultureInfo.InvariantCulture,
                $"| `{name.Name.Replace('-', '_')}` | {flags} | {LegacyMeaning(name)} |\n");
        }
    }

    private static void WriteSettings(StringBuilder text)
    {
        text.Append("""

            ## Settings of the console

            What is set on the pages of the console is kept in the database. Its members can be given here instead:
            below `settings` in `hawser.json`, or as a variable of setting and member (`HAWSER_SETTING_MAIL_HOST`),
            or of the setting with JSON (`HAWSER_SETTING_MAIL={"host":"mail.example"}`). With `File` behind the name
            the value is what a file holds (`HAWSER_SETTING_MAIL_PASSWORD_FILE=/run/secrets/smtp`). Lists are
            separated by commas, or are JSON.

            ```json
            { "settings": { "mail": { "host": "mail.example", "passwordFile": "/run/secrets/smtp" } } }
            ```

            Such a member wins over what is stored, on each node that has it; the console shows it read-only with
            where it was written, and the API refuses to change it (409, `setting_pinned`). What is stored below it
            stays. It must be right together with the defaults of the members that are not given. *Restart.*

            | Setting | About | Members |
            |---|---|---|

            """);
        foreach (var (key, about) in SettingCatalog.All)
        {
            var members = string.Join(", ", key.Usual.Select(m => $"`{m.Key}`"));
            text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {about} | {members} |\n");
        }
    }

    private static string LegacyMeaning(LegacyName name) => name.Name switch
    {
        "PORT" => "`rendezvous.port`, and `relay.port` to one more. "
            + "As a flag for a relay on its own: `relay.port` as it is",
        "ENCRYPTED-ONLY" => "`key` to `_` when it is 1 and KEY is not given",
        "KEY-PUB" => "nothing; checked to belong to KEY_PRIV, and both must be given",
        "LOCAL-IP" => "`rendezvous.localRelay`, when MASK is given",
        _ => name.Path.Length > 0 ? $"`{name.Path}`" : "nothing; noted at the start",
    };
}
