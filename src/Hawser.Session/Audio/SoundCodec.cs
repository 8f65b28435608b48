using Hawser.Session.Audio.Native;

namespace Hawser.Session.Audio;

/// <summary>Whether sound can be packed and unpacked here.</summary>
public static class SoundCodec
{
    /// <summary>Whether the library is there.</summary>
    public static bool IsThere => Opus.IsThere;

    /// <summary>What to install when it is not.</summary>
    public static string Missing => "sound needs libopus.so.0 (Debian 12: apt install libopus0)";
}

/// <summary>Packs sound as the field does: Opus, restricted low delay, ten milliseconds a packet (§10.1).</summary>
internal sealed unsafe class SoundPacker : IDisposable
{
    private const int LargestPacket = 4000;
    private readonly byte[] _room = new byte[LargestPacket];
    private nint _encoder;

    public SoundPacker()
    {
        if (!Opus.IsThere) throw new IOException(SoundCodec.Missing);
        int error;
        _encoder = Opus.opus_encoder_create(
            SoundSource.Rate, SoundSource.Channels, Opus.RestrictedLowDelay, &error);
        if (_encoder == 0) throw new IOException($"libopus gives no encoder: {error}");
    }

    public byte[] Pack(ReadOnlySpan<float> samples)
    {
        ObjectDisposedException.ThrowIf(_encoder == 0, this);
        int size;
        fixed (float* from = samples)
        fixed (byte* to = _room)
        {
            size = Opus.opus_encode_float(_encoder, from, samples.Length / SoundSource.Channels, to, _room.Length);
        }

        return size > 0 ? _room.AsSpan(0, size).ToArray() : throw new IOException($"libopus can't pack: {size}");
    }

    public void Dispose()
    {
        if (_encoder != 0) Opus.opus_encoder_destroy(_encoder);
        _encoder = 0;
    }
}

/// <summary>Unpacks the sound of a host. One caller at a time.</summary>
public sealed unsafe class SoundPlayer : IDisposable
{
    private const int LongestPacket = 48_000 * 120 / 1000;
    private readonly float[] _room;
    private nint _decoder;

    /// <summary>A decoder.</summary>
    /// <param name="rate">Samples a second: 8000, 12000, 16000, 24000 or 48000.</param>
    /// <param name="channels">1 or 2.</param>
    /// <exception cref="IOException">The library is not there, or knows no such sound.</exception>
    public SoundPlayer(int rate, int channels)
    {
        if (!Opus.IsThere) throw new IOException(SoundCodec.Missing);
        if (channels is not 1 and not 2) throw new IOException($"sound of {channels} channels is not supported");
        int error;
        _decoder = Opus.opus_decoder_create(rate, channels, &error);
        if (_decoder == 0) throw new IOException($"sound of {rate} samples a second is not supported");
        (Rate, Channels) = (rate, channels);
        _room = new float[LongestPacket * channels];
    }

    /// <summary>Samples a second.</summary>
    public int Rate { get; }

    /// <summary>How many at a time.</summary>
    public int Channels { get; }

    /// <summary>Unpacks a packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <returns>The samples, side by side, valid until the next call; empty when the packet is broken.</returns>
    public ReadOnlySpan<float> Play(ReadOnlySpan<byte> packet)
    {
        ObjectDisposedException.ThrowIf(_decoder == 0, this);
        if (packet.IsEmpty) return [];
        int each;
        fixed (byte* from = packet)
        fixed (float* to = _room)
        {
            each = Opus.opus_decode_float(_decoder, from, packet.Length, to, _room.Length / Channels, 0);
        }

        return each > 0 ? _room.AsSpan(0, each * Channels) : [];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_decoder != 0) Opus.opus_decoder_destroy(_decoder);
        _decoder = 0;
    }
}
