using System.CommandLine;
using Hawser.Api.Accounts;
using Hawser.Api.Audit;
using Hawser.Data.Accounts;

namespace Hawser.Server.Commands.Accounts;

/// <summary><c>hawser user …</c>: accounts from the command line, for who owns the data folder.</summary>
internal static class UserCommand
{
    public static Command Create()
    {
        var command = new Command("user", """
            Make and look after accounts: of people who log in in their client, and of administrators.

            Works on the data folder (or database) itself, so run it as the server's user, for instance with
            sudo -u hawser. The server may be running; it sees changes within a second.

            Examples:
              hawser user add mara --email mara@example.net       a password is made up and printed
              hawser user add admin --admin --password-stdin < password.txt
              hawser user passwd mara                             asks for the new password
              hawser user reset-2fa mara                          the authenticator is lost
              hawser user disable mara                            out at once, everywhere
              hawser user list --json
            """);
        command.Add(Add());
        command.Add(Passwd());
        command.Add(Simple("reset-2fa", ConsoleOperation.ResetTwoFactor, """
            Take the second factors of a user away: authenticator, recovery codes, passkeys, trusted devices.

            The password stays. Where an authenticator is demanded, the user sets up a new one in the console.
            """, "second factors were reset", (rules, user, cancel) => rules.ResetTwoFactorAsync(user.Guid, cancel)));
        command.Add(UserList.Create());
        command.Add(Simple("disable", ConsoleOperation.DisableUser, """
            Switch an account off. Its logins end at once, its API tokens are void; nothing is deleted.
            """, "is disabled", (rules, user, cancel) => rules.SetStatusAsync(user.Guid, UserStatus.Disabled, cancel)));
        command.Add(Simple("enable", ConsoleOperation.EnableUser, """
            Switch an account on again, and forget a lock.
            """, "is enabled", (rules, user, cancel) => rules.SetStatusAsync(user.Guid, UserStatus.Normal, cancel)));
        command.Add(SetupCodeCommand());
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = "The login name." };

