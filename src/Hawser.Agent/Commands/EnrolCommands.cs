using System.CommandLine;
using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Protocol.Identity;
using Hawser.Session.Connecting;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent assign</c> and <c>deploy</c>: the field's, with a token (http-api §12).</summary>
internal static class EnrolCommands
{
    private const string DeployHelp = "Make this machine known to a server that lets in only such machines.";

    // The members of the request, and how they are called on the command line; the field's own spelling works too.
    private static readonly (string Member, string Description, bool IsMain)[] Wishes =
    [
        ("user_name", "The account that the machine belongs to; empty for none.", true),
        ("device_group_name", "Its group.", true),
        ("strategy_name", "Its strategy.", true),
        ("address_book_name", "An address book that it is entered in.", true),
        ("address_book_tag", "Its tag there.", false),
        ("address_book_alias", "Its name there.", false),
        ("address_book_password", "The password that is kept there.", false),
        ("address_book_note", "A note there.", false),
        ("note", "A note about the machine.", true),
        ("device_username", "The user that is shown for it.", true),
        ("device_name", "The name that is shown for it.", true),
    ];

    public static Command Assign()
    {
        var folder = RunCommand.Folder();
        var (token, file) = Token();
        var command = new Command("assign", "Give this machine to an account, a group, a strategy, an address book.")
        {
            token, file, folder,
        };
        var options = Wishes.ToDictionary(w => w.Member, w => new Option<string?>("--" + w.Member.Replace('_', '-'))
        {
            Description = w.Description,
            HelpName = "TEXT",
        });
        foreach (var (member, option) in options)
        {
            if (member.Contains('_', StringComparison.Ordinal)) option.Aliases.Add("--" + member);
            command.Add(option);
        }

        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var body = options.Where(o => parsed.GetValue(o.Value) is not null)
                .ToDictionary(o => o.Key, o => (object)parsed.GetValue(o.Value)!, StringComparer.Ordinal);
            if (!Wishes.Any(w => w.IsMain && body.ContainsKey(w.Member)))
            {
                throw new AgentFailure(2, "What is to be assigned? --user-name, --device-group-name, …");
            }

            var state = new AgentState(new AgentFolder(parsed.GetValue(folder)!));
            body["id"] = state.Identity.Id;
            body["uuid"] = state.Uuid;
            var (status, text) = await PostAsync(
                state, "api/devices/cli", ReadToken(parsed.GetValue(token), parsed.GetValue(file)), body, cancellation);
            var isDone = status is >= 200 and < 300 && text.Trim().Length == 0;
            if (isDone) Console.Out.WriteLine("Done!");
            else await Console.Error.WriteLineAsync(Readable(status, text));
            return isDone ? 0 : 1;
        }
    }

    public static Command Deploy()
    {
        var folder = RunCommand.Folder();
        var (token, file) = Token();
        var id = new Option<string?>("--id") { Description = "Take this id.", HelpName = "ID" };
        var command = new Command("deploy", DeployHelp) { token, file, id, folder };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var home = new AgentFolder(parsed.GetValue(folder)!);
            var state = new AgentState(home);
            var wanted = parsed.GetValue(id) ?? state.Identity.Id;
            if (!PeerId.IsRegistrable(wanted)) throw new AgentFailure(5, $"--id {wanted}: that is no id.");
            var (status, text) = await PostAsync(
                state, "api/devices/deploy", ReadToken(parsed.GetValue(token), parsed.GetValue(file)),
                new Dictionary<string, object>
                {
                    ["id"] = wanted,
                    ["uuid"] = state.Uuid,
                    ["pk"] = Convert.ToBase64String(AgentFolder.ToPeer(state.Identity).PublicKey.Span),
                },
                cancellation);
            switch (ResultOf(text))
            {
                case "OK":
                    if (wanted != state.Identity.Id) home.Keep(state.Identity with { Id = wanted });
                    Console.Out.WriteLine("Device deployed.");
                    return await IdentityCommands.RestartAsync(home, cancellation);
                case "NOT_ENABLED":
                    throw new AgentFailure(3, "This server lets in every machine: nothing is to be deployed.");
                case "INVALID_INPUT":
                    throw new AgentFailure(5, "The server does not accept this id, uuid or key.");
                case "ID_TAKEN":
                    throw new AgentFailure(6, $"The id {wanted} is another machine's: --id OTHER");
                default:
                    throw new AgentFailure(1, Readable(status, text));
            }
        }
    }

    private static (Option<string?> Token, Option<string?> File) Token() => (
        new Option<string?>("--token") { Description = "The token, which other users of the machine can see." },
        new Option<string?>("--token-file")
        {
            Description = "The token's file; '-' for the first line of standard input.",
            HelpName = "FILE",
        });

    private static string ReadToken(string? token, string? file)
    {
        var text = file switch
        {
            null => token,
            "-" => Console.In.ReadLine(),
            _ => File.ReadLines(file).FirstOrDefault(),
        };
        return text?.Trim() is { Length: > 0 } given ? given
            : throw new AgentFailure(2, "--token or --token-file is needed: one of the console's tokens.");
    }

    private static async Task<(int Status, string Text)> PostAsync(
        AgentState state, string path, string token, object body, CancellationToken cancellation)
    {
        var api = state.Api
            ?? throw new AgentFailure(2, "No server is set: hawser-agent config --server HOST --key KEY");
        using var client = new ApiClient(
            ProxyServer.TryParse(state.Config.Proxy, out var proxy) ? proxy : null);
        return await client.PostAsync(new Uri(api, path), token, body, cancellation)
            ?? throw new AgentFailure(1, $"{api} does not answer: hawser-agent config --api URL, or try again.");
    }

    private static string? ResultOf(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.TryGetProperty("result", out var result) ? result.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Readable(int status, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.TryGetProperty("error", out var error)) return error.ToString();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Shown as it is.
        }

        var shown = string.Concat(text.Take(500).Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return shown.Length > 0 ? shown : $"The API server answers {status}.";
    }
}
