using System.Buffers;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;

namespace Hawser.Session.Channel;

/// <summary>
/// A two-way path for whole payloads, in clear or sealed: a framed byte stream, a WebSocket, or datagrams. One reader;
/// any number of writers, whose sends never mix.
/// </summary>
/// <remarks>Cancelling a send may leave half of it on the path: dispose the wire afterwards.</remarks>
public abstract class Wire : IAsyncDisposable
{
    /// <summary>Free bytes in front of what <see cref="WriteAsync"/> gets, for a transport's own header.</summary>
    protected const int HeaderRoom = FrameHeader.MaxLength;

    private readonly SemaphoreSlim _sending = new(1, 1);
    private SecretStream? _stream;

    /// <summary>
    /// The longest payload that is accepted, in bytes. Small before the other end is known, larger afterwards.
    /// </summary>
    public abstract int MaxPayload { get; set; }

    /// <summary>Whether both directions are sealed.</summary>
    public bool IsSealed => _stream is not null;

    /// <summary>Seals everything from now on, in both directions.</summary>
    /// <param name="stream">The agreed key and its counters.</param>
    public void Seal(SecretStream stream)
    {
        if (_stream is not null) throw new InvalidOperationException("the wire is sealed already");
        _stream = stream;
    }

    /// <summary>
    /// Sends one message. An empty message is an empty payload, which is a heartbeat and never sealed.
    /// </summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellation">Gives up; the wire is then unusable.</param>
    /// <returns>When the transport has taken it.</returns>
    /// <exception cref="IOException">The path is broken.</exception>
    public async ValueTask SendAsync(IMessage message, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var size = message.CalculateSize();
        await _sending.WaitAsync(cancellation);
        try
        {
            var tag = _stream is not null && size > 0 ? SecretStream.Overhead : 0;
            var total = HeaderRoom + tag + size;
            var rented = ArrayPool<byte>.Shared.Rent(total);
            var buffer = rented.AsMemory(0, total);
            message.WriteTo(buffer.Span[(HeaderRoom + tag)..]);
            if (tag > 0) _stream!.SealInPlace(buffer.Span[HeaderRoom..]);
            await WriteAsync(buffer, cancellation);
            // Only then: a transport that failed may still hold on to it.
            ArrayPool<byte>.Shared.Return(rented);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Receives the next payload, opened.</summary>
    /// <param name="cancellation">Gives up; a framed stream is then still in step.</param>
    /// <returns>The payload, valid until the next call; null at the end, also when the other end reset the
    /// path.</returns>
    /// <exception cref="Protocol.ProtocolViolation">Too long, or not genuine.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellation = default)
    {
        if (await ReadAsync(cancellation) is not { } payload) return null;
        return _stream?.OpenInPlace(payload) ?? payload;
    }

    /// <summary>
    /// Ends messages: from here on both directions are plain bytes, neither framed nor sealed, as tunnels are (§16).
    /// What was received behind the last payload comes first.
    /// </summary>
    /// <returns>The bytes; owns the wire.</returns>
    public Stream BecomeRaw() => new RawStream(this);

    /// <summary>Keeps little of what was sent in the system's own queue, so that what is urgent comes soon.</summary>
    public virtual void KeepShort()
    {
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Sends a payload that stands behind <see cref="HeaderRoom"/> free bytes. Never called twice at a time.
    /// </summary>
    /// <param name="buffer">Free bytes, then the payload.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When sent.</returns>
    protected abstract ValueTask WriteAsync(Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Receives the next payload as it is on the path.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The payload, which may be changed in place; null at the end.</returns>
    protected abstract ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellation);

    /// <summary>Receives plain bytes.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>How many; 0 at the end.</returns>
    protected internal abstract ValueTask<int> ReadRawAsync(Memory<byte> buffer, CancellationToken cancellation);

    /// <summary>Sends plain bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When the transport has taken them.</returns>
    /// <exception cref="IOException">The path is broken, or can't carry plain bytes.</exception>
    protected internal abstract ValueTask WriteRawAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Closes the transport; may be called more than once.</summary>
    /// <returns>When closed.</returns>
    protected abstract ValueTask CloseAsync();
}
