using Hawser.Protocol.Messages;
using Hawser.Session.Video;

namespace Hawser.Session.Controller;

/// <summary>
/// Unpacks what <see cref="RemoteScreen.ReadAsync"/> gives. What can't be unpacked is asked for again; a codec that
/// fails three times in a row is given up, and the host is told (§7.2).
/// </summary>
/// <param name="session">The session.</param>
public sealed class VideoPlayer(ControllerSession session) : IDisposable
{
    private const int MostFailures = 3;
    private readonly Dictionary<int, (VideoCodec Codec, VideoDecoder Decoder)> _decoders = [];
    private readonly HashSet<VideoCodec> _given = [];
    private readonly Dictionary<int, int> _failures = [];
    private readonly HashSet<int> _waiting = [];

    /// <summary>Codecs that did not work.</summary>
    public IReadOnlyCollection<VideoCodec> GivenUp => _given;

    /// <summary>Unpacks a picture.</summary>
    /// <param name="frame">The packed picture.</param>
    /// <returns>The picture, valid until the next one of that display; null when there is nothing to see.</returns>
    public Picture? Play(RemoteFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.IsKey) _waiting.Remove(frame.Display);
        if (_waiting.Contains(frame.Display) || _given.Contains(frame.Codec)) return null;
        try
        {
            Picture? last = null;
            foreach (var piece in frame.Pieces) last = DecoderFor(frame).Decode(piece.Span) ?? last;
            _failures.Remove(frame.Display);
            return last;
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Fail(frame);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, decoder) in _decoders.Values) decoder.Dispose();
        _decoders.Clear();
    }

    private VideoDecoder DecoderFor(RemoteFrame frame)
    {
        if (_decoders.TryGetValue(frame.Display, out var one) && one.Codec == frame.Codec) return one.Decoder;
        Drop(frame.Display);
        var decoder = VideoCodecs.NewDecoder(frame.Codec);
        _decoders[frame.Display] = (frame.Codec, decoder);
        return decoder;
    }

    private void Fail(RemoteFrame frame)
    {
        Drop(frame.Display);
        var failures = _failures[frame.Display] = _failures.GetValueOrDefault(frame.Display) + 1;
        if (failures >= MostFailures && frame.Codec != VideoCodec.Vp9)
        {
            _given.Add(frame.Codec);
            _failures.Remove(frame.Display);
            session.SendOptions(new OptionMessage { SupportedDecoding = VideoCodecs.Decoding(without: _given) });
        }

        _waiting.Add(frame.Display);
        session.Screen.Refresh(frame.Display);
    }

    private void Drop(int display)
    {
        if (_decoders.Remove(display, out var one)) one.Decoder.Dispose();
    }
}
