using System.CommandLine;
using System.Text;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Hawser.Server.Commands.Accounts;
using Hawser.Server.Configuration;

namespace Hawser.Server.Commands.Apply;

/// <summary>
/// <c>hawser apply</c>: makes groups, strategies, roles, rules and address books as a file says (docs/apply.md,
/// ADR 0016). It calls the admin API, as any other script does.
/// </summary>
internal static class ApplyCommand
{
    private const string Scopes =
        "user:r user_group:rw device_group:rw device:rw strategy:rw access:rw address_book:rw";

    public static Command Create()
    {
        var file = new Option<string>("--file", "-f")
        {
            Description = "The YAML file; - for standard input.", HelpName = "FILE", Required = true,
        };
        var plan = new Option<bool>("--plan")
        {
            Description = "Change nothing; print what would change, and exit 2 when something would.",
        };
        var prune = new Option<bool>("--prune")
        {
            Description = "Also remove what the file does not have, in the sections and lists that it has.",
        };
        var json = new Option<bool>("--json") { Description = "Print the changes as JSON." };
        var url = new Option<string>("--url")
        {
            Description = "The server.", HelpName = "URL", DefaultValueFactory = _ => "http://127.0.0.1:21114",
        };
        var token = new Option<string?>("--token-file")
        {
            Description = "A file with an API token (or HAWSER_TOKEN); see hawser token add.", HelpName = "FILE",
        };
        var data = new Option<string?>("--data")
        {
            Description = "On the server itself instead of a token: its data folder.", HelpName = "DIR",
        };
        var user = new Option<string>("--user")
        {
            Description = "With --data: the administrator as whom it is done.", HelpName = "NAME",
            DefaultValueFactory = _ => "admin",
        };
        var command = new Command("apply", """
            Make device groups, user groups, strategies, control roles, access rules and address books as a file says.

            What is as the file says is left alone, so it may be run as often as one likes. What the file does not name
            stays, unless --prune says otherwise. The format, with an example: docs/apply.md.

            Examples:
              hawser apply -f fleet.yaml --plan --data /var/lib/hawser
              hawser apply -f fleet.yaml --url https://rd.example.com --token-file token
              HAWSER_TOKEN=… hawser apply -f fleet.yaml --url https://rd.example.com --plan --json

            Exit codes: 0 done, or nothing to do; 1 the file or the server refuses; 2 with --plan: it would change
            something.
            """) { file, plan, prune, json, url, token, data, user };
        command.SetAction(async (parsed, cancel) =>
        {
            var text = await StoredApi.ReadAsync(parsed.GetValue(file)!, cancel);
            var fleet = FleetFile.Read(parsed.GetValue(file) == "-" ? "stdin" : parsed.GetValue(file)!, text);
            var asked = new Asked(
                fleet, parsed.GetValue(plan), parsed.GetValue(prune), parsed.GetValue(json),
                Address(parsed.GetValue(url)!));
            return parsed.GetValue(data) is { } folder
                ? await WithFolderAsync(asked, folder, parsed.GetValue(user)!, cancel)
                : await RunAsync(asked, await TokenAsync(parsed.GetValue(token), cancel), cancel);
        });
        return command;
    }

    /// <summary>What was asked for.</summary>
    private sealed record Asked(FleetFile File, bool PlanOnly, bool Prune, bool Json, Uri Url);

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url
            : throw new StartupException($"--url: \"{text}\" is no address such as https://rd.example.com.");

    private static async Task<string> TokenAsync(string? file, CancellationToken cancellationToken)
    {
        var token = file is not null ? await StoredApi.ReadAsync(file, cancellationToken)
            : OptionSources.OfProcess([]).Environment.GetValueOrDefault("HAWSER_TOKEN", "");
        token = token.Trim();
        return token.Length > 0 && !token.Any(char.IsWhiteSpace) ? token : throw new StartupException(
            $"An API token is needed: --token-file, HAWSER_TOKEN, or --data on the server itself. Scopes: {Scopes}");
    }

