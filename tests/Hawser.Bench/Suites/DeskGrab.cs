using System.Diagnostics;
using System.Globalization;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Video;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Bench.Suites;

/// <summary>
/// A real X server's screen: what it costs our agent to show a moving one to a controller, against ffmpeg's x11grab with
/// the same encoder settings, and what a still one costs once the code is compiled.
/// </summary>
internal static class DeskGrab
{
    private const string Ours = "agent";
    private const string Theirs = "ffmpeg";
    private const string Still = "agent, still screen";
    private const int Kilobits = 1500;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongWarm = TimeSpan.FromSeconds(60);

    public static SuiteReport Run(BenchContext bench)
    {
        foreach (var program in (string[])["Xvfb", "ffplay", "ffmpeg"])
        {
            if (!File.Exists($"/usr/bin/{program}")) throw new InvalidOperationException($"{program} is not installed");
        }

        var report = new SuiteReport("desk-grab", "A real screen");
        var agent = Build(bench);
        List<Candidate> candidates =
        [
            new($"{Theirs}, VP9", () => MeasureTheirs(bench, "libvpx-vp9", ["-row-mt", "1", "-tile-columns", "1"])),
            new($"{Ours}, VP9", () => MeasureOurs(bench, agent, Prefer.Vp9, moves: true)),
            new($"{Theirs}, VP8", () => MeasureTheirs(bench, "libvpx", ["-threads", "1"])),
            new($"{Ours}, VP8", () => MeasureOurs(bench, agent, Prefer.Vp8, moves: true)),
            new(Still, () => MeasureOurs(bench, agent, Prefer.Vp9, moves: false)),
        ];
        var rounds = Rounds.Run(bench.Arguments, report, "desk-grab", candidates, s => s.PerSecond("seen"));
        report.Note("Xvfb at 1280×720 with a film of 640×360 on it, 30 pictures a second; VP8 and VP9 at real-time speed 12 "
            + $"and 7, {Kilobits} kbit/s, quantizer 4 to 56, no look-ahead, in both. CPU of the capturing process alone, not "
            + "of the X server or the viewer; the agent also encodes its messages and sends them, ffmpeg throws its film away. "
            + $"The still screen is measured after a minute, when the code is compiled. {rounds.Summary}");
        report.Table(
            ["", "pictures/s", "CPU of one core", "CPU ms a picture"],
            candidates.Select(c => new[]
            {
                c.Name,
                Figures.Text(rounds.Median(c.Name, s => s.PerSecond("seen"))),
                $"{rounds.Median(c.Name, s => s.PerSecond("cpu")):P1}",
                c.Name == Still ? "-" : Figures.Text(rounds.Median(c.Name, Cost) * 1000),
            }));
        foreach (var codec in (string[])["VP9", "VP8"])
        {
            var ratio = rounds.Ratio($"{Ours}, {codec}", $"{Theirs}, {codec}", Cost);
            report.Add(new Goal($"CPU a picture, {codec}", "ffmpeg x11grab", ratio, 1.1, AtLeast: false));
        }

        report.Add(new Goal("CPU of a still screen, of one core", "",
            rounds.Median(Still, s => s.PerSecond("cpu")) * 100, 0.5, AtLeast: false, "%"));
        return report;
    }

    private static double Cost(Sample sample) => sample["cpu"] / sample["seen"];

    private static string Build(BenchContext bench)
    {
        var output = bench.Tools.InWork("agent");
        Child.Run("dotnet", ["build", Path.Combine(bench.Tools.Root, "src", "Hawser.Agent"), "-c", "Release", "-o", output,
            "-v", "q", "--nologo", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"]);
        return Path.Combine(output, "hawser-agent");
    }

    private static Sample MeasureTheirs(BenchContext bench, string codec, string[] more)
    {
        using var x = XScreen.Start(moves: true);
        var speed = codec == "libvpx" ? "-12" : "7";
        using var ffmpeg = Child.Start("ffmpeg",
        [
            "-nostdin", "-v", "error", "-progress", "pipe:1", "-stats_period", "0.1", "-f", "x11grab", "-draw_mouse", "0",
            "-framerate", "30", "-video_size", "1280x720", "-i", x.Name, "-pix_fmt", "yuv420p", "-c:v", codec,
            "-deadline", "realtime", "-cpu-used", speed, "-b:v", $"{Kilobits}k", "-minrate", $"{Kilobits}k", "-maxrate",
            $"{Kilobits}k", "-bufsize", $"{Kilobits}k", "-qmin", "4", "-qmax", "56", "-lag-in-frames", "0", "-g", "100000",
            "-threads", $"{Math.Min(Environment.ProcessorCount, 4)}", .. more, "-f", "null", "-",
        ]);
        Thread.Sleep(Warm);
        return Window(bench.Arguments.Seconds, ffmpeg.Pid, x, () => Frames(ffmpeg.Output));
    }

    private static double Frames(string output)
    {
        var at = output.LastIndexOf("frame=", StringComparison.Ordinal);
        if (at < 0) throw new InvalidOperationException("ffmpeg says nothing of its pictures");
        var line = output[(at + 6)..].Split('\n')[0];
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    private static Sample MeasureOurs(BenchContext bench, string agent, Prefer codec, bool moves)
    {
        using var x = XScreen.Start(moves);
        var port = Ports.Block(1);
        var folder = HawserFolder(bench, agent, x.Name, port);
        using var running = Child.Start(agent, ["run", "--data", folder]);
        var count = 0L;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(port, codec, () => Interlocked.Increment(ref count), stop.Token));
        var start = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref count) == 0)
        {
            if (watching.IsFaulted) watching.GetAwaiter().GetResult();
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > 60) throw new TimeoutException("no picture: " + running.Output);
            Thread.Sleep(20);
        }

