using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Api.Audit;
using Hawser.Api.Settings;

namespace Hawser.Server.Commands;

/// <summary><c>hawser settings list|get|set</c>: what the console's settings pages change, for scripts.</summary>
internal static class SettingsCommand
{
    private static readonly JsonDocumentOptions ForPeople = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create() => new("settings", """
        Look at and change what an administrator sets: access, logins, mail, sign-in providers, the directory, …

        A running server follows within seconds. Secrets are shown as stars; stars that come back keep what is stored.

        Examples:
          hawser settings list
          hawser settings get mail > mail.json
          hawser settings set mail mail.json
          echo '{"default_policy":"rules"}' | hawser settings set access --merge -
          hawser settings set directory ldap.json --text authorities=ca.pem
        """)
    {
        List(), Get(), Set(),
    };

    private static Command List()
    {
        var data = StoredApi.DataOption();
        var command = new Command("list", "Name the settings; with --data a star marks those that were changed.")
        {
            data,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = parsed.GetValue(data) is { } folder
                ? await StoredApi.OpenAsync(folder, cancel) : null;
            var width = SettingCatalog.All.Max(s => s.Key.Name.Length);
            foreach (var (key, about) in SettingCatalog.All)
            {
                var mark = api is null ? "" : api.Settings.IsStored(key.Name) ? "* " : "  ";
                Console.Out.WriteLine($"{mark}{key.Name.PadRight(width)}  {about}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Command Get()
    {
        var data = StoredApi.DataOption();
        var name = Name();
        var command = new Command("get", "Print a setting as JSON, every member, without secrets.") { name, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var key = Find(parsed.GetValue(name)!);
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            Console.Out.WriteLine(SettingText.Masked(key.Read(api.Settings))!.ToJsonString(Indented));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Set()
    {
        var data = StoredApi.DataOption();
        var name = Name();
        var file = new Argument<string>("file") { Description = "JSON as 'get' prints it; - for standard input." };
        var merge = new Option<bool>("--merge") { Description = "Members that are not given stay as they are." };
        var text = new Option<string[]>("--text")
        {
            Description = "Put the text of a file into a member, for instance a certificate.",
            HelpName = "MEMBER=FILE",
            AllowMultipleArgumentsPerToken = false,
        };
        var command = new Command("set", """
            Store a setting. Members that are not given get their default, or stay with --merge.
            """) { name, file, merge, text, data };
        command.SetAction(async (parsed, cancel) =>
        {
            var key = Find(parsed.GetValue(name)!);
            var given = Parse(await StoredApi.ReadAsync(parsed.GetValue(file)!, cancel));
            foreach (var pair in parsed.GetValue(text) ?? [])
            {
                var parts = pair.Split('=', 2);
                if (parts is not [var member, var path]) throw Usage($"--text {pair}: MEMBER=FILE is meant");
                given[member] = await StoredApi.ReadAsync(path, cancel);
            }

            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            await StoreAsync(key, given, parsed.GetValue(merge), api.Settings, cancel);
            await api.NoteAsync(ConsoleOperation.ChangeSetting, key.Name, cancel);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task StoreAsync(
        SettingKey key, JsonObject given, bool merge, SettingsStore settings, CancellationToken cancellationToken)
    {
        var before = key.Read(settings);
        var value = (JsonObject)SettingText.Unmasked(given, before)!;
        if (merge)
        {
            foreach (var (member, old) in before)
            {
                if (!value.ContainsKey(member)) value[member] = old?.DeepClone();
            }
        }

        try
        {
            if (key.PinAgainst(settings, value) is { } pin) throw Usage(SettingPins.Sentence(pin));
            await key.WriteAsync(settings, value, cancellationToken);
        }
        catch (JsonException e)
        {
            throw Usage(e.Message);
        }
    }

    private static Argument<string> Name() => new("name") { Description = "One of those that 'list' names." };

    private static SettingKey Find(string name) => SettingCatalog.Find(name)
        ?? throw Usage($"there is no setting {name}; there are "
            + string.Join(", ", SettingCatalog.All.Select(s => s.Key.Name)));

    private static JsonObject Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: ForPeople) as JsonObject
                ?? throw Usage("a setting is a JSON object");
        }
        catch (JsonException e)
        {
            throw Usage($"that is not JSON: {e.Message}");
        }
    }

    private static StartupException Usage(string text) => new(text, exitCode: ExitCode.Usage);
}
