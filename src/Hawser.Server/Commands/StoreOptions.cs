using System.CommandLine;
using Hawser.Data;

namespace Hawser.Server.Commands;

/// <summary>
/// The options by which a command that works on the data finds them: as the server finds them, so that hawser.json and
/// the environment count too.
/// </summary>
internal sealed class StoreOptions
{
    private readonly Option<string?> _data = new("--data") { Description = "The data folder.", HelpName = "DIR" };

    private readonly Option<string?> _database = new("--database")
    {
        Description = "sqlite, or a PostgreSQL server as URL or connection string.", HelpName = "ADDRESS",
    };

    private readonly Option<string?> _databaseFile = new("--database-file")
    {
        Description = "The file that holds the value of --database.", HelpName = "FILE",
    };

    private readonly Option<string?> _config = new("--config", "-c")
    {
        Description = "A hawser.json.", HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_database);
        command.Add(_databaseFile);
        command.Add(_config);
    }

    /// <summary>The options in force; on errors prints all of them and throws with the usage code.</summary>
    public HawserOptions Read(ParseResult parsed)
    {
        var arguments = new List<string>();
        foreach (var option in (Option<string?>[])[_data, _database, _databaseFile, _config])
        {
            if (parsed.GetValue(option) is { } value) arguments.AddRange([option.Name, value]);
        }

        return NodeOptions.Read(arguments).Options;
    }

    /// <summary>The store that these options name, not open.</summary>
    public static HawserStore Open(HawserOptions options) =>
        StoreAddress.TryParse(options.Database, out var address, out var error)
            ? HawserStore.For(options.Data, database: address)
            : throw new StartupException($"--database {error}.", exitCode: ExitCode.Usage);
}