        Thread.Sleep(moves ? Warm : LongWarm);
        var seconds = moves ? bench.Arguments.Seconds : Math.Max(20, bench.Arguments.Seconds);
        var sample = Window(seconds, running.Pid, x, () => Interlocked.Read(ref count));
        stop.Cancel();
        watching.GetAwaiter().GetResult();
        return sample;
    }

    private static string HawserFolder(BenchContext bench, string agent, string display, int port)
    {
        var folder = bench.Tools.InWork($"agent-{Guid.NewGuid():N}");
        // Nobody is there to register with; who connects does so by address.
        Child.Run(agent, ["config", "--data", folder, "--server", "127.0.0.1:9", "--display", display, "--sound", "none"]);
        foreach (var option in (string[])["direct-server=Y", $"direct-access-port={port}"])
        {
            Child.Run(agent, ["config", "--data", folder, "--set", option]);
        }

        Child.Run("sh", ["-c", $"echo secret | {agent} password --set --data {folder}"]);
        return folder;
    }

    private static async Task WatchAsync(int port, Prefer codec, Action seen, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var channel = await DirectListener.CallAsync(
                    new ServerName("127.0.0.1", port), TimeSpan.FromSeconds(10), stop);
                await using var session = new ControllerSession(channel, new ControllerOptions
                {
                    Target = "127.0.0.1",
                    Wishes = new OptionMessage
                    {
                        ImageQuality = ImageQuality.Best,
                        SupportedDecoding = VideoCodecs.Decoding(codec),
                    },
                });
                var step = await session.LoginAsync("secret", stop);
                if (step.State != LoginState.In) throw new InvalidOperationException(step.Text);
                while (await session.Screen.ReadAsync(stop) is not null) seen();
                return;
            }
            catch (IOException) when (Stopwatch.GetElapsedTime(start).TotalSeconds < 30)
            {
                // It is not there yet.
                await Task.Delay(100, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static Sample Window(double seconds, int pid, XScreen x, Func<double> seen)
    {
        var own = (int[])[pid, x.Pid, Environment.ProcessId, .. x.Scene];
        var (before, busy) = (own.Select(ProcessReading.CpuSeconds).ToArray(), ProcessReading.MachineSeconds());
        var (count, start) = (seen(), Stopwatch.GetTimestamp());
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var after = own.Select(ProcessReading.CpuSeconds).ToArray();
        var now = ProcessReading.MachineSeconds();
        var foreign = now.Busy - busy.Busy - after.Zip(before, (a, b) => a - b).Sum();
        return Sample.Of(
            ("seconds", took), ("seen", seen() - count), ("cpu", after[0] - before[0]),
            ("foreign", Math.Max(0, foreign) / took / Environment.ProcessorCount),
            ("steal", (now.Stolen - busy.Stolen) / took / Environment.ProcessorCount));
    }

    /// <summary>An X server without a monitor, with something to see.</summary>
    private sealed class XScreen : IDisposable
    {
        private readonly Child _server;
        private readonly Child? _scene;

        private XScreen(string name, Child server, bool moves)
        {
            (Name, _server) = (name, server);
            var there = new Dictionary<string, string>
            {
                ["DISPLAY"] = name,
                ["SDL_RENDER_DRIVER"] = "software",
                ["SDL_AUDIODRIVER"] = "dummy",
            };
            _scene = moves
                ? Child.Start("ffplay", ["-v", "error", "-noborder", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30"],
                    environment: there)
                : null;
        }

        public string Name { get; }

        public int Pid => _server.Pid;

        public int[] Scene => _scene is null ? [] : [_scene.Pid];

        public static XScreen Start(bool moves)
        {
            var number = Enumerable.Range(400, 200).First(n => !File.Exists($"/tmp/.X11-unix/X{n}"));
            var server = Child.Start("Xvfb", [$":{number}", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"]);
            for (var i = 0; i < 600 && !File.Exists($"/tmp/.X11-unix/X{number}"); i++) Thread.Sleep(50);
            return new XScreen($":{number}", server, moves);
        }

        public void Dispose()
        {
            _scene?.Dispose();
            _server.Dispose();
        }
    }
}
