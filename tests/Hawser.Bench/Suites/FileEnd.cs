using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Host;

namespace Hawser.Bench.Suites;

/// <summary>
/// One end of encrypted sessions on loopback, run by <see cref="SessionFiles"/> as <c>file-end host PORT</c>, <c>get|put PORT REMOTE
/// LOCAL</c>, <c>idle PORT COUNT</c>, or <c>box SECONDS BYTES</c>. The measuring ones write a line of JSON.
/// </summary>
internal static class FileEnd
{
    private const string Password = "secret";
    private const string HostId = "123456789";
    private static readonly HandshakeOptions Patient = new() { Limit = TimeSpan.FromSeconds(60) };

    public static async Task<int> RunAsync(string[] args)
    {
        if (args[1] == "box")
        {
            Box(double.Parse(args[2], CultureInfo.InvariantCulture), Whole(args[3]));
            return 0;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var port = Whole(args[2]);
        if (args[1] == "host") await HostAsync(port, limit.Token);
        else if (args[1] == "idle") await IdleAsync(port, Whole(args[3]), limit.Token);
        else await MoveAsync(args[1] == "get", port, args[3], args[4], limit.Token);
        return 0;
    }

    private static async Task HostAsync(int port, CancellationToken cancellation)
    {
        var secrets = new HostSecrets();
        secrets.SetPermanent(Password);
        await using var host = new SessionHost(new HostOptions { Id = HostId, Secrets = secrets, MostSessions = 1000 });
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen(64);
        Console.WriteLine("{}");
        while (true)
        {
            var socket = await listener.AcceptAsync(cancellation);
            _ = Task.Run(() => ServeAsync(host, socket, cancellation), cancellation);
        }
    }

    private static async Task ServeAsync(SessionHost host, Socket socket, CancellationToken cancellation)
    {
        var made = await SecureChannel.AcceptAsync(Wire(socket), Identity(), secure: true, Patient, cancellation);
        await host.RunAsync(new IncomingSession(made.Channel!) { Remote = IPAddress.Loopback }, cancellation);
    }

    private static async Task<ControllerSession> CallAsync(int port, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        var made = await SecureChannel.ConnectAsync(Wire(socket), HostId, Identity().PublicKey, Patient, cancellation);
        var options = new ControllerOptions { Target = HostId, MyId = "987654321", Files = new FileTransfer() };
        var session = new ControllerSession(made.Channel!, options);
        var step = await session.LoginAsync(Password, cancellation);
        if (step.State != LoginState.In || !session.IsEncrypted) throw new IOException($"no session: {step}");
        return session;
    }

    private static async Task MoveAsync(bool get, int port, string remote, string local, CancellationToken cancellation)
    {
        await using var session = await CallAsync(port, cancellation);
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var result = get ? await session.Files.GetAsync(remote, local, null, cancellation)
            : await session.Files.PutAsync(local, remote, null, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        if (result.Moved != 1) throw new IOException(string.Join("; ", result.Errors));
        Say(("bytes", new FileInfo(local).Length), ("seconds", seconds), ("own_cpu", (process.TotalProcessorTime - cpu).TotalSeconds));
    }

    private static async Task IdleAsync(int port, int count, CancellationToken cancellation)
    {
        var sessions = new List<ControllerSession>();
        for (var i = 0; i < count; i++) sessions.Add(await CallAsync(port, cancellation));
        Console.WriteLine("{}");
        // Until the suite has looked at the host and ends this process.
        await Task.WhenAny(sessions.Select(s => s.Ended));
    }

    private static void Box(double seconds, int length)
    {
        var key = new byte[Sodium.KeyLength];
        Sodium.RandomBytes(key);
        var (sender, taker) = (new SecretStream(key), new SecretStream(key));
        var buffer = new byte[SecretStream.Overhead + length];
        Sodium.RandomBytes(buffer);
        for (var i = 0; i < 200; i++) Turn();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var frames = 0L;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            for (var i = 0; i < 64; i++, frames++) Turn();
        }

        var took = clock.Elapsed.TotalSeconds;
        process.Refresh();
        Say(("bytes", frames * (double)length), ("seconds", took), ("server_cpu", (process.TotalProcessorTime - cpu).TotalSeconds));

        void Turn()
        {
            sender.SealInPlace(buffer);
            taker.OpenInPlace(buffer);
        }
    }

    private static PeerIdentity Identity() => new(HostId, "bench"u8, new byte[Sodium.SeedLength]);

    private static StreamWire Wire(Socket socket)
    {
        socket.NoDelay = true;
        return new StreamWire(new NetworkStream(socket, ownsSocket: true));
    }

    private static void Say(params (string Name, double Value)[] values) =>
        Console.WriteLine(JsonSerializer.Serialize(values.ToDictionary(v => v.Name, v => v.Value)));

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
