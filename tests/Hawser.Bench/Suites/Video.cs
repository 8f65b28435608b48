using System.Diagnostics;
using System.Net;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Host;
using Hawser.Session.Video;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Bench.Suites;

/// <summary>A moving 1280×720 desk over loopback: how old a picture is when it is seen, and what it costs.</summary>
internal static class Video
{
    private const int Width = 1280;
    private const int Height = 720;
    private const int Fps = 30;
    private const string Still = "VP9, still";
    private const string Relayed = "VP9, relayed";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("video", "A desk over loopback");
        List<Candidate> candidates =
        [
            new("VP9", () => Measure(bench, Prefer.Vp9, moves: true)),
            new(Relayed, () => MeasureRelayed(bench)),
            new("H264", () => Measure(bench, Prefer.H264, moves: true)),
            new("VP8", () => Measure(bench, Prefer.Vp8, moves: true)),
            new("AV1", () => Measure(bench, Prefer.Av1, moves: true)),
            new(Still, () => Measure(bench, Prefer.Vp9, moves: false)),
        ];
        var rounds = Rounds.Run(bench.Arguments, report, "video", candidates, s => s["seen"]);
        report.Note($"Host and controller in one process, {Width}×{Height}, a test card with {Fps} pictures a second, Best "
            + $"quality, acknowledged picture by picture, without a relay but where it says so. The age runs from the change of the card to the "
            + $"decoded picture; drawing the card, packing and unpacking all count as CPU. {rounds.Summary}");
        report.Table(
            ["", "pictures seen/s", "age p50 ms", "age p95 ms", "CPU of one core", "kbit/s"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s.PerSecond("seen"))),
                Figures.Text(rounds.Median(c.Name, s => s["p50"])),
                Figures.Text(rounds.Median(c.Name, s => s["p95"])),
                $"{rounds.Median(c.Name, s => s["cpu"]):P1}",
                Figures.Text(rounds.Median(c.Name, s => s.PerSecond("bytes")) * 8 / 1000),
            }));
        report.Add(new Goal("age of a picture, p50", "", rounds.Median("VP9", s => s["p50"]), 40, AtLeast: false, "ms"));
        report.Add(new Goal("age of a picture, p95", "", rounds.Median("VP9", s => s["p95"]), 80, AtLeast: false, "ms"));
        report.Add(new Goal("age, relayed, p50", "", rounds.Median(Relayed, s => s["p50"]), 40, AtLeast: false, "ms"));
        report.Add(new Goal("age, relayed, p95", "", rounds.Median(Relayed, s => s["p95"]), 80, AtLeast: false, "ms"));
        report.Add(new Goal("CPU of a still screen", "", rounds.Median(Still, s => s["cpu"]) * 100, 0.5, AtLeast: false, "%"));
        return report;
    }

    private static Sample Measure(BenchContext bench, Prefer codec, bool moves) =>
        MeasureAsync(bench.Arguments.Seconds, codec, moves, relay: null).GetAwaiter().GetResult();

    private static Sample MeasureRelayed(BenchContext bench)
    {
        using var server = HawserServer.Start(bench);
        var relay = (Address: $"127.0.0.1:{server.Relay}", server.Key);
        return MeasureAsync(bench.Arguments.Seconds, Prefer.Vp9, moves: true, relay).GetAwaiter().GetResult();
    }

    private static async Task<SecureChannel> JoinAsync((string Address, string Key) relay, string ticket, bool isHost)
    {
        var request = new RequestRelay { Uuid = ticket, LicenceKey = relay.Key };
        var options = new PeerCallerOptions { Server = new ServerName("127.0.0.1", 1), Key = relay.Key };
        return SecureChannel.InClear(await RelayJoin.JoinAsync(relay.Address, request, options), "1", isHost);
    }

    private static async Task<Sample> MeasureAsync(
        double seconds, Prefer codec, bool moves, (string Address, string Key)? relay)
    {
        await using var card = new TestCard(Width, Height);
        var secrets = new HostSecrets();
        secrets.SetPermanent("secret");
        var host = new SessionHost(new HostOptions { Id = "1", Secrets = secrets, Desk = card });
        using var listener = new DirectListener(new IPEndPoint(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var ticket = Guid.NewGuid().ToString();
        var serving = relay is { } there ? ServeRelayedAsync(there, ticket, host, stop.Token) : ServeAsync(listener, host, stop.Token);
        var channel = relay is { } same ? await JoinAsync(same, ticket, isHost: false) : await DirectListener.CallAsync(
            new ServerName("127.0.0.1", listener.Local.Port), TimeSpan.FromSeconds(10), stop.Token);
        Sample sample;
        await using (var session = new ControllerSession(channel, new ControllerOptions
        {
            Target = "127.0.0.1",
            Wishes = new OptionMessage
            {
                ImageQuality = ImageQuality.Best,
                SupportedDecoding = VideoCodecs.Decoding(codec),
            },
        }))
        {
            var step = await session.LoginAsync("secret", stop.Token);
            if (step.State != LoginState.In) throw new IOException(step.Text);
            sample = await WatchAsync(card, session, seconds, moves);
        }

        await stop.CancelAsync();
        await serving;
        await host.DisposeAsync();
        return sample;
    }

    private static async Task ServeRelayedAsync(
        (string Address, string Key) relay, string ticket, SessionHost host, CancellationToken stop) => await host.RunAsync(
            new IncomingSession(await JoinAsync(relay, ticket, isHost: true)) { Remote = IPAddress.Loopback }, stop);

    private static async Task ServeAsync(DirectListener listener, SessionHost host, CancellationToken stop)
    {
        var (channel, remote) = await listener.AcceptAsync("1", stop);
        await host.RunAsync(new IncomingSession(channel) { Remote = remote }, stop);
    }

    private static async Task<Sample> WatchAsync(TestCard card, ControllerSession session, double seconds, bool moves)
    {
        var born = new long[1 << 20];
        var stage = new Stage();
        using var stop = new CancellationTokenSource();
        var seeing = SeeAsync(session, born, stage, stop.Token);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / Fps));
        var number = 0L;
        var process = Process.GetCurrentProcess();
        // The rate climbs, and the first pictures compile the code; a still one gets good meanwhile.
        const int warm = 4 * Fps;
        var cpu = TimeSpan.Zero;
        var start = 0L;
        for (var tick = 0; tick < warm + seconds * Fps && await timer.WaitForNextTickAsync(CancellationToken.None); tick++)
        {
            if (tick == warm)
            {
                process.Refresh();
                (cpu, start) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
                stage.Counts = true;
            }

            if (!moves) continue;
            born[++number] = Stopwatch.GetTimestamp();
            card.Advance();
        }

        var took = Stopwatch.GetElapsedTime(start);
        process.Refresh();
        var used = (process.TotalProcessorTime - cpu) / took;
        await stop.CancelAsync();
        await seeing;
        var ages = stage.Ages.Order().ToArray();
        double At(double part) => ages.Length == 0 ? double.NaN : ages[(int)((ages.Length - 1) * part)];
        return Sample.Of(("seconds", took.TotalSeconds), ("seen", stage.Seen), ("bytes", stage.Bytes), ("p50", At(0.5)),
            ("p95", At(0.95)), ("cpu", used));
    }

    private static async Task SeeAsync(ControllerSession session, long[] born, Stage stage, CancellationToken stop)
    {
        using var player = new VideoPlayer(session);
        try
        {
            while (await session.Screen.ReadAsync(stop) is { } frame)
            {
                if (player.Play(frame) is not { } picture || !stage.Counts) continue;
                stage.Seen++;
                stage.Bytes += frame.Size;
                var number = TestCard.Read(picture);
                if (number < born.Length && born[number] != 0)
                {
                    stage.Ages.Add(Stopwatch.GetElapsedTime(born[number]).TotalMilliseconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private sealed class Stage
    {
        public volatile bool Counts;

        public List<double> Ages { get; } = [];

        public int Seen { get; set; }

        public long Bytes { get; set; }
    }
}
