using System.CommandLine;
using System.Text.Json;
using Hawser.Data;
using Hawser.Server.Configuration;
using Hawser.Server.Hosting;
using Hawser.Server.Keys;

namespace Hawser.Server.Commands;

/// <summary><c>hawser config show</c>: the options in force and where each came from.</summary>
internal static class ConfigCommand
{
    private const string Mask = "(set)";

    public static Command Create()
    {
        var show = new Command("show", "Print the effective options with their origin, and what clients need to know.");
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var qr = new Option<bool>("--qr") { Description = "Draw the client configuration as a QR code as well." };
        show.Add(json);
        show.Add(qr);
        NodeOptions.AddTo(show);
        show.SetAction(parsed =>
            Show(parsed.GetValue(json), parsed.GetValue(qr), Arguments(parsed, "show")));
        var docs = new Command("docs", "Write docs/configuration.md to standard output.") { Hidden = true };
        docs.SetAction(_ => Console.Out.Write(ConfigurationDocument.Write()));
        return new Command("config", "Look at the configuration.") { show, docs };
    }

    /// <summary>What follows a command's name, without its own switches: for the one reader of node options.</summary>
    internal static string[] Arguments(ParseResult parsed, string command)
    {
        var tokens = parsed.Tokens.Select(t => t.Value).ToList();
        return [.. tokens.Skip(tokens.IndexOf(command) + 1).Where(t => t is not ("--json" or "--qr"))];
    }

    private static int Show(bool json, bool qr, string[] arguments)
    {
        var effective = OptionReader.Read(OptionSources.OfProcess(arguments));
        if (json) ShowJson(effective, Console.Out);
        else ShowText(effective, qr, Console.Out);
        foreach (var error in effective.Errors) Console.Error.WriteLine(error);
        return effective.Errors.Count == 0 ? ExitCode.Done : ExitCode.Usage;
    }

    internal static string Shown(EffectiveOptions effective, OptionDefinition option)
    {
        var text = option.Text(effective.Options);
        // Of a database's address only the password is a secret.
        if (option.Path == "database" && StoreAddress.TryParse(text, out var address, out _)) return address.Shown;
        return option.IsSecret && text is not ("" or "-" or "_") ? Mask : text;
    }

    /// <summary>What clients need; null when there is no key yet, or none that works. Looking makes no files.</summary>
    private static (string Key, string Text)? ForClients(EffectiveOptions effective)
    {
        try
        {
            var options = effective.Options;
            var makesPair = options.Key.Trim() is "-" or "_" or "" && KeyFiles.Read(options.Data) is null;
            if (effective.Errors.Count > 0 || makesPair) return null;
            var policy = KeyPolicy.Resolve(options);
            return policy.Signing is { } key ? (key.PublicText, StartBlock.ConfigurationString(options, policy)) : null;
        }
        catch (StartupException)
        {
            return null;
        }
    }

    private static void ShowText(EffectiveOptions effective, bool qr, TextWriter output)
    {
        var options = OptionTable.All.Where(o => o.FileOf is null).ToList();
        var width = options.Max(o => o.Path.Length);
        foreach (var option in options)
        {
            var value = Shown(effective, option);
            output.WriteLine($"{option.Path.PadRight(width)}  {value,-24}  {effective.Origin(option)}");
        }

        foreach (var pin in effective.Options.Pins)
        {
            output.WriteLine($"{PinReader.PathOf(pin).PadRight(width)}  {PinReader.Shown(pin),-24}  {pin.Origin}");
        }

        foreach (var notice in effective.Notices) output.WriteLine($"note: {notice}");
        if (ForClients(effective) is not { } clients) return;
        output.WriteLine();
        output.WriteLine($"Public key     {clients.Key}");
        output.WriteLine($"Client config  {clients.Text}");
        if (!qr) return;
        output.WriteLine();
        output.Write(ClientQrCode.Draw(clients.Text));
    }

    private static void ShowJson(EffectiveOptions effective, TextWriter output)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("options");
            foreach (var option in OptionTable.All.Where(o => o.FileOf is null))
            {
                json.WriteStartObject(option.Path);
                json.WriteString("value", Shown(effective, option));
                json.WriteString("origin", effective.Origin(option));
                json.WriteEndObject();
            }

            foreach (var pin in effective.Options.Pins)
            {
                json.WriteStartObject(PinReader.PathOf(pin));
                json.WriteString("value", PinReader.Shown(pin));
                json.WriteString("origin", pin.Origin);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            if (ForClients(effective) is { } clients)
            {
                json.WriteString("publicKey", clients.Key);
                json.WriteString("clientConfiguration", clients.Text);
            }

            WriteList(json, "notices", effective.Notices);
            WriteList(json, "errors", effective.Errors);
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items) json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
