using System.Buffers;

namespace Hawser.Recording.SocketIo;

/// <summary>A text message and the binary messages that must follow it at once; its memory is pooled.</summary>
internal sealed class OutgoingPacket : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 256;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _length;

    /// <summary>The text.</summary>
    public ReadOnlyMemory<byte> Text => _buffer.AsMemory(0, _length);

    /// <summary>What follows it.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; private set; } = [];

    /// <summary>All bytes.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        _length += count;
        Bytes += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Appends.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Grow(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        Advance(bytes.Length);
    }

    /// <summary>Copies what will follow the text: its owner may use it again at once.</summary>
    public void Attach(IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        if (attachments.Count == 0) return;
        var copies = new ReadOnlyMemory<byte>[attachments.Count];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = attachments[i].ToArray();
            Bytes += copies[i].Length;
        }

        Attachments = copies;
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        var buffer = _buffer;
        (_buffer, _length) = ([], 0);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Grow(int more)
    {
        if (_buffer.Length - _length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + more));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
