using System.CommandLine;
using System.Text;
using System.Text.Json;
using Hawser.Agent.Linux;
using Hawser.Agent.Serving;
using Hawser.Session.Connecting;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent config</c>: shows or sets the server, by flags or by clients' text.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var folder = RunCommand.Folder();
        var text = new Argument<string?>("text")
        {
            Description = "The configuration text that the server prints for clients.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var server = new Option<string?>("--server") { Description = "The ID server.", HelpName = "HOST[:PORT]" };
        var key = new Option<string?>("--key") { Description = "Its public key.", HelpName = "BASE64" };
        var relay = new Option<string?>("--relay") { Description = "Insist on this relay.", HelpName = "HOST[:PORT]" };
        var api = new Option<string?>("--api") { Description = "The API server.", HelpName = "URL" };
        var transport = new Option<ServerTransport?>("--transport") { Description = "How to register." };
        var proxy = new Option<string?>("--proxy")
        {
            Description = "Connect through http://, https:// or socks5://; empty for none. Leaves relays only.",
            HelpName = "URL",
        };
        var display = new Option<string?>("--display")
        {
            Description = "The X server; empty to look for one, 'none' for no desktop, 'test-card' for a drawn one.",
            HelpName = ":N",
        };
        var authority = Authority();
        var (sound, dialog) = (Sound(), Dialogs());
        var room = Room();
        var options = Options();
        var command = new Command("config", "Show or change which server this machine belongs to.")
        {
            text, server, key, relay, api, transport, proxy, display, authority, sound, dialog, room, options, folder,
        };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var home = new AgentFolder(parsed.GetValue(folder)!);
            var old = home.Config;
            var config = parsed.GetValue(text) is { } imported ? Import(imported, old) : old;
            config = config with
            {
                Server = parsed.GetValue(server) ?? config.Server,
                Key = parsed.GetValue(key) ?? config.Key,
                Relay = parsed.GetValue(relay) ?? config.Relay,
                Api = parsed.GetValue(api) ?? config.Api,
                Transport = parsed.GetValue(transport) ?? config.Transport,
                Proxy = parsed.GetValue(proxy) ?? config.Proxy,
                Display = parsed.GetValue(display) ?? config.Display,
                Authority = parsed.GetValue(authority) ?? config.Authority,
                Sound = parsed.GetValue(sound) ?? config.Sound,
                Dialog = parsed.GetValue(dialog) ?? config.Dialog,
                RecordingsLimit = parsed.GetValue(room) ?? config.RecordingsLimit,
            };
            Check(config);
            if (parsed.GetValue(room) is < 1 or > 1 << 20)
            {
                throw new AgentFailure(2, "--recordings-limit: from 1 to 1048576 MiB.");
            }

            return await KeepAsync(home, config, parsed.GetValue(options) ?? [], cancellation);
        }
    }

    private static Option<string[]> Options() => new("--set")
    {
        Description = "Sets an option by the field's name, such as approve-mode=password; empty takes it back.",
        HelpName = "NAME=VALUE",
    };

    private static Option<string?> Authority() => new("--xauthority")
    {
        Description = "The file that opens the X server.",
        HelpName = "FILE",
    };

    private static Option<int?> Room() => new("--recordings-limit")
    {
        Description = "What recordings that wait for the API server may take on the disk.",
        HelpName = "MIB",
    };

    private static async Task<int> KeepAsync(
        AgentFolder home, AgentConfig config, string[] changes, CancellationToken cancellation)
    {
        var isOther = config != home.Config;
        if (isOther) home.Config = config;
        if (changes.Length > 0) Set(home, changes);
        Show(home);
        // A running agent has read it all at its start.
        return isOther || changes.Length > 0 ? await IdentityCommands.RestartAsync(home, cancellation) : 0;
    }

    private static Option<string?> Sound() => new("--sound")
    {
        Description = "The PulseAudio server; empty for the environment's, 'none' for no sound, 'test-tone'.",
        HelpName = "SERVER",
    };

    private static Option<string?> Dialogs() => new("--dialog")
    {
        Description = "Asks the desktop's user who may come in or call: zenity, xmessage or 'none'; empty for "
            + "the first that is installed.",
        HelpName = "PROGRAM",
    };

    private static void Show(AgentFolder home)
    {
        var config = home.Config;
        Console.Out.WriteLine($"server     {config.Server}");
        Console.Out.WriteLine($"key        {config.Key}");
        Console.Out.WriteLine($"relay      {(config.Relay.Length > 0 ? config.Relay : "as the server says")}");
        Console.Out.WriteLine($"api        {(config.Api.Length > 0 ? config.Api : "beside the server")}");
        Console.Out.WriteLine($"transport  {config.Transport}");
        if (ProxyServer.TryParse(config.Proxy, out var proxy)) Console.Out.WriteLine($"proxy      {proxy}");
        var display = config.Display.Length > 0 ? config.Display : "the first that lets us in";
        Console.Out.WriteLine($"display    {display}");
        Console.Out.WriteLine($"sound      {(config.Sound.Length > 0 ? config.Sound : "PulseAudio, as it is found")}");
        var dialog = config.Dialog.Length > 0 ? config.Dialog : "the first that is installed";
        Console.Out.WriteLine($"dialog     {dialog}");
        foreach (var (name, value) in home.Options.Values) Console.Out.WriteLine($"option     {name}={value}");
        Console.Out.WriteLine($"folder     {home.Location}");
    }

    private static void Set(AgentFolder home, string[] changes)
    {
        var options = home.Options;
        foreach (var change in changes)
        {
            var parts = change.Split('=', 2);
            if (parts.Length < 2) throw new AgentFailure(2, $"--set {change}: NAME=VALUE is needed.");
            if (parts[1].Length > 0) options.Values[parts[0]] = parts[1];
            else options.Values.Remove(parts[0]);
        }

        home.Options = options;
    }

    private static void Check(AgentConfig config)
    {
        if (config.Server.Length > 0 && !ServerName.TryParse(config.Server, ServerName.RendezvousPort, out _))
        {
            throw new AgentFailure(2, $"--server {config.Server}: a name or an address is needed, and perhaps a port.");
        }

        if (config.Proxy.Length > 0 && !ProxyServer.TryParse(config.Proxy, out _))
        {
            throw new AgentFailure(2, "--proxy: http://, https:// or socks5:// with a host is needed.");
        }

        var bytes = new byte[64];
        var isKey = Convert.TryFromBase64String(config.Key, bytes, out var length) && length == 32;
        if (config.Key.Length > 0 && !isKey)
        {
            throw new AgentFailure(2, "--key: the server's public key has 44 characters and ends with '='.");
        }

        if (config.Dialog is not ("" or "none") && !Dialog.Knows(config.Dialog))
        {
            throw new AgentFailure(2, $"--dialog {config.Dialog}: zenity, xmessage or none is needed.");
        }

        if (config.Api.Length > 0 && !Uri.TryCreate(config.Api, UriKind.Absolute, out _))
        {
            throw new AgentFailure(2, $"--api {config.Api}: an address such as https://desk.example is needed.");
        }
    }

    // http-api §14.7: reversed URL-safe base64 of JSON.
    private static AgentConfig Import(string text, AgentConfig old)
    {
        try
        {
            var base64 = string.Concat(text.Trim().Reverse()).Replace('-', '+').Replace('_', '/');
            var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
            var json = Encoding.UTF8.GetString(Convert.FromBase64String(padded));
            using var document = JsonDocument.Parse(json);
            string Of(string name) => document.RootElement.TryGetProperty(name, out var v) ? v.GetString() ?? "" : "";
            // Only the server changes: proxy and desktop are this machine's own.
            return old with { Server = Of("host"), Relay = Of("relay"), Api = Of("api"), Key = Of("key") };
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new AgentFailure(2, "That is not a configuration text: copy it whole, as the server prints it.");
        }
    }
}
