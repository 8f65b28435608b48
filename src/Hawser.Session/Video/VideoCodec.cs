namespace Hawser.Session.Video;

/// <summary>How pictures are packed (§7.2).</summary>
public enum VideoCodec
{
    /// <summary>VP8.</summary>
    Vp8,

    /// <summary>VP9, which everybody can decode.</summary>
    Vp9,

    /// <summary>AV1.</summary>
    Av1,

    /// <summary>H.264.</summary>
    H264,

    /// <summary>H.265; read from others, never sent.</summary>
    H265,
}
