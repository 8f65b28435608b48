using Hawser.Session.Audio;
using Hawser.Session.Controller;
using Hawser.Session.Video;

namespace Hawser.Controller.Saving;

/// <summary>
/// A film of what comes in, pictures and sound side by side, by the clock of this end: a picture has the time at which
/// it came, sound runs on by its own length as long as that stays near the clock. Half a second is held back, so that
/// the file has everything in the order of its times.
/// </summary>
internal sealed class FilmFile(string name, TimeProvider time) : IDisposable
{
    /// <summary>Milliseconds that are held back.</summary>
    private const long Window = 500;

    // Sound that comes later than this was silence before, which hosts do not send for long but players want to have;
    // what comes earlier had waited on the way, and is left out.
    private const long Slack = 300;
    private const int SamplesPerMillisecond = SoundSource.Rate / 1000;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Block, (long Time, long Order)> _held = new();
    private WebmFile? _file;
    private VideoCodec _codec;
    private (int Width, int Height) _size;
    private bool _sound;
    private long? _began;
    private long _order;
    private long _soundAt;

    /// <summary>How many pictures are in it.</summary>
    public int Pictures { get; private set; }

    /// <summary>How many packets of sound are in it.</summary>
    public int Packets { get; private set; }

    /// <summary>How its pictures are packed: as the first one was, from the beginning to the end.</summary>
    public VideoCodec Codec => _codec;

    private long SoundAt => _soundAt / SamplesPerMillisecond;

    private long Now => _began is { } began ? (long)time.GetElapsedTime(began).TotalMilliseconds : 0;

    /// <summary>Appends a picture; the first one is one that stands alone.</summary>
    /// <param name="frame">The picture.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="sound">Whether there is sound to be expected, as far as is known now.</param>
    public void Add(RemoteFrame frame, int width, int height, bool sound)
    {
        lock (_gate)
        {
            if (_began is null)
            {
                if (!frame.IsKey || !WebmFile.Holds(frame.Codec)) return;
                (_began, _codec, _size) = (time.GetTimestamp(), frame.Codec, (width, height));
            }

            if (frame.Codec != _codec) return;
            if (_file is null) _sound |= sound;
            var now = Now;
            CatchUp(now);
            foreach (var piece in frame.Pieces) Hold(new Block(piece, now, frame.IsKey, IsSound: false));
            Pictures++;
            Write(now - Window);
        }
    }

    /// <summary>Appends sound; before the first picture there is none.</summary>
    /// <param name="packet">The packet.</param>
    public void Add(SoundPacket packet)
    {
        lock (_gate)
        {
            if (_began is null || (_file is not null && !_sound)) return;
            _sound = true;
            var now = Now;
            CatchUp(now);
            if (SoundAt - now > Slack) return;
            Hear(packet.Data);
            Packets++;
            Write(now - Window);
        }
    }

    /// <summary>Ends the film.</summary>
    /// <returns>Milliseconds that it lasts.</returns>
    public long End()
    {
        lock (_gate)
        {
            var now = Now;
            CatchUp(now);
            Write(long.MaxValue);
            _file?.End(now);
            return now;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void CatchUp(long now)
    {
        if (!_sound || now - SoundAt <= Slack) return;
        while (SoundAt < now)
        {
            Hear(OpusFormat.Quiet);
            Write(SoundAt - Window);
        }
    }

    private void Hear(ReadOnlyMemory<byte> packet)
    {
        Hold(new Block(packet, SoundAt, IsKey: true, IsSound: true));
        _soundAt += OpusFormat.SamplesOf(packet.Span);
    }

    private void Hold(Block block) => _held.Enqueue(block, (block.Milliseconds, _order++));

    private void Write(long until)
    {
        while (_held.TryPeek(out var block, out _) && block.Milliseconds <= until)
        {
            _held.Dequeue();
            _file ??= new WebmFile(Open(), _codec, _size.Width, _size.Height, sound: _sound);
            if (block.IsSound) _file.AddSound(block.Data.Span, block.Milliseconds);
            else _file.Add(block.Data.Span, block.Milliseconds, block.IsKey);
        }
    }

    private Stream Open() => name == "-" ? Console.OpenStandardOutput() : File.Create(name);

    private readonly record struct Block(ReadOnlyMemory<byte> Data, long Milliseconds, bool IsKey, bool IsSound);
}
