using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID chat</c>: lines both ways.</summary>
internal static class ChatCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var command = new Command("chat", "Write to whoever is at the machine; a line is a message.") { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!,
                o => o with
                {
                    Terminal = new Terminal(),
                    Events = new ControllerEvents { Chat = text => Console.Out.WriteLine(
                        call.Json ? JsonSerializer.Serialize(new { text }) : Plain(text)) },
                },
                cancellation);
            while (!session.Ended.IsCompleted && await Console.In.ReadLineAsync(cancellation) is { } line)
            {
                session.SendChat(line);
            }

            return Exit.Done;
        });
        return command;
    }

    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
