namespace Hawser.Recording.SocketIo;

/// <summary>
/// Follows the frames of a client through the bytes they come in, for the one rule that .NET's WebSocket does not hold
/// clients to: that they mask (recorder.md §2.10). Costs a look at each header; payloads are stepped over.
/// </summary>
internal sealed class FrameWatch
{
    private const int MaskLength = 4;
    private int _have;
    private int _need = 2;
    private int _extended;
    private ulong _length;
    private ulong _remaining;

    /// <summary>A frame without a mask has been seen; nothing after it was followed.</summary>
    public bool IsUnmasked { get; private set; }

    /// <summary>Looks at what was received.</summary>
    /// <param name="bytes">The next bytes.</param>
    public void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && !IsUnmasked)
        {
            if (_remaining > 0)
            {
                var step = (int)Math.Min(_remaining, (ulong)bytes.Length);
                _remaining -= (ulong)step;
                bytes = bytes[step..];
                continue;
            }

            Take(bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void Take(byte value)
    {
        var at = _have++;
        if (at == 1)
        {
            IsUnmasked = (value & 0x80) == 0;
            var length = value & 0x7f;
            _extended = length switch { 126 => 2, 127 => 8, _ => 0 };
            _length = _extended == 0 ? (ulong)length : 0;
            _need = 2 + _extended + MaskLength;
        }
        else if (at > 1 && at < 2 + _extended)
        {
            _length = (_length << 8) | value;
        }

        if (_have < _need || at == 0) return;
        (_have, _need, _remaining) = (0, 2, _length);
    }
}
