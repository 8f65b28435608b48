using System.Buffers.Binary;
using Hawser.Session.Audio;
using Hawser.Session.Controller;

namespace Hawser.Controller.Saving;

/// <summary>A WAV file: sixteen bits, two channels. Its length is filled in at the end, where possible.</summary>
internal sealed class WavFile : SoundFile
{
    private const int HeaderSize = 44;
    private const int BytesEach = 4;
    private readonly Stream _file;
    private SoundPlayer? _player;
    private int _stream;

    public WavFile(Stream file)
    {
        _file = file;
        _file.Write(Header(uint.MaxValue - HeaderSize));
    }

    protected override void Dispose(bool disposing)
    {
        _player?.Dispose();
        _file.Dispose();
    }

    protected override int Put(SoundPacket packet)
    {
        // Decoded at the rate of the file, whatever the host says: Opus leaves that to whoever listens.
        if (_player is null || _stream != packet.Stream)
        {
            _player?.Dispose();
            (_player, _stream) = (new SoundPlayer(Rate, SoundSource.Channels), packet.Stream);
        }

        var samples = _player.Play(packet.Data.Span);
        var bytes = new byte[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
        {
            var one = (short)Math.Clamp(Math.Round(samples[i] * 32767), short.MinValue, short.MaxValue);
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(i * 2), one);
        }

        _file.Write(bytes);
        return samples.Length / SoundSource.Channels;
    }

    protected override void Rest(long samples)
    {
        var zero = new byte[Rate * BytesEach / 10];
        for (var left = samples * BytesEach; left > 0; left -= zero.Length)
        {
            _file.Write(zero.AsSpan(0, (int)Math.Min(left, zero.Length)));
        }
    }

    protected override void Finish()
    {
        if (_file.CanSeek)
        {
            _file.Position = 0;
            _file.Write(Header((uint)Math.Min(Written * BytesEach, uint.MaxValue - HeaderSize)));
        }

        _file.Flush();
    }

    private static byte[] Header(uint size)
    {
        var header = new byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), size + HeaderSize - 8);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), SoundSource.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), Rate * BytesEach);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), BytesEach);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), size);
        return header;
    }
}
