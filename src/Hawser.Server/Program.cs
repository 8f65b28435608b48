using Hawser.Server;
using Hawser.Server.Commands;

try
{
    // The common start does not pay for the command-line library. Its options are read by the same code either way.
    if (args is ["serve", ..] && !args.Any(Cli.AsksForHelp)) return await ServeCommand.RunAsync(args[1..]);
    return await Cli.RunAsync(args);
}
catch (StartupException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return e.Code;
}
