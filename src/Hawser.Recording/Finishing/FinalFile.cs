using Hawser.Recording.Media;

namespace Hawser.Recording.Finishing;

/// <summary>A final file that was verified but is not published yet.</summary>
/// <param name="Draft">Where it is on this machine.</param>
/// <param name="Name"><c>final.webm</c> or <c>final.mp4</c>.</param>
/// <param name="MimeType">By what is in it.</param>
/// <param name="Walk">What is in it.</param>
/// <param name="IsDamaged">Something is missing, so nothing that it was made of may be deleted.</param>
internal sealed record FinalFile(string Draft, string Name, string MimeType, MediaWalk Walk, bool IsDamaged)
{
    /// <summary>How long it plays.</summary>
    public long DurationMs => (long)(Walk.DurationMs ?? 0);

    /// <summary>The truth about a file that is called .webm in any case (reference §3.3).</summary>
    public static string MimeTypeOf(MediaWalk walk)
    {
        if (walk is Mp4Walk) return "video/mp4";
        if (!walk.IsWebm) return "video/x-matroska";
        return walk.Tracks.Exists(t => t.Kind == TrackKind.Video) ? "video/webm" : "audio/webm";
    }

    /// <summary>The picture's codec in a word, or the sound's.</summary>
    public static string CodecOf(MediaWalk walk)
    {
        var track = walk.Tracks.Find(t => t.Kind == TrackKind.Video)
            ?? walk.Tracks.Find(t => t.Kind == TrackKind.Audio);
        return track?.Codec switch
        {
            null => "",
            "V_MPEG4/ISO/AVC" or "avc1" or "avc3" => "h264",
            "V_MPEGH/ISO/HEVC" or "hvc1" or "hev1" => "h265",
            "vp08" => "vp8",
            "vp09" => "vp9",
            "av01" => "av1",
            var codec => codec[(codec.IndexOf('_', StringComparison.Ordinal) + 1)..].ToLowerInvariant(),
        } is var name && name.Length > 16 ? name[..16] : name;
    }
}
