using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Data.Accounts;

namespace Hawser.Server.Commands.Accounts;

/// <summary><c>hawser user list</c>.</summary>
internal static class UserList
{
    public static Command Create()
    {
        var data = StoredApi.DataOption();
        var json = new Option<bool>("--json") { Description = "One JSON array, for programs." };
        var command = new Command("list", "Show all accounts.") { json, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(
            parsed.GetValue(data), create: false, accounts => RunAsync(accounts, parsed.GetValue(json), cancel),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(StoredApi accounts, bool json, CancellationToken cancellationToken)
    {
        var users = new List<UserSummary>();
        await foreach (var user in accounts.Rules.SummariesAsync(cancellationToken)) users.Add(user);
        if (json) WriteJson(users);
        else WriteText(users);
        return ExitCode.Done;
    }

    private static void WriteText(List<UserSummary> users)
    {
        string[] heads = ["NAME", "STATUS", "RIGHTS", "SECOND FACTOR", "GROUP", "E-MAIL", "LAST LOGIN (UTC)"];
        TextTable.Write(heads, users.Select(u => new[]
        {
            u.User.Name, Status(u.User), u.User.IsAdmin ? "admin" : "user", Factor(u.User), u.Group, u.User.Email,
            u.User.LastLoginAt?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "never",
        }));
    }

    private static void WriteJson(List<UserSummary> users)
    {
        using var output = Console.OpenStandardOutput();
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (var (user, group) in users)
        {
            json.WriteStartObject();
            json.WriteString("guid", user.Guid);
            json.WriteString("name", user.Name);
            json.WriteString("display_name", user.DisplayName);
            json.WriteString("email", user.Email);
            json.WriteString("status", Status(user));
            json.WriteBoolean("is_admin", user.IsAdmin);
            json.WriteString("second_factor", Factor(user));
            json.WriteString("group", group);
            json.WriteString("origin", user.Origin);
            json.WriteString("created_at", user.CreatedAt);
            if (user.LastLoginAt is { } login) json.WriteString("last_login_at", login);
            else json.WriteNull("last_login_at");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Status(User user) => user.Status switch
    {
        UserStatus.Normal => "enabled",
        UserStatus.Disabled => "disabled",
        _ => "unverified",
    };

    private static string Factor(User user) =>
        user.TotpEnabled ? "authenticator" : user.EmailLogin ? "e-mail" : user.SmsLogin ? "sms" : "none";
}
