using System.Diagnostics;
using System.Globalization;
using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;

namespace Hawser.Bench.Suites;

/// <summary>
/// From stop to finished of a recording of an hour, against joining and remuxing by hand; and the frames that come out, which
/// FFmpeg's own way of joining files loses.
/// </summary>
internal static class RecordFinish
{
    private const int Minutes = 60, Rate = 15;
    private const string ByHand = "cat, then ffmpeg -c copy";
    private const string Hawser = "hawser, stop to finished";

    public static SuiteReport Run(BenchContext bench)
    {
        var report = new SuiteReport("record-finish", "Finishing a recording of an hour");
        var hour = Pieces(bench, "hour", Minutes, Minutes * 60);
        var minute = Pieces(bench, "minute", 1, 60);
        using var server = RecordServers.Start(bench, "none");
        var output = bench.Tools.InWork("by-hand.webm");
        var last = "";
        Candidate[] candidates =
        [
            new(ByHand, () => Timed(() => Join(hour, output))),
            new(Hawser, () => Send(bench, server, hour, last = RecordServers.NewId())),
        ];
        var rounds = Rounds.Run(bench.Arguments, report, "finish", candidates, s => 1 / s["seconds"]);
        report.Note($"{hour.Length:N0} chunks, {hour.Sum(f => new FileInfo(f).Length) / 1e6:N0} MB: VP8, 640x360, {Rate} frames a second, as "
            + "a live WebM cut at any byte. By hand nothing is verified, nor forced to the disk; the server counts every packet of what "
            + $"went in and of what came out before it publishes, and makes the file durable. {rounds.Summary}");
        report.Table(["who", "seconds, least (median)"], candidates.Select(c => new[]
        {
            c.Name,
            $"{Figures.Text(Figures.Least(rounds.Of(c.Name).Select(s => s["seconds"])))} ({Figures.Text(rounds.Median(c.Name, s => s["seconds"]))})",
        }));
        report.Add(new Goal("time to finish an hour", ByHand, rounds.Ratio(Hawser, ByHand, s => s["seconds"]), 2, AtLeast: false));
        Frames(bench, report, server, hour, minute, last, output);
        return report;
    }

    private static void Frames(BenchContext bench, SuiteReport report, HawserServer server, string[] hour, string[] minute,
        string hourId, string hourByHand)
    {
        var minuteId = RecordServers.NewId();
        Send(bench, server, minute, minuteId);
        var naive = bench.Tools.InWork("naive.webm");
        Naive(bench, minute, naive);
        var byHand = bench.Tools.InWork("minute-by-hand.webm");
        Join(minute, byHand);
        var (hours, minutes) = (Minutes * 60 * Rate, 60 * Rate);
        double ours = Count(Final(server, minuteId)), all = Count(Final(server, hourId));
        report.Table(["frames", "drawn", "in the file", "seconds of it"],
        [
            Row("1 minute, hawser", minutes, Final(server, minuteId)), Row($"1 minute, {ByHand}", minutes, byHand),
            Row("1 minute, FFmpeg's concat demuxer", minutes, naive), Row("1 hour, hawser", hours, Final(server, hourId)),
            Row($"1 hour, {ByHand}", hours, hourByHand),
        ]);
        report.Add(new Goal("frames of a minute that are in its file", "drawn", ours / minutes, 1, AtLeast: true));
        report.Add(new Goal("frames of an hour that are in its file", "drawn", all / hours, 1, AtLeast: true));
        report.Add(new Goal("frames that the concat demuxer keeps (the reason not to use it)", "drawn", Count(naive) / minutes, 0.5, AtLeast: false));
    }

    private static string[] Row(string name, int drawn, string file) =>
        [name, $"{drawn:N0}", $"{Count(file):N0}", Figures.Text(Probe(file, "format=duration"))];

    private static Sample Send(BenchContext bench, HawserServer server, string[] pieces, string id)
    {
        var sample = bench.Tools.Generate("recordgen", ["-m", "finish", "-p", $"{server.RecorderPort}", "-P", $"{server.Pid}", "-W", "8",
            "-u", id, .. pieces]);
        return sample["ok"] == 1 ? sample : throw new InvalidOperationException("the recording was not finished: " + server.Log);
    }

    private static string Final(HawserServer server, string id) => Path.Combine(server.Recordings, id, "final.webm");

    private static Sample Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Sample.Of(("seconds", Stopwatch.GetElapsedTime(start).TotalSeconds));
    }

    private static void Join(string[] pieces, string output)
    {
        var folder = Path.GetDirectoryName(pieces[0])!;
        Child.Run("sh", ["-c", $"seq -f chunk-%g.webm 0 {pieces.Length - 1} | xargs cat | ffmpeg -v error -y -i - -c copy '{output}'"], folder);
    }

    private static void Naive(BenchContext bench, string[] pieces, string output)
    {
        var list = bench.Tools.InWork("naive.txt");
        File.WriteAllLines(list, pieces.Select(p => $"file '{p}'"));
        // Exit code 0, whatever it lost.
        Child.Run("ffmpeg", ["-v", "quiet", "-y", "-f", "concat", "-safe", "0", "-i", list, "-c", "copy", output]);
    }

    private static double Count(string file) => Probe(file, "stream=nb_read_packets");

    private static double Probe(string file, string entry) => double.TryParse(
        Child.Run("ffprobe", ["-v", "error", "-count_packets", "-select_streams", "v", "-show_entries", entry, "-of", "csv=p=0", file]).Trim(),
        CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

    /// <summary>A live recording of so many minutes in so many pieces; made once. A minute is drawn and repeated.</summary>
    private static string[] Pieces(BenchContext bench, string name, int minutes, int count)
    {
        var folder = bench.Tools.InWork($"video-{name}");
        var files = Enumerable.Range(0, count).Select(i => Path.Combine(folder, $"chunk-{i}.webm")).ToArray();
        if (File.Exists(Path.Combine(folder, "done"))) return files;
        Directory.CreateDirectory(folder);
        Console.WriteLine($"drawing {name} ...");
        var drawn = bench.Tools.InWork("drawn.webm");
        if (!File.Exists(drawn))
        {
            Child.Run("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", $"testsrc2=size=640x360:rate={Rate}", "-t", "60", "-c:v", "libvpx",
                "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8", "-g", "30", drawn]);
        }

        var live = bench.Tools.InWork($"{name}-live.webm");
        Child.Run("ffmpeg", ["-v", "error", "-y", "-stream_loop", $"{minutes - 1}", "-i", drawn, "-c", "copy", "-f", "webm", "-live", "1", live]);
        Cut(live, files);
        File.Delete(live);
        File.WriteAllText(Path.Combine(folder, "done"), "");
        return files;
    }

    private static void Cut(string live, string[] files)
    {
        using var whole = File.OpenRead(live);
        for (var i = 0; i < files.Length; i++)
        {
            var (from, to) = (whole.Length * i / files.Length, whole.Length * (i + 1) / files.Length);
            var piece = new byte[to - from];
            whole.ReadExactly(piece);
            File.WriteAllBytes(files[i], piece);
        }
    }
}
