using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID rdp</c>: a tunnel to the machine's own remote desktop, and a client for it.</summary>
internal static class RdpCommand
{
    // In the order of preference, with what each wants to be told.
    private static readonly (string Program, string Address)[] Clients =
    [
        ("xfreerdp3", "/v:{0}"), ("xfreerdp", "/v:{0}"), ("sdl-freerdp3", "/v:{0}"), ("rdesktop", "{0}"),
    ];

    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var port = new Option<int>("--port") { Description = "The local port; any when not given.", HelpName = "PORT" };
        var noClient = new Option<bool>("--no-client") { Description = "Start no client, only say where it leads." };
        var command = new Command("rdp", "Reach the machine's RDP server (port 3389 there) and start a client for it.")
        {
            id, port, noClient,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var local = parsed.GetValue(port);
            if (local is < 0 or > 65535) throw new Failure(Exit.Usage, $"--port {local}: from 1 to 65535.");
            // Names no host: the machine knows where its own is (§16).
            var wish = new PortForward { Host = "RDP", Port = 0 };
            await using var tunnel = await LocalTunnel.OpenAsync(
                new HostCall(calling, parsed), parsed.GetValue(id)!, local, wish, cancellation);
            var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{tunnel.Port}");
            using var client = parsed.GetValue(noClient) ? null : Start(address);
            if (parsed.GetValue(calling.Json))
            {
                Console.Out.WriteLine(new JsonObject { ["address"] = address, ["client"] = client is not null }
                    .ToJsonString());
            }
            else if (client is null)
            {
                Console.Out.WriteLine($"Connect an RDP client to {address}; Ctrl+C ends the tunnel.");
            }

            await Console.Out.FlushAsync(cancellation);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var serving = tunnel.RunAsync(over.Token);
            if (client is not null)
            {
                await Task.WhenAny(client.WaitForExitAsync(over.Token), serving);
                await over.CancelAsync();
            }

            await serving;
            return Exit.Done;
        });
        return command;
    }

    private static Process? Start(string address)
    {
        foreach (var (program, form) in Clients)
        {
            try
            {
                return Process.Start(new ProcessStartInfo(
                    program, [string.Format(CultureInfo.InvariantCulture, form, address)]));
            }
            catch (Win32Exception)
            {
                // Not on this machine.
            }
        }

        Console.Error.WriteLine("There is no RDP client here; apt install freerdp2-x11 brings one.");
        return null;
    }
}
