using System.Net;
using System.Net.Sockets;
using System.Text;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>From the start of the process to its first answer.</summary>
internal static class Startup
{
    private const string Hello = "JIT hello world, ASP.NET Core";
    private const string Hawser = "hawser";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("startup", "Start to first answer");
        var kept = bench.Tools.InWork("startup-data");
        if (Directory.Exists(kept)) Directory.Delete(kept, true);
        Directory.CreateDirectory(kept);
        using (var first = HawserServer.Launch(bench, kept)) first.WaitReady(30);
        _ = bench.Tools.Hello;
        StartHello(bench);
        List<Candidate> candidates = [new(Hello, () => StartHello(bench)), new(Hawser, () => StartHawser(bench, kept))];
        var arguments = bench.Arguments with { Rounds = Math.Max(bench.Arguments.Rounds, 5) };
        var rounds = Rounds.Run(arguments, report, "start", candidates, s => s["http"]);
        report.Note("Milliseconds from starting the process, data folder already made: first datagram answered by the "
            + "rendezvous role, first HTTP answer of the whole server (/health/live), first answer of its API "
            + $"(/api/login-options); CPU until that HTTP answer. {rounds.Summary}");
        report.Table(["program", "UDP ms, median (least)", "HTTP ms, median (least)", "API ms", "CPU ms", "PSS MiB then"], candidates.Select(c => new[]
        {
            c.Name,
            $"{Figures.Text(rounds.Median(c.Name, s => s["udp"]))} ({Figures.Text(Figures.Least(rounds.Of(c.Name).Select(s => s["udp"])))})",
            $"{Figures.Text(rounds.Median(c.Name, s => s["http"]))} ({Figures.Text(Figures.Least(rounds.Of(c.Name).Select(s => s["http"])))})",
            Figures.Text(rounds.Median(c.Name, s => s["api"])),
            Figures.Text(rounds.Median(c.Name, s => s["cpu"])),
            Figures.Text(rounds.Median(c.Name, s => s["pss"] / 1024)),
        }));
        report.Add(new Goal("whole server, start to first HTTP answer", Hello,
            Against(rounds, s => s["http"]), 1.3, AtLeast: false));
        report.Add(new Goal("rendezvous role, start to first registration answered", Hello,
            Against(rounds, s => s["udp"]), 0.5, AtLeast: false));
        return report;
    }

    private static double Against(Rounds rounds, Func<Sample, double> figure) => rounds.Refusal.Length > 0 ? double.NaN
        : Figures.Median(rounds.Of(Hawser).Zip(rounds.Of(Hello), (a, b) => figure(a) / b["http"]));

    private static Sample StartHello(BenchContext bench)
    {
        var port = Ports.Block(1);
        var start = TimeProvider.System.GetTimestamp();
        using var child = Child.Start(bench.Tools.Hello, [$"{port}"], Path.GetDirectoryName(bench.Tools.Hello));
        return Watch(start, child.Pid, port, 0, "/", "/");
    }

    private static Sample StartHawser(BenchContext bench, string data)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var server = HawserServer.Launch(bench, data);
        return Watch(start, server.Pid, server.HttpPort, server.Rendezvous, "/health/live", "/api/login-options");
    }

    private static Sample Watch(long start, int pid, int http, int udp, string path, string api)
    {
        // RegisterPeer of an id that nobody has: answered with "send your key" as soon as the devices are loaded.
        byte[] register = [0x32, 0x0d, 0x0a, 0x09, .. "999999999"u8, 0x10, 0x03];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, udp == 0 ? http : udp));
        double udpAt = udp == 0 ? double.NaN : 0, httpAt = 0, apiAt = 0, cpu = 0;
        var machine = ProcessReading.MachineSeconds();
        var self = ProcessReading.CpuSeconds(Environment.ProcessId);
        while (httpAt == 0 || udpAt == 0 || apiAt == 0)
        {
            var now = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            if (now > 30_000) throw new TimeoutException("no answer within 30 s of the start");
            if (udpAt == 0 && Answers(socket, register)) udpAt = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            if (httpAt == 0 && Answers(http, path))
            {
                httpAt = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
                cpu = ProcessReading.CpuSeconds(pid) * 1000;
            }
            else if (httpAt > 0 && apiAt == 0 && Answers(http, api))
            {
                apiAt = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
            }

            Thread.Sleep(1);
        }

        var wall = TimeProvider.System.GetElapsedTime(start).TotalSeconds * Environment.ProcessorCount;
        var own = ProcessReading.CpuSeconds(pid) + ProcessReading.CpuSeconds(Environment.ProcessId) - self;
        var after = ProcessReading.MachineSeconds();
        Thread.Sleep(300);
        return Sample.Of(("udp", udpAt), ("http", httpAt), ("api", apiAt), ("cpu", cpu), ("pss", ProcessReading.PssKib(pid)),
            ("foreign", Math.Max(0, after.Busy - machine.Busy - own) / wall), ("steal", (after.Stolen - machine.Stolen) / wall));
    }

    private static bool Answers(Socket socket, byte[] request)
    {
        var answer = new byte[256];
        try
        {
            socket.Send(request);
        }
        catch (SocketException)
        {
            return false;   // nobody listens yet
        }

        Thread.Sleep(1);
        try
        {
            return socket.Receive(answer) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Answers(int port, string path)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 2000 };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"));
            var answer = new byte[512];
            var count = socket.Receive(answer);
            return count > 12 && Encoding.ASCII.GetString(answer, 0, 12).EndsWith(" 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
