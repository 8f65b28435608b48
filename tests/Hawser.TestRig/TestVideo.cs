using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Hawser.TestRig;

/// <summary>Recordings as a browser would send them, made by the real FFmpeg once a process.</summary>
public static class TestVideo
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> Made = new(StringComparer.Ordinal);

    /// <summary>VP8 with Opus in a WebM stream without duration and index; a key frame and a cluster each second.</summary>
    public static Task<byte[]> WebmAsync(int seconds = 6, int width = 160, bool sound = true) => MakeAsync(
        $"-f lavfi -i testsrc=size={width}x120:rate=25 {(sound ? "-f lavfi -i sine=frequency=440:sample_rate=48000" : "")} -t {seconds} "
        + "-c:v libvpx -b:v 300k -deadline realtime -cpu-used 8 -g 25 -c:a libopus -f webm -live 1 -cluster_time_limit 1000 pipe:1");

    /// <summary>VP9 in fragmented MP4.</summary>
    public static Task<byte[]> FragmentedMp4Async() => MakeAsync(
        "-f lavfi -i testsrc=size=160x120:rate=25 -f lavfi -i sine=sample_rate=48000 -t 4 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 "
        + "-b:v 300k -g 25 -c:a libopus -strict -2 -f mp4 -movflags frag_keyframe+empty_moov+default_base_moof pipe:1");

    /// <summary>H.264 in Matroska, as Chromium makes it when it is asked for WebM with H.264.</summary>
    public static Task<byte[]> H264Async() => MakeAsync(
        "-f lavfi -i testsrc=size=160x120:rate=25 -t 4 -c:v libx264 -preset ultrafast -bf 0 -g 25 -pix_fmt yuv420p -f matroska -live 1 "
        + "-cluster_time_limit 1000 pipe:1");

    /// <summary>A whole WebM with header, duration and index, as RustDesk uploads it at the end.</summary>
    public static Task<byte[]> FinishedWebmAsync() => MakeAsync(
        "-f lavfi -i testsrc=size=160x120:rate=25 -t 4 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 300k -g 25 -f webm FILE");

    /// <summary>A whole MP4.</summary>
    public static Task<byte[]> FinishedMp4Async() => MakeAsync(
        "-f lavfi -i testsrc=size=160x120:rate=25 -t 4 -c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -f mp4 FILE");

    /// <summary>The same in H.265, which few browsers play.</summary>
    public static Task<byte[]> H265Async() => MakeAsync(
        "-f lavfi -i testsrc=size=160x120:rate=25 -t 4 -c:v libx265 -preset ultrafast -x265-params log-level=error -g 25 -pix_fmt yuv420p "
        + "-tag:v hvc1 -f mp4 FILE");

    /// <summary>Cuts at places that mean nothing.</summary>
    public static List<byte[]> Cut(byte[] bytes, int pieces)
    {
        var list = new List<byte[]>(pieces);
        for (var i = 0; i < pieces; i++)
        {
            var from = (int)((long)bytes.Length * i / pieces);
            list.Add(bytes[from..(int)((long)bytes.Length * (i + 1) / pieces)]);
        }

        return list;
    }

    /// <summary>Packets of each stream and the duration, as ffprobe counts them.</summary>
    public static async Task<(int Video, int Audio, double Seconds)> ProbeAsync(string file)
    {
        var text = await RunAsync(
            "ffprobe", ["-v", "quiet", "-count_packets", "-show_entries", "stream=codec_type,nb_read_packets:format=duration", "-of", "csv", file], null);
        var (video, audio, seconds) = (0, 0, 0.0);
        foreach (var line in System.Text.Encoding.UTF8.GetString(text).Split('\n'))
        {
            var cells = line.Trim().Split(',');
            if (cells is ["stream", "video", var v, ..]) video = int.Parse(v, CultureInfo.InvariantCulture);
            if (cells is ["stream", "audio", var a, ..]) audio = int.Parse(a, CultureInfo.InvariantCulture);
            if (cells is ["format", var d, ..]) _ = double.TryParse(d, CultureInfo.InvariantCulture, out seconds);
        }

        return (video, audio, seconds);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<byte[]> RunAsync(string program, IEnumerable<string> arguments, string? folder)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var output = new MemoryStream();
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"{program}: {await said}");
    }

    private static Task<byte[]> MakeAsync(string line) => Made.GetOrAdd(line, static l => new Lazy<Task<byte[]>>(() => MadeAsync(l))).Value;

    private static async Task<byte[]> MadeAsync(string line)
    {
        var folder = Directory.CreateTempSubdirectory("hawser-video-").FullName;
        try
        {
            var file = Path.Combine(folder, "made");
            var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a == "FILE" ? file : a);
            var printed = await RunAsync("ffmpeg", (string[])["-v", "error", "-nostdin", "-y", .. arguments], folder);
            return File.Exists(file) ? await File.ReadAllBytesAsync(file) : printed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
