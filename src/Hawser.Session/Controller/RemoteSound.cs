using System.Threading.Channels;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Controller;

/// <summary>A packet of a host's sound.</summary>
/// <param name="Rate">Samples a second.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Stream">Another number is another stream: it needs a decoder of its own.</param>
/// <param name="Data">One Opus packet.</param>
public sealed record SoundPacket(int Rate, int Channels, int Stream, ReadOnlyMemory<byte> Data);

/// <summary>The sound of a host, as it arrives (§10.1). What is not taken within three seconds is forgotten.</summary>
public sealed class RemoteSound
{
    private const int MostWaiting = 300;
    private const int LargestPacket = 8 * 1024;
    private readonly Channel<SoundPacket> _waiting = System.Threading.Channels.Channel.CreateBounded<SoundPacket>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true });

    private volatile AudioFormat? _format;
    private int _stream;

    internal RemoteSound()
    {
    }

    /// <summary>Whether the host has said that sound will come, and which.</summary>
    public bool IsAnnounced => _format is not null;

    /// <summary>Waits for the next packet.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The packet; null when the session has ended.</returns>
    public async ValueTask<SoundPacket?> ReadAsync(CancellationToken cancellation = default)
    {
        while (await _waiting.Reader.WaitToReadAsync(cancellation))
        {
            if (_waiting.Reader.TryRead(out var packet)) return packet;
        }

        return null;
    }

    internal void OnFormat(AudioFormat format)
    {
        var known = format.SampleRate is 8000 or 12000 or 16000 or 24000 or 48000 && format.Channels is 1 or 2;
        _format = known ? format : null;
        _stream++;
    }

    internal void OnFrame(AudioFrame frame)
    {
        if (_format is not { } format || frame.Data.Length is 0 or > LargestPacket) return;
        _waiting.Writer.TryWrite(
            new SoundPacket((int)format.SampleRate, (int)format.Channels, _stream, frame.Data.Memory));
    }

    internal void End() => _waiting.Writer.TryComplete();
}
