using System.Net.Sockets;
using Hawser.Protocol.Framing;
using Hawser.Session.Kcp;

namespace Hawser.Session.Channel;

/// <summary>
/// A wire over a byte stream (TCP, or a pipe in tests), with the length header of §2.1 in front of each payload.
/// </summary>
/// <param name="stream">The stream; owned by the wire.</param>
/// <param name="maxPayload">The longest payload to accept.</param>
public sealed class StreamWire(Stream stream, int maxPayload = StreamWire.HandshakePayload) : Wire
{
    /// <summary>Enough for every message before the other end is known.</summary>
    public const int HandshakePayload = 64 * 1024;

    private const int Tcp = 6;
    private const int TcpNotSentLowWater = 25;
    private const int MostUnsent = 16 * 1024;
    private readonly FrameReader _reader = new(maxPayload);
    private byte[]? _rest;
    private int _restAt;
    private bool _closed;

    /// <inheritdoc/>
    public override int MaxPayload
    {
        get => _reader.MaxPayload;
        set => _reader.MaxPayload = value;
    }

    /// <inheritdoc/>
    public override void KeepShort()
    {
        if (stream is KcpStream kcp) kcp.KeepShort();
        // Otherwise a system takes megabytes of pictures before anybody notices that the path is slow.
        if (!OperatingSystem.IsLinux() || stream is not NetworkStream { Socket: var socket }) return;
        Span<byte> least = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(least, MostUnsent);
        try
        {
            socket.SetRawSocketOption(Tcp, TcpNotSentLowWater, least);
        }
        catch (SocketException)
        {
            // It has gone; who writes next finds out.
        }
        catch (ObjectDisposedException)
        {
            // So it has.
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask WriteAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var length = buffer.Length - HeaderRoom;
        var start = HeaderRoom - FrameHeader.LengthFor(length);
        FrameHeader.Write(buffer.Span[start..], length);
        try
        {
            await stream.WriteAsync(buffer[start..], cancellation);
            await stream.FlushAsync(cancellation);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("the wire is closed", e);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (_closed) return null;
            if (_reader.TryRead(out var payload)) return payload;
            try
            {
                var count = await stream.ReadAsync(_reader.GetMemory(), cancellation);
                if (count == 0) return null;
                _reader.Advance(count);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // A reset right behind the last frame is how some peers hang up.
                return null;
            }
        }
    }

    /// <inheritdoc/>
    protected internal override async ValueTask<int> ReadRawAsync(
        Memory<byte> buffer, CancellationToken cancellation)
    {
        _rest ??= _reader.TakeRest();
        if (_restAt < _rest.Length)
        {
            var count = Math.Min(buffer.Length, _rest.Length - _restAt);
            _rest.AsMemory(_restAt, count).CopyTo(buffer);
            _restAt += count;
            return count;
        }

        try
        {
            return await stream.ReadAsync(buffer, cancellation);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("the wire is closed", e);
        }
    }

    /// <inheritdoc/>
    protected internal override async ValueTask WriteRawAsync(
        ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await stream.WriteAsync(bytes, cancellation);
            await stream.FlushAsync(cancellation);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("the wire is closed", e);
        }
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        // The reader's pooled buffer is left to the collector: a receive may still be writing into it.
        _closed = true;
        return stream.DisposeAsync();
    }
}
