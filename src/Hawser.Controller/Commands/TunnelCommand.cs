using System.CommandLine;
using System.Globalization;
using System.Net;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Tunnel;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID tunnel LOCAL:HOST:PORT</c>.</summary>
internal static class TunnelCommand
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

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
            using var listener = new PortListener(new IPEndPoint(IPAddress.Loopback, local));
            // Tells a wrong password or a closed target now, not with the first connection.
            await (await OpenAsync(call, parsed.GetValue(id)!, wish, cancellation)).DisposeAsync();
            Console.Out.WriteLine($"127.0.0.1:{listener.Local.Port} leads to {wish.Host}:{wish.Port}");
            await Console.Out.FlushAsync(cancellation);
            var open = new HashSet<Task>();
            try
            {
                while (true)
                {
                    var client = await listener.AcceptAsync(cancellation);
                    open.RemoveWhere(t => t.IsCompleted);
                    open.Add(ForwardAsync(client, call, parsed.GetValue(id)!, wish, cancellation));
                }
            }
            catch (OperationCanceledException)
            {
                await Task.WhenAll(open);
                return Exit.Done;
            }
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

    private static Task<ControllerSession> OpenAsync(
        HostCall call, string target, PortForward wish, CancellationToken cancellation) =>
        call.OpenAsync(target, o => o with { Tunnel = wish }, cancellation);

    private static async Task ForwardAsync(
        Stream client, HostCall call, string target, PortForward wish, CancellationToken cancellation)
    {
        await using var own = client;
        try
        {
            await using var session = await OpenAsync(call, target, wish, cancellation);
            await using var tunnel = await session.TunnelAsync();
            await TunnelPump.RunAsync(client, tunnel, Forever, TimeProvider.System, cancellation);
        }
        catch (Exception e) when (e is Failure or IOException or OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested) await Console.Error.WriteLineAsync(e.Message);
        }
    }
}
