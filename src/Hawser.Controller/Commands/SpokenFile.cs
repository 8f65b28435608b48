using System.Buffers.Binary;
using Hawser.Controller.Calling;
using Hawser.Session.Audio;

namespace Hawser.Controller.Commands;

/// <summary>
/// What is said in a call: a WAV file, or samples from standard input. After its end there is silence.
/// </summary>
internal sealed class SpokenFile : SoundSource
{
    private const int ChunkHeader = 8;
    private const int BytesEach = 2;
    private readonly Stream _file;
    private readonly int _channels;

    private SpokenFile(Stream file, int channels) => (_file, _channels) = (file, channels);

    /// <summary>Opens it.</summary>
    /// <param name="name">A WAV file; <c>-</c> for samples of 16 bits, two channels, from standard input.</param>
    /// <exception cref="Failure">It can't be said.</exception>
    public static SpokenFile Open(string name)
    {
        if (name == "-") return new SpokenFile(Console.OpenStandardInput(), Channels);
        var file = File.OpenRead(name);
        try
        {
            return new SpokenFile(file, ReadHeader(file) ?? throw new Failure(
                Exit.Usage,
                $"--say {name}: a WAV file of 48 kHz, 16 bits, one or two channels is needed: "
                + $"ffmpeg -i {name} -ar 48000 -ac 2 -c:a pcm_s16le voice.wav"));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override SoundCapture Open() => new Speaking(_file, _channels);

    // Ends at the first sample; the number of channels, or null when it is something else.
    private static int? ReadHeader(Stream file)
    {
        Span<byte> head = stackalloc byte[12];
        if (file.ReadAtLeast(head, 12, throwOnEndOfStream: false) < 12) return null;
        if (!head[..4].SequenceEqual("RIFF"u8) || !head[8..].SequenceEqual("WAVE"u8)) return null;
        Span<byte> format = stackalloc byte[16];
        var channels = 0;
        while (file.ReadAtLeast(head[..ChunkHeader], ChunkHeader, throwOnEndOfStream: false) == ChunkHeader)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head[..4].SequenceEqual("data"u8)) return channels is 1 or 2 ? channels : null;
            if (head[..4].SequenceEqual("fmt "u8) && length >= 16)
            {
                if (file.ReadAtLeast(format, 16, throwOnEndOfStream: false) < 16) return null;
                length -= 16;
                // A format of its own kind (65534) may be plain samples too.
                var plain = BinaryPrimitives.ReadUInt16LittleEndian(format) is 1 or 65534
                    && BinaryPrimitives.ReadInt32LittleEndian(format[4..]) == Rate
                    && BinaryPrimitives.ReadUInt16LittleEndian(format[14..]) == BytesEach * 8;
                if (!plain) return null;
                channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
            }

            if (!file.CanSeek) return null;
            // Chunks begin at even places.
            file.Seek(length + (length & 1), SeekOrigin.Current);
        }

        return null;
    }

    private sealed class Speaking(Stream file, int channels) : SoundCapture
    {
        private readonly long _began = TimeProvider.System.GetTimestamp();
        private readonly ManualResetEvent _never = new(false);
        private byte[] _room = [];
        private long _said;

        public override void Read(Span<float> samples)
        {
            var count = samples.Length / Channels;
            var size = count * channels * BytesEach;
            if (_room.Length < size) _room = new byte[size];
            var read = file.ReadAtLeast(_room.AsSpan(0, size), size, throwOnEndOfStream: false);
            _room.AsSpan(read, size - read).Clear();
            for (var i = 0; i < samples.Length; i++)
            {
                var at = channels == Channels ? i : i / Channels;
                samples[i] = BinaryPrimitives.ReadInt16LittleEndian(_room.AsSpan(at * BytesEach)) / 32768f;
            }

            // As a microphone: what is not spoken yet can't be heard.
            _said += count;
            var due = TimeSpan.FromSeconds((double)_said / Rate) - TimeProvider.System.GetElapsedTime(_began);
            if (due > TimeSpan.Zero) _ = _never.WaitOne(due);
        }

        protected override void Dispose(bool disposing)
        {
            _never.Dispose();
            file.Dispose();
        }
    }
}
