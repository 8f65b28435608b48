using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hawser.Session.Kcp;

namespace Hawser.Bench.Suites;

/// <summary>
/// One end of a transfer over a path, run by a suite as <c>path-end send|receive kcp|cubic|… SECONDS</c> in a namespace of its
/// own: by KCP, or by TCP with a congestion control. The sender has 10.77.0.1. The receiver writes a line of JSON.
/// </summary>
internal static class PathEnd
{
    private const int Port = 5000;
    private const int Tcp = 6;
    private const int TcpCongestion = 13;
    private const int BlockSize = 128 * 1024;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);
    private static readonly IPEndPoint Sender = new(IPAddress.Parse("10.77.0.1"), Port);
    private static readonly IPEndPoint Receiver = new(IPAddress.Parse("10.77.0.2"), Port);

    public static async Task<int> RunAsync(string[] args)
    {
        var isSender = args[1] == "send";
        var seconds = double.Parse(args[3], CultureInfo.InvariantCulture);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds) + Warm + TimeSpan.FromSeconds(30));
        await using var stream = args[2] == "kcp"
            ? await KcpAsync(isSender, limit.Token) : await TcpAsync(args[2], isSender, limit.Token);
        if (isSender) await SendAsync(stream, limit.Token);
        else await ReceiveAsync(stream, TimeSpan.FromSeconds(seconds), limit.Token);
        return 0;
    }

    private static async Task<Stream> TcpAsync(string congestion, bool isSender, CancellationToken cancellation)
    {
        if (isSender)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.SetRawSocketOption(Tcp, TcpCongestion, Encoding.ASCII.GetBytes(congestion));
            listener.Bind(Sender);
            listener.Listen();
            return new NetworkStream(await listener.AcceptAsync(cancellation), ownsSocket: true);
        }

        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(Sender, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(50, cancellation);
            }
        }
    }

    private static async Task<Stream> KcpAsync(bool isSender, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(isSender ? Sender : Receiver);
        var handshake = new KcpHandshake(socket, isSender ? Receiver : Sender, TimeProvider.System, new KcpTimings());
        return isSender ? await handshake.AcceptAsync(cancellation) : await handshake.DialAsync(cancellation);
    }

    private static async Task SendAsync(Stream stream, CancellationToken cancellation)
    {
        var block = new byte[BlockSize];
        Random.Shared.NextBytes(block);
        // One byte says that the receiver has enough.
        var enough = stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellation).AsTask();
        try
        {
            while (!enough.IsCompleted) await stream.WriteAsync(block, cancellation);
        }
        catch (IOException)
        {
            // The receiver has gone.
        }
    }

    private static async Task ReceiveAsync(Stream stream, TimeSpan time, CancellationToken cancellation)
    {
        var buffer = new byte[BlockSize];
        long bytes = 0;
        for (var start = Stopwatch.StartNew(); start.Elapsed < Warm;) bytes += await stream.ReadAsync(buffer, cancellation);
        bytes = 0;
        var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < time) bytes += await stream.ReadAsync(buffer, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["mb_s"] = bytes / 1e6 / seconds,
            ["cpu_s_gb"] = (process.TotalProcessorTime - cpu).TotalSeconds / (bytes / 1e9),
        }));
        await stream.WriteAsync(new byte[1], cancellation);
    }
}
