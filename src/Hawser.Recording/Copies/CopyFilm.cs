using System.Globalization;
using Hawser.Data.Recordings;
using Hawser.Recording.Finishing;
using Hawser.Recording.Library;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;

namespace Hawser.Recording.Copies;

/// <summary>
/// A recording encoded anew, as what every browser plays: H.264 and AAC in MP4, of one even size that is no larger than
/// decoders take, each picture for as long as it was shown.
/// </summary>
internal sealed class CopyFilm(
    RecordingRow row, RecordingOptions options, IRecordingStorage storage, FFmpeg ffmpeg, ICollection<string> drafts)
{
    private const int Largest = 4096;
    private const double Tolerance = 2000;
    private static readonly string[] Timings = ["-fps_mode", "-vsync"];
    private int _progress;

    /// <summary>Hundredths that are made.</summary>
    public int Progress => Volatile.Read(ref _progress);

    /// <summary>Makes it.</summary>
    /// <returns>A draft of it.</returns>
    /// <exception cref="FinishException">It can't be made; the message is for people.</exception>
    public async Task<string> MakeAsync(CancellationToken cancellationToken)
    {
        var source = await SourceAsync(cancellationToken);
        var walk = await MediaFile.WalkAsync(source, cancellationToken);
        if (walk?.Tracks.Find(t => t.Kind == TrackKind.Video) is not { } video) throw Refused("It has no picture.");
        var draft = Draft("mp4");
        var run = new FFmpegRun(-1, "");
        foreach (var timing in Timings)
        {
            run = await EncodeAsync(source, draft, timing, walk, video, cancellationToken);
            // Its word for it changed with version 5.1.
            if (!run.Said.Contains("Unrecognized option", StringComparison.Ordinal)) break;
        }

        StreamFinish.ThrowWhenFull(run);
        if (run.Said.Contains("Unknown encoder", StringComparison.Ordinal))
        {
            throw Refused("This server's FFmpeg can't make H.264 and AAC: it was built without libx264.");
        }

        if (run.ExitCode != 0) throw Refused($"FFmpeg ended with {run.ExitCode}: {Verification.LastLine(run.Said)}");
        var made = await MediaFile.WalkAsync(draft, cancellationToken);
        if (made is not Mp4Walk { DurationMs: > 0 }) throw Refused("FFmpeg made no playable file.");
        // At its limit of size FFmpeg ends as if that were all.
        var least = ((row.DurationMs ?? 0) * 0.95) - Tolerance;
        return made.DurationMs >= least ? draft : throw Refused("The file would be larger than it may be.");
    }

    private Task<FFmpegRun> EncodeAsync(
        string source, string draft, string timing, MediaWalk walk, TrackFacts video,
        CancellationToken cancellationToken)
    {
        var size = new FileInfo(source).Length;
        var room = Math.Min((long)options.MaxRecording << 20, (4 * size) + (64L << 20));
        string[] arguments =
        [
            "-f", walk is Mp4Walk ? "mp4" : "matroska", "-i", "file:" + source, "-map", "0:v:0", "-map", "0:a:0?",
            "-vf", Shape(video), timing, "vfr", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23",
            "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-movflags", "+faststart",
            "-fs", room.ToString(CultureInfo.InvariantCulture), "-progress", "pipe:1", "-nostats",
            "-f", "mp4", Path.GetFileName(draft),
        ];
        var bounds = new FFmpegBounds(TimeSpan.FromMinutes(options.CopyMinutes), room + (1 << 20));
        return ffmpeg.RunAsync(
            arguments, Path.GetDirectoryName(draft)!, bounds, null, ListenAsync, cancellationToken);
    }

    /// <summary>
    /// A window that was made larger while it was recorded changes the size in the middle, and MP4 has one only.
    /// </summary>
    private static string Shape(TrackFacts video)
    {
        const string even = "scale='trunc(iw*min(1,4096/max(iw,ih))/2)*2':'trunc(ih*min(1,4096/max(iw,ih))/2)*2'";
        if (video is not { Width: > 0 and < 65_536, Height: > 0 and < 65_536 }) return even;
        var part = Math.Min(1, (double)Largest / Math.Max(video.Width, video.Height));
        var (width, height) = (Even(video.Width * part), Even(video.Height * part));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,setsar=1");

        static int Even(double pixels) => Math.Max(2, (int)pixels + 1 & ~1);
    }

    private async Task ListenAsync(Stream printed)
    {
        try
        {
            using var lines = new StreamReader(printed, leaveOpen: true);
            while (await lines.ReadLineAsync() is { } line)
            {
                const string at = "out_time_us=";
                if (!line.StartsWith(at, StringComparison.Ordinal) || row.DurationMs is not > 0) continue;
                if (!long.TryParse(line.AsSpan(at.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var us))
                {
                    continue;
                }

                Volatile.Write(ref _progress, (int)Math.Clamp(us / 10.0 / row.DurationMs.Value, 0, 98));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was killed.
        }
    }

    /// <summary>Where it can be read on this machine; from an object storage it is fetched first.</summary>
    private async Task<string> SourceAsync(CancellationToken cancellationToken)
    {
        if (await storage.OpenAsync(row.RecordId, row.FinalName, cancellationToken) is not { } file)
        {
            throw Refused("Its file is gone.");
        }

        await using var content = file.Content;
        if (content is FileStream { Name: var path }) return path;
        if (!storage.HasRoomFor(file.Length * 2, start: true)) throw new StorageException("no room", isFull: true);
        var draft = Draft("source");
        await using var local = new FileStream(draft, FileMode.CreateNew, FileAccess.Write);
        await content.CopyToAsync(local, cancellationToken);
        return draft;
    }

    private string Draft(string extension)
    {
        var draft = storage.Draft(row.RecordId, extension);
        drafts.Add(draft);
        return draft;
    }

    private static FinishException Refused(string text) => new(RecordCode.FinalizeFailed, text, isFinal: true);
}