    // A token for this run only: the server does the work, checks it, logs it, and tells its consoles and devices.
    private static async Task<int> WithFolderAsync(
        Asked asked, string folder, string name, CancellationToken cancellationToken)
    {
        await using var stored = await StoredApi.OpenAsync(folder, cancellationToken);
        var user = await UserCommand.FindAsync(stored, name, cancellationToken);
        var label = $"hawser apply {Guid.NewGuid():N}";
        var made = await stored.Rules.MakeApiTokenAsync(
            user.Guid, new NewApiToken(label, Scopes, 1, ""), "command line", cancellationToken);
        if (made.Error.Length > 0) throw new StartupException(made.Error);
        await stored.NoteAsync(
            ConsoleOperation.AddToken, label, cancellationToken, ("user", user.Name), ("scopes", Scopes));
        try
        {
            return await RunAsync(asked, made.Text, cancellationToken);
        }
        finally
        {
            // The newest ones come first.
            var tokens = await stored.Rules.TokensAsync(
                user.Guid, TokenKind.Api, new PageQuery(1, 200), CancellationToken.None);
            foreach (var token in tokens.Data.Where(t => t.Name == label))
            {
                await stored.Rules.RevokeAsync(token.Guid, null, CancellationToken.None);
            }
        }
    }

    private static async Task<int> RunAsync(Asked asked, string token, CancellationToken cancellationToken)
    {
        using var api = new AdminCalls(asked.Url, token);
        var state = await FleetState.ReadAsync(api, asked.File, cancellationToken);
        var plan = FleetPlan.Make(asked.File, state, asked.Prune);
        if (!asked.Json) await Console.Out.WriteAsync(Text(plan));
        var done = 0;
        try
        {
            if (!asked.PlanOnly)
            {
                var run = new FleetRun(api, asked.File, state, cancellationToken);
                foreach (var change in plan.Changes)
                {
                    await run.DoAsync(change);
                    done++;
                }
            }
        }
        catch (StartupException e)
        {
            throw new StartupException(
                $"{e.Message}\n{done} of {plan.Changes.Count} changes were made; run it again when this is mended.", e);
        }
        finally
        {
            if (asked.Json) WriteJson(plan, done);
        }

        if (asked.PlanOnly) return plan.Changes.Count == 0 ? ExitCode.Done : ExitCode.Usage;
        if (!asked.Json && done > 0) await Console.Out.WriteLineAsync($"Done: {done} changes.");
        return ExitCode.Done;
    }

    private static string Text(FleetPlan plan)
    {
        var text = new StringBuilder();
        foreach (var change in plan.Changes)
        {
            var mark = change.Action switch { FleetAction.Add => '+', FleetAction.Change => '~', _ => '-' };
            text.Append(mark).Append(' ').Append(change.Item.Section).Append(" \"").Append(change.Item.Name)
                .Append('"');
            if (change.Item.Line > 0) text.Append("   (line ").Append(change.Item.Line).Append(')');
            text.Append('\n');
            foreach (var line in change.Details) text.Append("    ").Append(line).Append('\n');
        }

        int Count(FleetAction action) => plan.Changes.Count(c => c.Action == action);
        return text.Append(Count(FleetAction.Add)).Append(" to add, ").Append(Count(FleetAction.Change))
            .Append(" to change, ").Append(Count(FleetAction.Remove)).Append(" to remove; ")
            .Append(plan.Unchanged).Append(" as the file says.\n").ToString();
    }

    private static void WriteJson(FleetPlan plan, int done)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartArray("changes");
        foreach (var change in plan.Changes)
        {
            json.WriteStartObject();
            json.WriteString("action", change.Action.ToString().ToLowerInvariant());
            json.WriteString("section", change.Item.Section);
            json.WriteString("name", change.Item.Name);
            if (change.Item.Line > 0) json.WriteNumber("line", change.Item.Line);
            json.WriteStartArray("details");
            foreach (var line in change.Details) json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("unchanged", plan.Unchanged);
        json.WriteNumber("done", done);
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }
}
