namespace Hawser.Session.Video;

/// <summary>What an encoder is made for; a change of these needs another one.</summary>
/// <param name="Codec">How to pack.</param>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="FullChroma">Whether colours keep every pixel (4:4:4).</param>
public readonly record struct EncoderShape(VideoCodec Codec, int Width, int Height, bool FullChroma);

/// <summary>A packed picture.</summary>
/// <param name="Data">The codec's bytes.</param>
/// <param name="IsKey">Whether it stands alone.</param>
public readonly record struct EncodedPicture(ReadOnlyMemory<byte> Data, bool IsKey);

/// <summary>Packs the pictures of one display. One caller at a time.</summary>
public abstract class VideoEncoder : IDisposable
{
    /// <summary>An encoder.</summary>
    /// <param name="shape">What it is made for.</param>
    protected VideoEncoder(EncoderShape shape) => Shape = shape;

    /// <summary>What it is made for.</summary>
    public EncoderShape Shape { get; }

    /// <summary>Changes what may be spent, from the next picture on.</summary>
    /// <param name="kilobits">A second.</param>
    /// <param name="fps">Pictures a second.</param>
    public abstract void Spend(int kilobits, int fps);

    /// <summary>Packs a picture.</summary>
    /// <param name="picture">A picture of the encoder's size.</param>
    /// <param name="milliseconds">Since the stream began; more than last time.</param>
    /// <param name="key">Whether it must stand alone.</param>
    /// <returns>The packed picture; null when the encoder left it out.</returns>
    /// <exception cref="IOException">The library fails.</exception>
    public abstract EncodedPicture? Encode(Picture picture, long milliseconds, bool key);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the library holds.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}

/// <summary>Unpacks the pictures of one display. One caller at a time.</summary>
public abstract class VideoDecoder : IDisposable
{
    /// <summary>The most pixels of a picture that is unpacked: 8K.</summary>
    public const long MostPixels = 8192L * 4320;

    /// <summary>Unpacks the next picture.</summary>
    /// <param name="data">The codec's bytes.</param>
    /// <returns>The picture, valid until the next call; null when these bytes show none.</returns>
    /// <exception cref="InvalidDataException">The bytes are no picture of this stream.</exception>
    public abstract Picture? Decode(ReadOnlySpan<byte> data);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the library holds.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected abstract void Dispose(bool disposing);
}
