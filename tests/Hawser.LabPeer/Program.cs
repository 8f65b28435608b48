using System.Globalization;
using System.Text.Json;
using Hawser.LabPeer;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;

// A peer for test labs, in a process of its own so that it can live in a network namespace of its own.
//   host   --server H:P --key K --id ID [--transport Udp|Tcp|WebSocket] [--learn-nat]
//   caller --server H:P --key K --id ID [--transport …] [--paths Tcp,Udp,Relay] [--learn-nat]
//   line   a cable with two ends, line0 and line1; it reads "delay MS, loss PERCENT" as two numbers a line
//   echo   [--port N] listens on a port and gives back what arrives, until its input ends
//   bounce --port N --bytes N   sends bytes there and checks what comes back
// It prints one JSON object a line. A host serves sessions until its input ends; a caller makes one.
switch (args[0])
{
    case "line": return await Line.RunAsync();
    case "echo": return await Echo.ServeAsync(args is [_, "--port", var own] ? int.Parse(own, CultureInfo.InvariantCulture) : 0);
    case "bounce": return await Echo.BounceAsync(int.Parse(args[2], CultureInfo.InvariantCulture),
        int.Parse(args[4], CultureInfo.InvariantCulture));
}

var options = args.Skip(1).Chunk(2).ToDictionary(p => p[0], p => p.Length > 1 ? p[1] : "", StringComparer.Ordinal);
if (!ServerName.TryParse(options["--server"], ServerName.RendezvousPort, out var server))
{
    return Say(2, "bad", "--server");
}

var transport = Enum.Parse<ServerTransport>(options.GetValueOrDefault("--transport", "Udp"));
var timings = new PeerTimings
{
    Tick = TimeSpan.FromMilliseconds(100),
    Retry = TimeSpan.FromSeconds(1),
    Reconnect = TimeSpan.FromMilliseconds(500),
    Answer = TimeSpan.FromSeconds(int.Parse(options.GetValueOrDefault("--answer", "8"), CultureInfo.InvariantCulture)),
};
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
try
{
    var nat = options.ContainsKey("--learn-nat") ? await LearnNatAsync() : NatType.Asymmetric;
    return args[0] switch
    {
        "host" => await HostAsync(nat),
        "caller" => await CallAsync(nat),
        _ => Say(2, "bad", args[0]),
    };
}
catch (Exception e) when (e is IOException or OperationCanceledException)
{
    return Say(1, "failed", e.Message);
}

async Task<NatType> LearnNatAsync()
{
    var probe = new PeerOptions { Server = server, Timings = timings };
    var ports = await NatTest.RunAsync(probe, limit.Token);
    Write(new { @event = "nat", type = ports.Type.ToString(), local = ports.LocalPort, main = ports.MainPort,
        second = ports.SecondPort });
    return ports.Type;
}

async Task<int> HostAsync(NatType nat)
{
    await using var host = await PeerHost.StartAsync(
        new PeerHostOptions
        {
            Server = server,
            Key = options["--key"],
            Identity = PeerIdentity.Generate(options["--id"]),
            Transport = transport,
            Timings = timings,
            NatType = nat,
        },
        limit.Token);
    Write(new { @event = "registered" });
    using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
    var serving = ServeAsync(host, stop.Token);
    while (await Console.In.ReadLineAsync(limit.Token) is not null)
    {
        // Input only ends.
    }

    await stop.CancelAsync();
    await serving;
    return 0;
}

async Task ServeAsync(PeerHost host, CancellationToken cancellation)
{
    try
    {
        while (true)
        {
            var session = await host.AcceptAsync(cancellation);
            await using var conversation = new Conversation(session.Channel);
            var heard = await conversation.ReadChatAsync(cancellation);
            var delay = await conversation.MeasureDelayAsync(cancellation);
            await conversation.SendChatAsync("hello from host", cancellation);
            await conversation.Ended.WaitAsync(cancellation);
            Report(session.Channel, session.How, heard, delay);
        }
    }
    catch (Exception e) when (e is OperationCanceledException or IOException)
    {
        Write(new { @event = "stopped", failure = host.LastFailure });
    }
}

async Task<int> CallAsync(NatType nat)
{
    var call = new PeerCallerOptions
    {
        Server = server,
        Key = options["--key"],
        Transport = transport,
        Timings = timings,
        NatType = nat,
        Paths = Enum.Parse<Paths>(options.GetValueOrDefault("--paths", "Tcp,Relay")),
    };
    var start = TimeProvider.System.GetTimestamp();
    var result = await PeerCaller.ConnectAsync(options["--id"], call, limit.Token);
    if (result.Channel is null) return Say(1, result.Outcome.ToString(), result.Detail);
    var took = TimeProvider.System.GetElapsedTime(start);
    var conversation = new Conversation(result.Channel);
    await conversation.SendChatAsync("hello from caller", limit.Token);
    var heard = await conversation.ReadChatAsync(limit.Token);
    var delay = await conversation.MeasureDelayAsync(limit.Token);
    Report(result.Channel, result.How, heard, delay, took, result.Remote?.ToString());
    await conversation.CloseAsync("done");
    return 0;
}

static void Report(
    SecureChannel channel, ReachedBy how, string heard, TimeSpan delay, TimeSpan took = default,
        string? remote = null) => Write(
    new
    {
        @event = "session",
        how = how.ToString(),
        encrypted = channel.IsEncrypted,
        heard,
        delay = delay.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture),
        took = took.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture),
        remote,
    });

static int Say(int code, string outcome, string detail)
{
    Write(new { @event = "failed", outcome, detail });
    return code;
}

static void Write(object line)
{
    Console.Out.WriteLine(JsonSerializer.Serialize(line));
    Console.Out.Flush();
}
