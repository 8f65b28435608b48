using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Desktop;
using Hawser.Session.Host;
using Hawser.Session.Video;

namespace Hawser.Bench.Suites;

/// <summary>
/// One end of a session on a path, run by a suite as <c>desk-end host|viewer acknowledged|free SECONDS</c> in a namespace of its
/// own. The host has 10.77.0.1. The viewer writes a line of JSON.
/// </summary>
internal static class DeskEnd
{
    private const int Port = 5000;
    private const string Password = "secret";
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = TimeSpan.FromSeconds(double.Parse(args[3], CultureInfo.InvariantCulture));
        using var limit = new CancellationTokenSource(seconds + Warm + TimeSpan.FromSeconds(40));
        if (args[1] == "host") await HostAsync(limit.Token);
        else await ViewAsync(seconds, args[2] == "acknowledged", limit.Token);
        return 0;
    }

    private static async Task HostAsync(CancellationToken cancellation)
    {
        var secrets = new HostSecrets();
        secrets.SetPermanent(Password);
        await using var desk = new NoiseDesk();
        await using var host = new SessionHost(new HostOptions { Id = "1", Secrets = secrets, Desk = desk });
        using var listener = new DirectListener(new IPEndPoint(IPAddress.Parse("10.77.0.1"), Port));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var moving = desk.MoveAsync(over.Token);
        var (channel, remote) = await listener.AcceptAsync("1", cancellation);
        await host.RunAsync(new IncomingSession(channel) { Remote = remote }, cancellation);
        await over.CancelAsync();
        await moving;
    }

    private static async Task ViewAsync(TimeSpan time, bool acknowledges, CancellationToken cancellation)
    {
        await using var channel = await CallAsync(cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var gate = new SemaphoreSlim(1);
        async Task SendAsync(Message message)
        {
            await gate.WaitAsync(cancellation);
            try
            {
                await channel.SendAsync(message, cancellation);
            }
            finally
            {
                gate.Release();
            }
        }

        var (ages, bytes, pictures) = (new List<double>(), 0L, 0);
        var clock = Stopwatch.StartNew();
        var probing = Task.CompletedTask;
        while (clock.Elapsed < Warm + time && await channel.ReceiveAsync(cancellation) is { } message)
        {
            var counts = clock.Elapsed >= Warm;
            if (message.Hash is { } hash) await SendAsync(Login(hash, acknowledges));
            else if (message.LoginResponse?.PeerInfo is not null) probing = ProbeAsync(SendAsync, over.Token);
            else if (message.TestDelay is { FromClient: false }) await SendAsync(message);
            else if (message.TestDelay is { } echo && counts)
            {
                ages.Add(Stopwatch.GetElapsedTime(echo.Time).TotalMilliseconds);
            }
            else if (message.VideoFrame is { } frame)
            {
                if (counts) (bytes, pictures) = (bytes + frame.CalculateSize(), pictures + 1);
                if (acknowledges) await SendAsync(new Message { Misc = new Misc { VideoReceived = true } });
            }
        }

        await over.CancelAsync();
        await probing;
        ages.Sort();
        double At(double part) => ages.Count == 0 ? double.NaN : ages[(int)((ages.Count - 1) * part)];
        Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["p50"] = At(0.5),
            ["p99"] = At(0.99),
            ["kbit_s"] = bytes * 8 / 1000.0 / time.TotalSeconds,
            ["pictures_s"] = pictures / time.TotalSeconds,
        }));
        await SendAsync(new Message { Misc = new Misc { CloseReason = "" } });
    }

    private static async Task<SecureChannel> CallAsync(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await DirectListener.CallAsync(new ServerName("10.77.0.1", Port), TimeSpan.FromSeconds(5), cancellation);
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellation);
            }
        }
    }

    private static Message Login(Hash hash, bool acknowledges) => new()
    {
        LoginRequest = new LoginRequest
        {
            Username = "10.77.0.1",
            MyId = "2",
            Version = "1.4.9",
            Password = ByteString.CopyFrom(PasswordProof.Answer(PasswordProof.Store(Password, hash.Salt), hash.Challenge)),
            VideoAckRequired = acknowledges,
            Option = new OptionMessage { CustomImageQuality = 2000 << 8, SupportedDecoding = VideoCodecs.Decoding() },
        },
    };

    private static async Task ProbeAsync(Func<Message, Task> send, CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(BetweenProbes);
            while (await timer.WaitForNextTickAsync(stop))
            {
                await send(new Message { TestDelay = new TestDelay { FromClient = true, Time = Stopwatch.GetTimestamp() } });
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    // Nothing packs badly enough to fill a path but noise.
    private sealed class NoiseDesk : Desk
    {
        private const int Width = 640;
        private const int Height = 360;
        private readonly DisplayInfo[] _displays = [new DisplayInfo { Width = Width, Height = Height, Online = true, Scale = 1 }];
        private Noise? _open;

        public override IReadOnlyList<DisplayInfo> Displays => _displays;

        public override Screen Open(int display) => _open = new Noise();

        public async Task MoveAsync(CancellationToken stop)
        {
            try
            {
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / 30.0));
                while (await timer.WaitForNextTickAsync(stop)) _open?.Tell();
            }
            catch (OperationCanceledException)
            {
                // Over.
            }
        }

        private sealed class Noise : Screen
        {
            private readonly Picture _picture = new(Width, Height);
            private int _changes = 1;

            public void Tell()
            {
                Interlocked.Exchange(ref _changes, 1);
                OnChanged();
            }

            public override bool TakeChange() => Interlocked.Exchange(ref _changes, 0) != 0;

            public override Picture Grab()
            {
                // A part of it: what no quantizer makes small enough would measure the codec, not the path.
                for (var y = 0; y < Height / 12; y++) Random.Shared.NextBytes(_picture.Row(y));
                return _picture;
            }

            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}
