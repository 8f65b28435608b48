using Hawser.Protocol.Messages;
using Hawser.Session.Video.Native;

namespace Hawser.Session.Video;

/// <summary>Which codecs this machine's libraries know, and how their pictures cross the wire (§7.1, §7.2).</summary>
public static class VideoCodecs
{
    private static readonly VideoCodec[] All = Enum.GetValues<VideoCodec>();

    /// <summary>Whether anything can be packed or unpacked here at all.</summary>
    public static bool AreThere => Yuv.IsThere && CodecLibrary.Vpx is not null;

    /// <summary>What to install when <see cref="AreThere"/> is false.</summary>
    public static string Missing =>
        "pictures need libvpx.so.7 and libyuv.so.0 (Debian 12: apt install libvpx7 libyuv0)";

    /// <summary>Whether this machine can pack with a codec.</summary>
    /// <param name="codec">The codec.</param>
    /// <returns>Whether it can.</returns>
    public static bool CanEncode(VideoCodec codec) => Yuv.IsThere
        && (codec == VideoCodec.H264 ? OpenH264.Library is not null : CodecLibrary.Of(codec) is not null);

    /// <summary>Whether this machine can unpack a codec.</summary>
    /// <param name="codec">The codec.</param>
    /// <returns>Whether it can.</returns>
    public static bool CanDecode(VideoCodec codec) => CanEncode(codec);

    /// <summary>An encoder.</summary>
    /// <param name="shape">What for.</param>
    /// <param name="kilobits">A second, to begin with.</param>
    /// <param name="fps">Pictures a second, to begin with.</param>
    /// <returns>The encoder; the caller's.</returns>
    /// <exception cref="IOException">The library is not there, or refuses.</exception>
    public static VideoEncoder NewEncoder(EncoderShape shape, int kilobits, int fps) =>
        shape.Codec == VideoCodec.H264 ? new H264Encoder(H264(), shape, kilobits, fps)
            : new LibraryEncoder(Library(shape.Codec), shape, kilobits, fps);

    /// <summary>A decoder.</summary>
    /// <param name="codec">The codec.</param>
    /// <returns>The decoder; the caller's.</returns>
    /// <exception cref="IOException">The library is not there, or refuses.</exception>
    public static VideoDecoder NewDecoder(VideoCodec codec) =>
        codec == VideoCodec.H264 ? new H264Decoder(H264()) : new LibraryDecoder(Library(codec), codec);

    /// <summary>What a host says that it can pack; VP9 goes without saying.</summary>
    /// <returns>The message.</returns>
    public static SupportedEncoding Encoding() => new()
    {
        Vp8 = CanEncode(VideoCodec.Vp8),
        Av1 = CanEncode(VideoCodec.Av1),
        H264 = CanEncode(VideoCodec.H264),
        I444 = new CodecAbility { Vp9 = CanEncode(VideoCodec.Vp9), Av1 = CanEncode(VideoCodec.Av1) },
    };

    /// <summary>What a controller says that it can unpack.</summary>
    /// <param name="prefer">What it likes best.</param>
    /// <param name="fullChroma">Whether it wants every pixel's colour.</param>
    /// <param name="without">Codecs that it has given up on.</param>
    /// <returns>The message.</returns>
    public static SupportedDecoding Decoding(
        SupportedDecoding.Types.PreferCodec prefer = SupportedDecoding.Types.PreferCodec.Auto,
        bool fullChroma = false, IReadOnlyCollection<VideoCodec>? without = null)
    {
        int Ability(VideoCodec codec) => CanDecode(codec) && without?.Contains(codec) != true ? 1 : 0;
        return new SupportedDecoding
        {
            AbilityVp8 = Ability(VideoCodec.Vp8),
            AbilityVp9 = Ability(VideoCodec.Vp9),
            AbilityAv1 = Ability(VideoCodec.Av1),
            AbilityH264 = Ability(VideoCodec.H264),
            Prefer = prefer,
            PreferChroma = fullChroma ? Chroma.I444 : Chroma.I420,
            I444 = new CodecAbility { Vp9 = Ability(VideoCodec.Vp9) > 0, Av1 = Ability(VideoCodec.Av1) > 0 },
        };
    }

    internal static VideoFrame ToWire(VideoCodec codec, EncodedVideoFrame frame, int display)
    {
        var frames = new EncodedVideoFrames { Frames = { frame } };
        var message = new VideoFrame { Display = display };
        switch (codec)
        {
            case VideoCodec.Vp8:
                message.Vp8S = frames;
                break;
            case VideoCodec.Av1:
                message.Av1S = frames;
                break;
            case VideoCodec.H264:
                message.H264S = frames;
                break;
            case VideoCodec.H265:
                message.H265S = frames;
                break;
            default:
                message.Vp9S = frames;
                break;
        }

        return message;
    }

    internal static EncodedVideoFrames? FromWire(VideoFrame frame, out VideoCodec codec)
    {
        EncodedVideoFrames? frames;
        (codec, frames) = frame.UnionCase switch
        {
            VideoFrame.UnionOneofCase.Vp8S => (VideoCodec.Vp8, frame.Vp8S),
            VideoFrame.UnionOneofCase.Vp9S => (VideoCodec.Vp9, frame.Vp9S),
            VideoFrame.UnionOneofCase.Av1S => (VideoCodec.Av1, frame.Av1S),
            VideoFrame.UnionOneofCase.H264S => (VideoCodec.H264, frame.H264S),
            VideoFrame.UnionOneofCase.H265S => (VideoCodec.H265, frame.H265S),
            _ => (VideoCodec.Vp9, null),
        };
        return frames;
    }

    internal static VideoCodec[] Encodable() => [.. All.Where(CanEncode)];

    private static OpenH264 H264() => OpenH264.Library
        ?? throw new IOException("H.264 needs libopenh264.so.7 (Debian 12: apt install libopenh264-7)");

    private static CodecLibrary Library(VideoCodec codec) =>
        CodecLibrary.Of(codec) ?? throw new IOException($"nothing here knows {codec}");
}
