using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data.Accounts;

namespace Hawser.Server.Commands.Accounts;

/// <summary>
/// <c>hawser token …</c>: API tokens for scripts and for <c>--assign</c> and <c>--deploy</c> of clients.
/// </summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var command = new Command("token", """
            Make, show and end API tokens: for scripts, and for rustdesk --assign and --deploy.

            A token acts as the user it is made for, within its scopes. A scope is an area and what may be done there:
            r to read, rw to read and write. Areas: device, audit, user, user_group, device_group, strategy,
            address_book, access, recording, setting.

            Examples:
              hawser token add --user admin --scopes "device:rw" --name rollout --days 30
              hawser token add --user admin --scopes "audit:r device:r" --from 10.0.0.0/8
              hawser token list
              hawser token revoke 0198c0de-…
            """);
        command.Add(Add());
        command.Add(List());
        command.Add(Revoke());
        return command;
    }

    private static Command Add()
    {
        var data = StoredApi.DataOption();
        var user = new Option<string>("--user") { Description = "Whose rights it carries.", HelpName = "NAME",
            Required = true };
        var scopes = new Option<string>("--scopes")
        {
            Description = "What it may do, for instance \"device:rw audit:r\".", HelpName = "SCOPES", Required = true,
        };
        var name = new Option<string>("--name") { Description = "What you call it.", HelpName = "NAME",
            DefaultValueFactory = _ => "" };
        var days = new Option<int>("--days") { Description = "How long it lasts; 0: for ever.", HelpName = "N",
            DefaultValueFactory = _ => 90 };
        var from = new Option<string>("--from") { Description = "Networks it may be used from (CIDR, comma separated).",
            HelpName = "NETWORKS", DefaultValueFactory = _ => "" };
        var command = new Command("add", """
            Make an API token and print it. It is shown only now; the server keeps a hash.
            """) { user, scopes, name, days, from, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: false,
            async accounts =>
            {
                var owner = await UserCommand.FindAsync(accounts, parsed.GetValue(user)!, cancel);
                var wanted = new NewApiToken(
                    parsed.GetValue(name)!, parsed.GetValue(scopes)!, parsed.GetValue(days), parsed.GetValue(from)!);
                var made = await accounts.Rules.MakeApiTokenAsync(owner.Guid, wanted, "command line", cancel);
                if (made.Error.Length > 0) throw UserCommand.Refused(made.Error);
                await accounts.NoteAsync(
                    ConsoleOperation.AddToken, wanted.Name, cancel, ("user", owner.Name), ("scopes", wanted.Scopes));
                await Console.Out.WriteLineAsync(made.Text);
                return ExitCode.Done;
            }, cancel));
        return command;
    }

    private static Command List()
    {
        var data = StoredApi.DataOption();
        var user = new Option<string?>("--user") { Description = "Only this user's.", HelpName = "NAME" };
        var json = new Option<bool>("--json") { Description = "One JSON array, for programs." };
        var command = new Command("list", "Show all API tokens, newest first; never their text.") { user, json, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: false,
            accounts => ListAsync(accounts, parsed.GetValue(user), parsed.GetValue(json), cancel), cancel));
        return command;
    }

    private static async Task<int> ListAsync(
        StoredApi accounts, string? name, bool json, CancellationToken cancellationToken)
    {
        var owner = name is null ? null : await UserCommand.FindAsync(accounts, name, cancellationToken);
        var names = new Dictionary<Guid, string>();
        await foreach (var (user, _) in accounts.Rules.SummariesAsync(cancellationToken)) names[user.Guid] = user.Name;
        var tokens = new List<AccessToken>();
        for (var page = 1; ; page++)
        {
            var part = await accounts.Rules.TokensAsync(
                owner?.Guid, TokenKind.Api, new PageQuery(page, 500), cancellationToken);
            tokens.AddRange(part.Data);
            if (part.Data.Count < 500) break;
        }

        if (json) WriteJson(tokens, names);
        else WriteText(tokens, names);
        return ExitCode.Done;
    }

    private static void WriteText(List<AccessToken> tokens, Dictionary<Guid, string> names)
    {
        string[] heads = ["ID", "USER", "NAME", "SCOPES", "FROM", "EXPIRES (UTC)", "LAST USED (UTC)"];
        TextTable.Write(heads, tokens.Select(t => new[]
        {
            t.Guid.ToString(), names.GetValueOrDefault(t.UserGuid, "?"), t.Name, t.Scopes,
            t.AllowedFrom.Length == 0 ? "anywhere" : t.AllowedFrom, Day(t.ExpiresAt), Day(t.LastUsedAt),
        }));
    }

    private static string Day(DateTime? time) =>
        time?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never";

    private static void WriteJson(List<AccessToken> tokens, Dictionary<Guid, string> names)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            json.WriteString("guid", token.Guid);
            json.WriteString("user", names.GetValueOrDefault(token.UserGuid, ""));
            json.WriteString("name", token.Name);
            json.WriteString("scopes", token.Scopes);
            json.WriteString("allowed_from", token.AllowedFrom);
            json.WriteString("created_by", token.CreatedBy);
            json.WriteString("created_at", token.CreatedAt);
            Time(json, "expires_at", token.ExpiresAt);
            Time(json, "last_used_at", token.LastUsedAt);
            json.WriteString("last_address", token.LastAddress);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Time(Utf8JsonWriter json, string name, DateTime? time)
    {
        if (time is { } known) json.WriteString(name, known);
        else json.WriteNull(name);
    }

    private static Command Revoke()
    {
        var data = StoredApi.DataOption();
        var id = new Argument<Guid>("id") { Description = "The id that hawser token list shows." };
        var command = new Command("revoke", "End an API token, within a second also on running servers.") { id, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: false,
            async accounts =>
            {
                if (!await accounts.Rules.RevokeAsync(parsed.GetValue(id), null, cancel))
                {
                    throw UserCommand.Refused("There is no such token; hawser token list shows them.");
                }

                await accounts.NoteAsync(ConsoleOperation.DeleteToken, parsed.GetValue(id).ToString(), cancel);
                await Console.Out.WriteLineAsync("The token is void.");
                return ExitCode.Done;
            }, cancel));
        return command;
    }
}
