using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID tunnel LOCAL:HOST:PORT</c>.</summary>
internal static class TunnelCommand
{
    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var spec = new Argument<string>("tunnel")
        {
            Description = "LOCALPORT:HOST:PORT as the machine sees it; LOCALPORT:PORT for the machine itself.",
        };
        var command = new Command(
            "tunnel", "Forward a local port. What goes through is NOT encrypted: use it for what encrypts itself.")
        {
            id, spec,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new HostCall(calling, parsed);
            var (local, wish) = Read(parsed.GetValue(spec)!);
            await using var tunnel = await LocalTunnel.OpenAsync(call, parsed.GetValue(id)!, local, wish, cancellation);
            var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{tunnel.Port}");
            Console.Out.WriteLine(call.Json
                ? JsonSerializer.Serialize(new
                {
                    address, leads_to = $"{wish.Host}:{wish.Port}", reached_by = call.How,
                })
                : $"{address} leads to {wish.Host}:{wish.Port}");
            await Console.Out.FlushAsync(cancellation);
            await tunnel.RunAsync(cancellation);
            return Exit.Done;
        });
        return command;
    }

    private static (int Local, PortForward Wish) Read(string text)
    {
        var parts = text.Split(':');
        static bool Port(string part, out ushort port) =>
            ushort.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out port);
        if (parts.Length is 2 or 3 && Port(parts[0], out var local) && Port(parts[^1], out var port) && port > 0)
        {
            return (local, new PortForward { Host = parts.Length == 3 ? parts[1] : "localhost", Port = port });
        }

        throw new Failure(Exit.Usage, $"{text}: LOCALPORT:HOST:PORT is needed, such as 5433:localhost:5432.");
    }
}
