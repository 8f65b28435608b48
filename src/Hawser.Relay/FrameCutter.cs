using Hawser.Protocol.Framing;

namespace Hawser.Relay;

/// <summary>
/// Cuts a framed stream into pieces of payload without ever holding a frame: the state between two receives is at most
/// an unfinished header and a number.
/// </summary>
internal sealed class FrameCutter
{
    private readonly byte[] _header = new byte[FrameHeader.MaxLength];
    private int _headerBytes;
    private int _remaining;

    /// <summary>Takes the next piece of payload from the front of what arrived. Empty frames vanish.</summary>
    /// <param name="rest">What arrived and is not taken yet.</param>
    /// <param name="piece">A piece of one frame's payload.</param>
    /// <param name="isLast">Whether the frame ends with it.</param>
    /// <returns>False when nothing is left.</returns>
    public bool TryCut(ref Memory<byte> rest, out ReadOnlyMemory<byte> piece, out bool isLast)
    {
        while (_remaining == 0 && rest.Length > 0)
        {
            _header[_headerBytes++] = rest.Span[0];
            rest = rest[1..];
            if (!FrameHeader.TryRead(_header.AsSpan(0, _headerBytes), out _, out var length)) continue;
            _headerBytes = 0;
            _remaining = length;
        }

        var count = Math.Min(_remaining, rest.Length);
        piece = rest[..count];
        rest = rest[count..];
        _remaining -= count;
        isLast = _remaining == 0;
        return count > 0;
    }
}
