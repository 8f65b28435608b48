using Hawser.Protocol.Messages;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Session.Video;

/// <summary>The codec that serves all who watch a display (§7.1).</summary>
internal static class CodecChoice
{
    /// <summary>Chooses; VP9 is what everybody can decode.</summary>
    /// <param name="viewers">What each said; null for one that said nothing.</param>
    /// <param name="encodable">What this host can pack.</param>
    /// <returns>The codec, and whether colours keep every pixel.</returns>
    public static (VideoCodec Codec, bool FullChroma) Choose(
        IReadOnlyCollection<SupportedDecoding?> viewers, IReadOnlyCollection<VideoCodec> encodable)
    {
        bool Usable(VideoCodec codec) => codec == VideoCodec.Vp9
            || (encodable.Contains(codec) && viewers.All(v => v is not null && Knows(v, codec)));
        var wanted = viewers.Select(v => Of(v?.Prefer ?? Prefer.Auto))
            .Where(c => c is { } codec && Usable(codec)).GroupBy(c => c!.Value)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key != VideoCodec.Vp9).ThenBy(g => g.Key)
            .Select(g => (VideoCodec?)g.Key).FirstOrDefault();
        var codec = wanted ?? VideoCodec.Vp9;
        var full = viewers.Count > 0 && viewers.All(v => v?.PreferChroma == Chroma.I444 && codec switch
        {
            VideoCodec.Vp9 => v.I444?.Vp9 == true,
            VideoCodec.Av1 => v.I444?.Av1 == true,
            _ => false,
        });
        return (codec, full);
    }

    private static bool Knows(SupportedDecoding viewer, VideoCodec codec) => codec switch
    {
        VideoCodec.Vp8 => viewer.AbilityVp8 > 0,
        VideoCodec.Av1 => viewer.AbilityAv1 > 0,
        VideoCodec.H264 => viewer.AbilityH264 > 0,
        VideoCodec.H265 => viewer.AbilityH265 > 0,
        _ => true,
    };

    // Auto is AV1 in the field only after a test of speed; here software packs, and VP9 is what a desk affords.
    private static VideoCodec? Of(Prefer prefer) => prefer switch
    {
        Prefer.Vp8 => VideoCodec.Vp8,
        Prefer.Vp9 => VideoCodec.Vp9,
        Prefer.Av1 => VideoCodec.Av1,
        Prefer.H264 => VideoCodec.H264,
        Prefer.H265 => VideoCodec.H265,
        _ => null,
    };
}
