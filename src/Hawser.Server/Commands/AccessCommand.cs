using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Hawser.Api;
using Hawser.Api.Access;

namespace Hawser.Server.Commands;

/// <summary><c>hawser access</c>: who may connect, and why.</summary>
internal static class AccessCommand
{
    public static Command Create()
    {
        var user = new Option<string>("--user") { Description = "The one who connects; left away: not logged in.",
            HelpName = "NAME", DefaultValueFactory = _ => "" };
        var device = new Option<string>("--device") { Description = "The device that is to be reached.",
            HelpName = "ID", Required = true };
        var at = new Option<string>("--at") { Description = "When, like 2026-05-04T08:00+02:00; left away: now.",
            HelpName = "TIME", DefaultValueFactory = _ => "" };
        var data = StoredApi.DataOption();
        var database = new Option<string?>("--database")
        {
            Description = "The database; as the server finds it when not given.", HelpName = "ADDRESS",
        };
        var json = new Option<bool>("--json") { Description = "Print the explanation as JSON." };
        var explain = new Command("explain", """
            Say whether a user may connect to a device, and which rule, group or setting decides it.

            Reads the database that the server uses, while it runs. Nothing is changed.

            Examples:
              hawser access explain --user anna --device 123456789
              hawser access explain --device 123456789                  somebody who is not logged in
              hawser access explain --user anna --device 123456789 --at 2026-05-04T22:00+02:00 --json
            """) { user, device, at, data, database, json };
        explain.SetAction(async (parsed, cancel) =>
        {
            var options = Read(parsed.GetValue(data), parsed.GetValue(database));
            await using var api = await StoredApi.OpenAsync(options, cancel);
            return await ExplainAsync(
                api, parsed.GetValue(user)!, parsed.GetValue(device)!, parsed.GetValue(at)!, parsed.GetValue(json),
                cancel);
        });
        return new Command("access", "Who may connect to what.") { explain };
    }

    private static HawserOptions Read(string? data, string? database)
    {
        var arguments = new List<string>();
        if (data is not null) arguments.AddRange(["--data", data]);
        if (database is not null) arguments.AddRange(["--database", database]);
        return NodeOptions.Read(arguments).Options;
    }

    private static async Task<int> ExplainAsync(
        StoredApi api, string user, string device, string at, bool asJson, CancellationToken cancellationToken)
    {
        var when = api.Time.GetUtcNow();
        if (at.Length > 0 && !DateTimeOffset.TryParse(
            at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out when))
        {
            throw new StartupException(
                $"--at: \"{at}\" is no time; use one like 2026-05-04T08:00+02:00.", exitCode: ExitCode.Usage);
        }

        var (explanation, error) = await AccessExplainer.ExplainAsync(
            (api.Db, api.Get<ApiParts>().Pins), user, device, when.UtcDateTime, cancellationToken);
        if (explanation is null) throw new StartupException(error);
        await Console.Out.WriteAsync(asJson ? Json(explanation) : Text(explanation));
        return ExitCode.Done;
    }

    private static string Json(AccessExplanation explanation)
    {
        var json = new AccessJson(new JsonSerializerOptions(AccessJson.Default.Options)
        {
            WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
        return JsonSerializer.Serialize(explanation, json.AccessExplanation) + "\n";
    }

    internal static string Text(AccessExplanation e)
    {
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-14}{value}\n");
        var who = e.User.Length == 0 ? "Somebody who is not logged in" : e.User;
        text.Append(CultureInfo.InvariantCulture,
            $"{who} {(e.Allowed ? "MAY" : "MAY NOT")} connect to {e.Device} at {e.At:yyyy-MM-dd HH:mm:ss} UTC.\n");
        Line("because", e.Reason.Replace('_', ' '));
        if (e.Rules.FirstOrDefault(r => r.Guid == e.Rule) is { } rule) Line("rule", Describe(rule));
        if (e.Text is not null) Line("is told", e.Text);
        if (e.ControlRole is not null)
        {
            var imposed = e.Permissions is null ? "imposes nothing"
                : string.Join(", ", e.Permissions.Select(p => $"{p.Key}: {Lower(p.Value)}"));
            Line("role", $"{e.ControlRole} ({imposed})");
        }

        if (e.UserGroup is not null) Line("user", $"group {e.UserGroup}{(e.IsAdmin ? ", administrator" : "")}");
        Line("device", (e.DeviceEnabled ? "enabled" : "disabled") + ", owner " + (e.DeviceOwner ?? "nobody")
            + ", groups " + (e.DeviceGroups.Count == 0 ? "none" : string.Join(", ", e.DeviceGroups)));
        Line("policy", Lower(e.DefaultPolicy) + (e.LoginRequired ? ", login required" : ""));
        foreach (var other in e.Rules.Where(r => r.Guid != e.Rule)) Line("other rule", Describe(other));
        return text.ToString();
    }

    private static string Describe(ExplainedRule rule)
    {
        var name = rule.Name.Length > 0 ? $"\"{rule.Name}\"" : $"{rule.Guid}";
        var hours = rule.Problem ?? rule.Hours ?? "always";
        return $"{name}: {rule.For} -> {rule.Opens}, {hours}{(rule.OpenThen ? "" : " (closed then)")}";
    }

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
