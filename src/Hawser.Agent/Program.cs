using System.CommandLine;
using Hawser.Agent.Commands;
using Hawser.Agent.Serving;

try
{
    var root = new RootCommand("Makes this machine reachable for remote terminals, files and tunnels.");
    root.Add(RunCommand.Create());
    root.Add(ConfigCommand.Create());
    root.Add(PasswordCommand.Create());
    root.Add(IdentityCommands.Id());
    root.Add(IdentityCommands.Status());
    root.Add(EnrolCommands.Assign());
    root.Add(EnrolCommands.Deploy());
    root.Add(InstallCommand.Create());
    root.Add(InstallCommand.Remove());
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (AgentFailure e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return e.Code;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
