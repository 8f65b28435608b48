using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Hawser.Server.Commands.Doctor;
using Hawser.Session.Connecting;
using Hawser.Session.Connecting.Probing;

namespace Hawser.Server.Commands;

/// <summary>
/// <c>hawser doctor</c>: asks a server what clients ask it, on every port, and says what does not work and why.
/// </summary>
internal static class DoctorCommand
{
    private static readonly Argument<string> Host = new("host")
    {
        Description = "The server: name or address. name:port sets the rendezvous port.",
    };

    private static readonly Option<int> RendezvousPort = Port("--rendezvous-port", "P.", ServerName.RendezvousPort, 3);
    private static readonly Option<int> RelayPort = Port("--relay-port", "R; 0 means P + 1.", 0, 0);
    private static readonly Option<int> HttpPort = Port("--http-port", "The HTTP port; 0 means P - 2.", 0, 0);
    private static readonly Option<string> Key = new("--key")
    {
        Description = "The server's public key as clients have it; without it some checks are left out.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<double> Limit = Timeout();
    private static readonly Option<bool> Json = new("--json") { Description = "As JSON, for programs." };

    public static Command Create()
    {
        const string what = "Check every port and role of a server from here, also of hbbs and hbbr.";
        var command = new Command("doctor", what) { Host, RendezvousPort, RelayPort, HttpPort, Key, Limit, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static Option<int> Port(string name, string what, int value, int least)
    {
        var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => value };
        option.Validators.Add(r =>
        {
            var given = r.GetValueOrDefault<int>();
            if (given < least || given > 65533) r.AddError($"{name} takes {least} to 65533.");
        });
        return option;
    }

    private static Option<double> Timeout()
    {
        var option = new Option<double>("--timeout")
        {
            Description = "Seconds that each check may take.",
            DefaultValueFactory = _ => 5,
        };
        option.Validators.Add(static r =>
        {
            if (r.GetValueOrDefault<double>() is not (>= 0.1 and <= 120)) r.AddError(
                "--timeout takes 0.1 to 120 seconds.");
        });
        return option;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken cancellation)
    {
        var text = given.GetValue(Host)!.Trim();
        if (!ServerName.TryParse(text, given.GetValue(RendezvousPort), out var server) || server.Port is < 3 or > 65533)
        {
            await Console.Error.WriteLineAsync($"hawser doctor: '{text}' is no server name or address.");
            return ExitCode.Usage;
        }

        var addresses = await ResolveAsync(server.Host, cancellation);
        if (addresses.Length == 0)
        {
            var sentence = $"The name {server.Host} does not resolve: check its spelling and its DNS records.";
            await (given.GetValue(Json)
                ? DoctorReport.WriteJsonAsync(Console.Out, new Diagnosis(server, [], sentence))
                : Console.Error.WriteLineAsync(sentence));
            return ExitCode.Failure;
        }

        var relay = given.GetValue(RelayPort);
        var http = given.GetValue(HttpPort);
        var found = new List<AddressDiagnosis>();
        foreach (var address in addresses)
        {
            var probe = new ServerProbe(new ProbeOptions
            {
                Address = address,
                RendezvousPort = server.Port,
                RelayPort = relay == 0 ? server.Port + 1 : relay,
                HttpPort = http == 0 ? server.Port - 2 : http,
                Key = given.GetValue(Key)!.Trim(),
                Limit = TimeSpan.FromSeconds(given.GetValue(Limit)),
            });
            var reverse = ReverseAsync(address, cancellation);
            found.Add(new AddressDiagnosis(address, await reverse, await probe.RunAsync(cancellation)));
        }

        var diagnosis = new Diagnosis(server, found, "");
        if (given.GetValue(Json)) await DoctorReport.WriteJsonAsync(Console.Out, diagnosis);
        else DoctorReport.Show(DoctorReport.Terminal(), diagnosis);
        return diagnosis.IsHealthy ? ExitCode.Done : ExitCode.Failure;
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            // Lower case as clients write it; some resolvers care.
            return await Dns.GetHostAddressesAsync(host.ToLowerInvariant(), cancellation);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }

    // Many addresses have no name, and some resolvers are slow to say so: neither is a problem.
    private static async Task<string?> ReverseAsync(IPAddress address, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            var entry = await Dns.GetHostEntryAsync(address.ToString(), limit.Token).WaitAsync(limit.Token);
            return entry.HostName == address.ToString() ? null : entry.HostName;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
