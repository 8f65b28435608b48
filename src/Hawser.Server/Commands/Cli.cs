using System.CommandLine;
using Hawser.Server.Commands.Accounts;
using Hawser.Server.Commands.Apply;

namespace Hawser.Server.Commands;

/// <summary>The commands of the <c>hawser</c> program.</summary>
internal static class Cli
{
    private const string Description = """
        Hawser: an ID server, relay and more for RustDesk clients, in the place of hbbs and hbbr.

        Examples:
          hawser serve --data /var/lib/hawser                     all roles, default ports
          hawser serve --data ./data --public-host rd.example     and print what clients need to know
          hawser serve --role relay --key <public key> --announce-to http://rd.example:21114 \
                       --advertise relay2.example --join-key-file join.key
          hawser import --from /var/lib/rustdesk-server --data /var/lib/hawser
          hawser user add admin --admin --data /var/lib/hawser    make an administrator
          hawser backup /backups/hawser.zip --data /var/lib/hawser   while the server runs
          hawser restore /backups/hawser.zip --data /var/lib/hawser
          hawser config show --data /var/lib/hawser               effective options and where they came from
          hawser doctor rd.example                                does everything answer, from here?
          hawser ctl --data /var/lib/hawser relay usage           ask the running server
          hawser apply -f fleet.yaml --plan --data /var/lib/hawser   what would change to be as the file says
          hawser access explain --user anna --device 123456789    may she connect, and why?

        Every option is also a HAWSER_* variable and a name in hawser.json; RustDesk's own names (-r, -k, RELAY,
        ALWAYS_USE_RELAY, .env files, ...) are understood.

        Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
        """;

    public static bool AsksForHelp(string argument) => argument is "--help" or "-h" or "-?" or "/?" or "/h";

    public static RootCommand Create()
    {
        var root = new RootCommand(Description);
        root.Add(ServeCommand.Create());
        root.Add(ImportCommand.Create());
        root.Add(UserCommand.Create());
        root.Add(TokenCommand.Create());
        root.Add(BackupCommand.Create());
        root.Add(BackupCommand.CreateRestore());
        root.Add(SettingsCommand.Create());
        root.Add(KeyCommand.Create());
        root.Add(ConfigCommand.Create());
        root.Add(SsoCommand.Create());
        root.Add(LdapCommand.Create());
        root.Add(CtlCommand.Create());
        root.Add(AccessCommand.Create());
        root.Add(ApplyCommand.Create());
        root.Add(AuditCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(LoadCommand.Create());
        root.Add(VersionCommand.Create());
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("hawser --help shows what there is.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }
}
