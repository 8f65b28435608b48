using System.Diagnostics;
using System.Net;
using Google.Protobuf;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
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
    // Until the code that a still screen runs is compiled for good.
    private static readonly TimeSpan StillWarm = TimeSpan.FromSeconds(45);

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
            + $"decoded picture; drawing the card, packing and unpacking all count as CPU. The still screen is measured after "
            + $"{StillWarm.TotalSeconds:0} s, both ends together. {rounds.Summary}");
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
        Stages(report);
        report.Add(new Goal("age of a picture, p50", "", rounds.Median("VP9", s => s["p50"]), 40, AtLeast: false, "ms"));
        report.Add(new Goal("age of a picture, p95", "", rounds.Median("VP9", s => s["p95"]), 80, AtLeast: false, "ms"));
        report.Add(new Goal("age, relayed, p50", "", rounds.Median(Relayed, s => s["p50"]), 40, AtLeast: false, "ms"));
        report.Add(new Goal("age, relayed, p95", "", rounds.Median(Relayed, s => s["p95"]), 80, AtLeast: false, "ms"));
        report.Add(new Goal("CPU of a still screen", "", rounds.Median(Still, s => s["cpu"]) * 100, 0.5, AtLeast: false, "%"));
        return report;
    }

    // One after the other on one thread, so that each shows its own.
    private static void Stages(SuiteReport report)
    {
        var rows = new List<string[]>();
        foreach (var codec in new[] { VideoCodec.Vp9, VideoCodec.H264, VideoCodec.Vp8, VideoCodec.Av1 }.Where(VideoCodecs.Encodable().Contains))
        {
            using var encoder = VideoCodecs.NewEncoder(new EncoderShape(codec, Width, Height, FullChroma: false), 4000, Fps);
            using var decoder = VideoCodecs.NewDecoder(codec);
            var picture = new Picture(Width, Height);
            var secret = new SecretStream(new byte[32]);
            double draw = 0, pack = 0, seal = 0, unpack = 0;
            const int warm = 30;
            const int counted = 90;
            for (var i = 0; i < warm + counted; i++)
            {
                if (i == warm) (draw, pack, seal, unpack) = (0, 0, 0, 0);
                var at = Stopwatch.GetTimestamp();
                TestCard.Draw(picture, i);
                Add(ref draw, ref at);
                var packed = encoder.Encode(picture, i * 1000L / Fps, i == 0);
                Add(ref pack, ref at);
                if (packed is not { } done) continue;
                var frame = VideoCodecs.ToWire(codec, new EncodedVideoFrame
                {
                    Data = UnsafeByteOperations.UnsafeWrap(done.Data), Key = done.IsKey, Pts = i,
                }, 0);
                _ = FrameWriter.Frame(new Message { VideoFrame = frame }, secret);
                Add(ref seal, ref at);
                _ = decoder.Decode(done.Data.Span);
                Add(ref unpack, ref at);
            }

            rows.Add([codec.ToString(), .. new[] { draw, pack, seal, unpack }.Select(ms => Figures.Text(ms / counted))]);
        }

        report.Note("What a picture costs by stage, milliseconds on average, 4000 kbit/s; packing and unpacking include the conversion of "
            + "colours. The rest of a picture's age is waiting: for the next moment that the rate of pictures allows, and for the acknowledgement "
            + "of the one before.");
        report.Table(["codec", "draw", "convert and pack", "frame and seal", "unpack and convert"], rows);
    }

    private static void Add(ref double sum, ref long since)
    {
        sum += Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        since = Stopwatch.GetTimestamp();
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
        // One that nobody waits for ticks all the same, and would be most of what a still screen costs.
        using var timer = new PeriodicTimer(moves ? TimeSpan.FromSeconds(1.0 / Fps) : Timeout.InfiniteTimeSpan);
        // The rate climbs, and the first pictures compile the code.
        const int warm = 4 * Fps;
        var cpu = TimeSpan.Zero;
        var start = 0L;
        if (!moves)
        {
            // Code that is still being compiled costs more than the session does.
            await Task.Delay(StillWarm, CancellationToken.None);
            (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
            stage.Counts = true;
            await Task.Delay(TimeSpan.FromSeconds(seconds), CancellationToken.None);
        }

        for (var tick = 0; moves && tick < warm + seconds * Fps && await timer.WaitForNextTickAsync(CancellationToken.None); tick++)
        {
            if (tick == warm)
            {
                (cpu, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
                stage.Counts = true;
            }

            born[tick + 1] = Stopwatch.GetTimestamp();
            card.Advance();
        }

        var took = Stopwatch.GetElapsedTime(start);
        var used = (Environment.CpuUsage.TotalTime - cpu) / took;
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
