using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect online ID…</c>.</summary>
internal static class OnlineCommand
{
    public static Command Create(CallOptions calling)
    {
        var ids = new Argument<string[]>("ids") { Description = "Ids.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("online", "Say which machines are online; 3 when one is not.") { ids };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            var all = parsed.GetValue(ids)!;
            var states = await ServerQuestions.AreOnlineAsync(
                call.CallerOptions(ConnType.DefaultConn), parsed.GetValue(calling.MyId)!, all, cancellation);
            if (call.Json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(
                    all.Zip(states).DistinctBy(p => p.First).ToDictionary(p => p.First, p => p.Second)));
            }
            else
            {
                foreach (var (id, online) in all.Zip(states))
                {
                    Console.Out.WriteLine($"{id,-16} {(online ? "online" : "offline")}");
                }
            }

            return states.All(s => s) ? Exit.Done : Exit.NotReachable;
        });
        return command;
    }
}
