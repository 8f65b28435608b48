using System.Globalization;
using Hawser.Recording.Media;
using Hawser.Recording.Storage;

namespace Hawser.Recording.Finishing;

/// <summary>A picture and a short, small, silent version of a finished recording (reference §3.7).</summary>
internal sealed class Posters(IRecordingStorage storage, FFmpeg ffmpeg)
{
    private const int PreviewPictures = 12;

    /// <summary>Makes both; what fails is left out.</summary>
    /// <returns>What there is.</returns>
    public async Task<(bool Poster, bool Preview)> MakeAsync(
        string recordId, string final, MediaWalk walk, CancellationToken cancellationToken)
    {
        if (!walk.Tracks.Exists(t => t.Kind == TrackKind.Video)) return (false, false);
        var middle = Math.Min(1000, (walk.DurationMs ?? 0) / 2) / 1000;
        var input = walk is Mp4Walk ? "mp4" : "matroska";
        string[] poster =
        [
            "-ss", middle.ToString("0.###", CultureInfo.InvariantCulture), "-f", input, "-i", "file:" + final,
            "-frames:v", "1", "-an", "-vf", "scale='min(480,iw)':-2", "-q:v", "4", "-f", "mjpeg",
        ];
        // Key frames only: an hour takes a moment. Then some of them, two in a second.
        var every = Math.Max(0.001, (walk.DurationMs ?? 0) / 1000 / PreviewPictures);
        string[] preview =
        [
            "-skip_frame", "nokey", "-f", input, "-i", "file:" + final, "-an", "-vf",
            string.Create(
                CultureInfo.InvariantCulture,
                $"select='isnan(prev_selected_t)+gte(t-prev_selected_t,{every:0.###})'")
                + ",setpts=N/2/TB,scale='min(320,iw)':-2",
            "-r", "2", "-frames:v", PreviewPictures.ToString(CultureInfo.InvariantCulture),
            "-c:v", "libvpx", "-b:v", "300k", "-deadline", "realtime", "-cpu-used", "5", "-f", "webm",
        ];
        return (await OneAsync(recordId, StoredNames.Poster, "jpg", poster, cancellationToken),
            await OneAsync(recordId, StoredNames.Preview, "webm", preview, cancellationToken));
    }

    private async Task<bool> OneAsync(
        string recordId, string name, string extension, string[] arguments, CancellationToken cancellationToken)
    {
        var draft = storage.Draft(recordId, extension);
        try
        {
            var run = await ffmpeg.RunAsync(
                arguments.Append(Path.GetFileName(draft)), Path.GetDirectoryName(draft)!, 64 << 20, null,
                cancellationToken);
            if (run.ExitCode != 0 || !File.Exists(draft) || new FileInfo(draft).Length == 0) return false;
            var left = await storage.PublishAsync(recordId, draft, name, cancellationToken);
            return left.Length > 0;
        }
        catch (Exception e) when (e is FFmpegException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
        finally
        {
            FinishJob.Delete(draft);
        }
    }
}
