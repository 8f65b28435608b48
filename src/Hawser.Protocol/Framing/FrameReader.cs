using System.Buffers;

namespace Hawser.Protocol.Framing;

/// <summary>
/// Cuts a byte stream into frame payloads, whatever the pieces are that it arrives in. Holds no buffer while it holds
/// no bytes, and grows only as fast as bytes really arrive, so that an announced length costs nothing.
/// </summary>
/// <remarks>
/// Use: <see cref="GetMemory"/>, receive into it, <see cref="Advance"/>, then <see cref="TryRead"/> until false.
/// One reader belongs to one connection and is not thread-safe.
/// </remarks>
public sealed class FrameReader : IDisposable
{
    private const int MinBuffer = 2048;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>A reader that refuses longer payloads.</summary>
    /// <param name="maxPayload">The cap in bytes; may be changed later, for instance after authentication.</param>
    public FrameReader(int maxPayload) => MaxPayload = maxPayload;

    /// <summary>The longest payload that is accepted, in bytes.</summary>
    public int MaxPayload { get; set; }

    /// <summary>How many received bytes are not read yet.</summary>
    public int Buffered => _end - _start;

    /// <summary>Memory to receive into; at least one byte. What an earlier <see cref="TryRead"/> returned is invalid
    /// now.</summary>
    /// <returns>The free part of the buffer.</returns>
    public Memory<byte> GetMemory()
    {
        if (_buffer.Length == 0)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(MinBuffer);
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom();
        }

        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many bytes were received into <see cref="GetMemory"/>.</summary>
    /// <param name="count">Not more than the memory's length.</param>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    /// <summary>Takes the next whole payload.</summary>
    /// <param name="payload">Valid until the next call of any other member; may be decrypted in place.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="ProtocolViolation">The announced length is over <see cref="MaxPayload"/>.</exception>
    public bool TryRead(out Memory<byte> payload)
    {
        payload = default;
        if (!FrameHeader.TryRead(_buffer.AsSpan(_start, _end - _start), out var header, out var length)) return false;
        if (length > MaxPayload) throw new ProtocolViolation("frame too long");
        if (_end - _start - header < length) return false;
        payload = _buffer.AsMemory(_start + header, length);
        _start += header + length;
        return true;
    }

    /// <summary>Gives the buffer back while nothing is buffered, so that an idle connection holds none.</summary>
    public void ReleaseIfEmpty()
    {
        if (_start != _end || _buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    /// <summary>Takes the bytes that were received behind the last frame, for a stream that stops being
    /// framed.</summary>
    /// <returns>A copy of the unread bytes; the reader is empty afterwards.</returns>
    public byte[] TakeRest()
    {
        var rest = _buffer.AsSpan(_start, _end - _start).ToArray();
        _start = _end;
        ReleaseIfEmpty();
        return rest;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        _start = _end;
        ReleaseIfEmpty();
    }

    private void MakeRoom()
    {
        var used = _end - _start;
        if (_start >= _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, used).CopyTo(_buffer);
        }
        else
        {
            // Double what really arrived, never what was announced.
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(_start, used).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        _start = 0;
        _end = used;
    }
}
