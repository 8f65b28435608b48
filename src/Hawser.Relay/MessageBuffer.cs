using System.Buffers;
using Hawser.Protocol.Framing;

namespace Hawser.Relay;

/// <summary>
/// Collects one message in a rented buffer that grows as bytes really arrive, with room for a header in front.
/// </summary>
internal sealed class MessageBuffer(int initialSize) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(initialSize);

    /// <summary>The bytes of the message so far.</summary>
    public int Length { get; private set; }

    /// <summary>Memory to receive into.</summary>
    public Memory<byte> GetMemory()
    {
        var used = FrameHeader.MaxLength + Length;
        if (used == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsMemory(used);
    }

    /// <summary>Says how many bytes were received.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>The header and the message in one piece.</summary>
    public ReadOnlyMemory<byte> ToFrame()
    {
        var header = FrameHeader.LengthFor(Length);
        var start = FrameHeader.MaxLength - header;
        FrameHeader.Write(_buffer.AsSpan(start, header), Length);
        return _buffer.AsMemory(start, header + Length);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
