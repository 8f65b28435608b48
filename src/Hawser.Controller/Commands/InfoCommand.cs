using System.CommandLine;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID info</c>.</summary>
internal static class InfoCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var command = new Command("info", "Log in and say what the machine is.") { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            await using var session = await call.OpenAsync(
                parsed.GetValue(id)!, o => o with { Files = new FileTransfer() }, cancellation);
            var host = session.Host!;
            var facts = new Dictionary<string, object>
            {
                ["id"] = parsed.GetValue(id)!,
                ["hostname"] = host.Hostname,
                ["username"] = host.Username,
                ["platform"] = host.Platform,
                ["version"] = host.Version,
                ["terminal"] = host.Features?.Terminal ?? false,
                ["reached_by"] = call.How,
                ["encrypted"] = session.IsEncrypted,
                ["forbidden"] = session.Denied.Select(d => d.ToString()).Order().ToArray(),
            };
            if (call.Json) Console.Out.WriteLine(JsonSerializer.Serialize(facts));
            else
            {
                foreach (var (name, value) in facts)
                {
                    var text = value is string[] list ? (list.Length > 0 ? string.Join(", ", list) : "nothing") : value;
                    Console.Out.WriteLine($"{name.Replace('_', ' '),-12} {Plain.Text($"{text}")}");
                }
            }

            return Exit.Done;
        });
        return command;
    }
}
