using System.CommandLine;
using Hawser.Api.Directories;
using Hawser.Api.Directories.Wire;

namespace Hawser.Server.Commands;

/// <summary><c>hawser ldap test|sync|report</c>: the directory that users come from; it is set by
/// <c>hawser settings set directory</c>.</summary>
internal static class LdapCommand
{
    public static Command Create() => new("ldap", "The LDAP directory that users come from.")
    {
        Test(), Sync(), Report(),
    };

    private static Command Report()
    {
        var data = StoredApi.DataOption();
        var command = new Command("report", "How the last synchronisation went.") { data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            if (api.Settings.Get(SyncReport.Key) is { At: not null } report) Write(report, Console.Out);
            else Console.Out.WriteLine("There was none yet.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Test()
    {
        var data = StoredApi.DataOption();
        var user = new Option<string?>("--user") { Description = "Look this login name up.", HelpName = "NAME" };
        var password = new Option<bool>("--password-stdin")
        {
            Description = "Check the user's password too; it is read from standard input.",
        };
        var command = new Command(
            "test", "Connect, bind, count people, and look somebody up.") { user, password, data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            var secret = parsed.GetValue(password) ? await Console.In.ReadLineAsync(cancel) : null;
            return await GuardAsync(() => TestAsync(
                api.Get<DirectoryClient>(), Stored(api), parsed.GetValue(user), secret, cancel));
        });
        return command;
    }

    private static Command Sync()
    {
        var data = StoredApi.DataOption();
        var trial = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var command = new Command("sync", "Synchronise users with the directory now.") { trial, data };
        command.SetAction(async (parsed, cancel) =>
        {
            await using var api = await StoredApi.OpenAsync(parsed.GetValue(data), cancel);
            return await GuardAsync(async () =>
            {
                var report = await api.Get<DirectorySync>().RunAsync(Stored(api), parsed.GetValue(trial), cancel);
                Write(report, Console.Out);
                return report.Complaint.Length == 0 ? ExitCode.Done : ExitCode.Failure;
            });
        });
        return command;
    }

    private static async Task<int> TestAsync(
        DirectoryClient client, DirectorySettings settings, string? user, string? password,
        CancellationToken cancellationToken)
    {
        if (settings.BindPattern.Length == 0 || settings.BindDn.Length > 0)
        {
            await using (var connection = await client.OpenAsync(settings, cancellationToken))
            {
                Console.Out.WriteLine(
                    $"connected and bound, {(connection.IsEncrypted ? "encrypted" : "NOT encrypted")}");
            }

            var (people, disabled) = (0, 0);
            await foreach (var person in client.ListAsync(settings, cancellationToken))
            {
                people++;
                if (person.IsDisabled) disabled++;
            }

            Console.Out.WriteLine($"{people} people under {settings.BaseDn}, {disabled} of them disabled there");
            if (user is not null && password is null)
            {
                return Tell(user, await client.FindAsync(settings, user, cancellationToken), settings);
            }
        }

        if (user is null || password is null) return ExitCode.Done;
        return Tell(user, await client.AuthenticateAsync(settings, user, password, cancellationToken), settings);
    }

    private static int Tell(string user, DirectoryPerson? found, DirectorySettings settings)
    {
        if (found is null)
        {
            Console.Out.WriteLine($"{user}: unknown, ambiguous, without an id attribute, or a wrong password");
            return ExitCode.Failure;
        }

        var source = DirectoryRules.Source(settings);
        Console.Out.WriteLine($"{found.Dn}");
        Console.Out.WriteLine($"  id      {found.Person.Subject}");
        Console.Out.WriteLine($"  name    {found.Person.LoginName} ({found.Person.DisplayName})");
        Console.Out.WriteLine($"  mail    {found.Person.Email}");
        Console.Out.WriteLine($"  groups  {string.Join(", ", found.Person.Groups ?? [])}");
        Console.Out.WriteLine($"  here    group {source.GroupOf(found.Person) ?? "(unchanged)"}, administrator: "
            + (source.IsAdmin(found.Person)?.ToString() ?? "(unchanged)")
            + (source.AdminRoles.Count == 0 ? "" : ", admin roles: "
                + (source.RolesOf(found.Person) is { Count: > 0 } roles ? string.Join(", ", roles) : "none")));
        if (found.IsDisabled) Console.Out.WriteLine("  may not log in: disabled in the directory");
        else if (source.Refusal(found.Person) is { } refusal) Console.Out.WriteLine($"  may not log in: {refusal}");
        return ExitCode.Done;
    }

    private static DirectorySettings Stored(StoredApi api) =>
        api.Settings.Get(DirectorySettings.Key) is { Urls.Count: > 0 } set
        ? set : throw new StartupException("no directory is set; see: hawser settings set --help");

    private static async Task<int> GuardAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (LdapFault e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Failure;
        }
    }

    private static void Write(SyncReport report, TextWriter output)
    {
        var when = report.At is { } at ? $" on {at:yyyy-MM-dd HH:mm} UTC" : "";
        output.WriteLine($"Synchronised{when}: {report.Read} people read, {report.Admitted} have accounts, "
            + $"{report.Refused} may have none, {report.Left} left out, {report.Vanished} vanished, "
            + $"{report.Disabled} disabled.");
        if (report.Complaint.Length > 0) output.WriteLine(report.Complaint);
    }
}
