using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Controller.Commands;

try
{
    var calling = new CallOptions();
    var root = new RootCommand("Works with remote machines: hawser-connect ID view|type|click|shell|get|put|…");
    calling.AddTo(root);
    Command[] commands =
    [
        InfoCommand.Create(calling), ShellCommand.Create(calling), ListCommand.Create(calling),
        TransferCommands.Get(calling), TransferCommands.Put(calling), TunnelCommand.Create(calling),
        ViewCommand.Create(calling), DeskCommands.Screenshot(calling), DeskCommands.Type(calling),
        DeskCommands.Click(calling), ClipboardCommand.Create(calling),
        ListenCommand.Create(calling), CallCommand.Create(calling), ChatCommand.Create(calling),
        OnlineCommand.Create(calling),
        ProfileCommand.Create(calling), RdpCommand.Create(calling), SwitchCommand.Create(calling),
        LoginCommands.Login(calling),
        LoginCommands.Logout(calling), BookCommands.AddressBooks(calling), BookCommands.Devices(calling),
    ];
    foreach (var command in commands) root.Add(command);
    // People name the machine first; the library wants the command first.
    string[] ordered = args is [var id, var verb, .. var rest] && id[0] != '-'
        && commands.All(c => c.Name != id) && commands.Any(c => c.Name == verb) ? [verb, id, .. rest] : args;
    return await root.Parse(ordered).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
    });
}
catch (Failure e)
{
    await Console.Error.WriteLineAsync(Said(e.Message, e.Code));
    return e.Code;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
{
    await Console.Error.WriteLineAsync(Said(e.Message, Exit.Failed));
    return Exit.Failed;
}
catch (OperationCanceledException)
{
    return Exit.Failed;
}

string Said(string error, int code) =>
    args.Contains("--json") ? JsonSerializer.Serialize(new { error, code }) : Plain.Text(error);