    private static Command Add()
    {
        var (name, data) = (Name(), StoredApi.DataOption());
        var admin = new Option<bool>("--admin") { Description = "An administrator, who may do everything." };
        var email = new Option<string>("--email") { Description = "The mail address.", HelpName = "ADDRESS",
            DefaultValueFactory = _ => "" };
        var display = new Option<string>("--display-name") { Description = "Shown to others instead of the name.",
            HelpName = "NAME", DefaultValueFactory = _ => "" };
        var stdin = PasswordInput.Stdin();
        var code = new Option<string?>("--setup-code")
        {
            Description = "The code that the first start printed; with --admin, for the first administrator.",
            HelpName = "CODE",
        };
        var command = new Command("add", """
            Make a user. Without --password-stdin a password is made up and printed.

            Who can write to the data folder needs no setup code. With one, it must be right, and it works once.
            """) { name, admin, email, display, stdin, code, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: true,
            accounts => AddAsync(
                accounts,
                new NewUser(parsed.GetValue(name)!, null)
                {
                    IsAdmin = parsed.GetValue(admin), Email = parsed.GetValue(email)!,
                    DisplayName = parsed.GetValue(display)!,
                },
                parsed.GetValue(stdin), parsed.GetValue(code), cancel), cancel));
        return command;
    }

    private static async Task<int> AddAsync(
        StoredApi accounts, NewUser wanted, bool stdin, string? code, CancellationToken cancellationToken)
    {
        if (code is not null)
        {
            if (!wanted.IsAdmin) throw Refused("--setup-code goes with --admin.");
            if (!await SetupCode.IsValidAsync(accounts.Db, code, cancellationToken))
            {
                throw Refused("--setup-code: that is not the code of this server, or an administrator exists already.");
            }
        }

        var password = stdin ? await PasswordInput.ReadAsync(cancellationToken) : PasswordInput.Generate();
        var made = await accounts.Rules.CreateAsync(wanted with { Password = password }, cancellationToken);
        if (made.User is not { } user) throw Refused(made.Error);
        await accounts.NoteAsync(
            ConsoleOperation.AddUser, user.Name, cancellationToken, ("admin", user.IsAdmin ? "true" : null));
        await Console.Out.WriteLineAsync($"{(user.IsAdmin ? "Administrator" : "User")} {user.Name} was made.");
        if (!stdin) await Console.Out.WriteLineAsync($"Password:  {password}");
        return ExitCode.Done;
    }

    private static Command Passwd()
    {
        var (name, data, stdin) = (Name(), StoredApi.DataOption(), PasswordInput.Stdin());
        var generate = new Option<bool>("--generate") { Description = "Make a password up and print it." };
        var command = new Command("passwd", """
            Give a user a new password. All logins of the user end at once.

            Asks for it at the terminal, unless it comes from standard input or is made up.
            """) { name, stdin, generate, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: false,
            accounts => PasswdAsync(
                accounts, parsed.GetValue(name)!, parsed.GetValue(stdin), parsed.GetValue(generate), cancel), cancel));
        return command;
    }

    private static async Task<int> PasswdAsync(
        StoredApi accounts, string name, bool stdin, bool generate, CancellationToken cancellationToken)
    {
        var user = await FindAsync(accounts, name, cancellationToken);
        var password = generate ? PasswordInput.Generate()
            : stdin ? await PasswordInput.ReadAsync(cancellationToken) : PasswordInput.Ask();
        var result = await accounts.Rules.SetPasswordAsync(user.Guid, password, null, cancellationToken);
        if (result.User is null) throw Refused(result.Error);
        await accounts.NoteAsync(ConsoleOperation.UpdateUser, user.Name, cancellationToken, ("changed", "password"));
        await Console.Out.WriteLineAsync($"{user.Name} has a new password; all logins ended.");
        if (generate) await Console.Out.WriteLineAsync($"Password:  {password}");
        return ExitCode.Done;
    }

    private static Command Simple(
        string word, ConsoleOperation operation, string description, string done,
        Func<AccountRules, User, CancellationToken, Task<AccountResult>> change)
    {
        var (name, data) = (Name(), StoredApi.DataOption());
        var command = new Command(word, description) { name, data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(
            parsed.GetValue(data), create: false, accounts => RunAsync(accounts, parsed.GetValue(name)!, cancel),
            cancel));
        return command;

        async Task<int> RunAsync(StoredApi accounts, string who, CancellationToken cancellationToken)
        {
            var user = await FindAsync(accounts, who, cancellationToken);
            var result = await change(accounts.Rules, user, cancellationToken);
            if (result.User is null) throw Refused(result.Error);
            await accounts.NoteAsync(operation, user.Name, cancellationToken);
            await Console.Out.WriteLineAsync($"{user.Name}: {done}.");
            return ExitCode.Done;
        }
    }

    private static Command SetupCodeCommand()
    {
        var data = StoredApi.DataOption();
        var command = new Command("setup-code", """
            Print a new setup code, with which the first administrator is made in the console. The old one is void.
            """) { data };
        command.SetAction((parsed, cancel) => StoredApi.RunAsync(parsed.GetValue(data), create: false,
            async accounts =>
            {
                var code = await SetupCode.RenewAsync(accounts.Db, accounts.Time.GetUtcNow().UtcDateTime, cancel)
                    ?? throw Refused(
                        "An administrator exists already: hawser user passwd helps who forgot a password.");
                await Console.Out.WriteLineAsync($"Setup code:  {code}");
                return ExitCode.Done;
            }, cancel));
        return command;
    }

    internal static async Task<User> FindAsync(
        StoredApi accounts, string name, CancellationToken cancellationToken) =>
        await accounts.Rules.FindAsync(name, cancellationToken)
            ?? throw Refused($"There is no user \"{name}\"; hawser user list shows who there is.");

    internal static StartupException Refused(string sentence) => new(sentence);
}
