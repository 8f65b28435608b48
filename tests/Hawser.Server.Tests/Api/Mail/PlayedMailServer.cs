using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hawser.Server.Tests.Api.Mail;

/// <summary>A mail server that plays a part, well or badly, and keeps every line it heard.</summary>
internal sealed class PlayedMailServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="play">What one connection does.</param>
    public PlayedMailServer(Func<Line, Task> play)
    {
        _listener.Start();
        _serving = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
                try
                {
                    await play(new Line(client.GetStream(), reader, Heard, _stop.Token));
                }
                catch (IOException)
                {
                    // The other side had enough.
                }
            }
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<string> Heard { get; } = new();

    /// <summary>A server that does all as it should, with answers of its own to some commands.</summary>
    public static PlayedMailServer Polite(string offers = "AUTH PLAIN LOGIN XOAUTH2", params (string Command, string Answer)[] own) =>
        new(async line =>
        {
            await line.SayAsync("220 mail.example ESMTP");
            while (await line.HearAsync() is { } command)
            {
                var answer = own.FirstOrDefault(o => command.StartsWith(o.Command, StringComparison.Ordinal)).Answer;
                if (answer is null)
                {
                    answer = command.Split(' ')[0] switch
                    {
                        "EHLO" => "250-mail.example\r\n250-SIZE 1000000\r\n250 " + offers,
                        "AUTH" => "235 welcome",
                        "DATA" => "354 go on",
                        "QUIT" => "221 bye",
                        _ => "250 fine",
                    };
                }

                await line.SayAsync(answer);
                if (command == "DATA" && answer[0] == '3')
                {
                    while (await line.HearAsync() is not (null or "."))
                    {
                    }

                    await line.SayAsync("250 taken");
                }

                if (command == "QUIT") return;
            }
        });

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        try
        {
            _serving.GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidOperationException or SocketException)
        {
            // As asked, also before it began.
        }

        _stop.Dispose();
    }

    /// <summary>One connection.</summary>
    internal sealed class Line(Stream stream, StreamReader reader, ConcurrentQueue<string> heard, CancellationToken stop)
    {
        public Task SayAsync(string line) => SendAsync(line + "\r\n");

        public Task SendAsync(string text) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop).AsTask();

        public async Task<string?> HearAsync()
        {
            var line = await reader.ReadLineAsync(stop);
            if (line is not null) heard.Enqueue(line);
            return line;
        }

        /// <summary>Says nothing any more, and does not close either.</summary>
        public Task FreezeAsync() => Task.Delay(Timeout.InfiniteTimeSpan, stop);
    }
}
