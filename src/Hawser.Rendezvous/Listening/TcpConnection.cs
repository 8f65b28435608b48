using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// A TCP connection on P or P-1. On P the server speaks first (§11.1) while a receive is already pending: stock targets
/// write one frame and close with our offer unread, so a reset follows directly behind their data, and that data
/// counts.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The reader gives its buffer back when serving ends.")]
internal sealed class TcpConnection : ClientConnection
{
    /// <summary>The longest frame of a client that has not secured its connection.</summary>
    internal const int PlainCap = 64 * 1024;

    /// <summary>The longest frame of a secured client (a tunnelled request) and of an online query.</summary>
    internal const int LargeCap = (1024 + 64) * 1024;

    private readonly Socket _socket;
    private readonly FrameReader _reader;
    private byte[]? _offer;
    private KeyAgreement? _agreement;
    private SecretStream? _stream;
    private bool _looksLikeText;

    public TcpConnection(Socket socket, PeerAddress remote, Door door, KeyOffer? offer, ConnectionParts parts)
        : base(remote, door, parts)
    {
        _socket = socket;
        _reader = new FrameReader(door == Door.Side ? LargeCap : PlainCap);
        _agreement = offer?.Agreement;
        _offer = offer?.Frame;
        _looksLikeText = door == Door.Side && Parts.Dispatcher.IsTextAllowed(remote);
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync()
    {
        try
        {
            // An empty receive waits without a buffer, so that idle connections hold none.
            var arrival = _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
            if (_offer is not null) SendFirst(_offer);
            _offer = null;
            await arrival;
            while (await ReceiveAsync())
            {
                if (_reader.Buffered > 0) continue;
                _reader.ReleaseIfEmpty();
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
            }
        }
        finally
        {
            _reader.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Encode(RendezvousMessage? message) =>
        message is null ? FrameWriter.Heartbeat : FrameWriter.Frame(message, _stream);

    /// <inheritdoc/>
    protected override async ValueTask WriteAsync(ReadOnlyMemory<byte> frame)
    {
        while (!frame.IsEmpty) frame = frame[await _socket.SendAsync(frame, SocketFlags.None)..];
    }

    /// <inheritdoc/>
    protected override ValueTask ShutDownOutputAsync()
    {
        _socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Abort()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is not connected any more.
        }

        _socket.Dispose();
    }

    private async ValueTask<bool> ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_reader.GetMemory(), SocketFlags.None);
        if (count == 0) return false;
        if (IsFinishing)
        {
            _reader.Dispose();
            return true;
        }

        _reader.Advance(count);
        if (_looksLikeText && AnswerText()) return true;
        var (whole, goOn) = await HandleFramesAsync();
        MarkPartial(_reader.Buffered > 0, whole);
        if (!goOn) Finish();
        return true;
    }

    private async ValueTask<(bool Whole, bool GoOn)> HandleFramesAsync()
    {
        var whole = false;
        var goOn = true;
        // Every frame that is here is handled, also behind one that ends the conversation, or before a reset.
        while (_reader.TryRead(out var payload))
        {
            whole = true;
            Touch();
            var plain = _stream?.OpenInPlace(payload) ?? payload;
            if (plain.IsEmpty) continue;
            var message = WireMessages.ReadRendezvous(plain.Span);
            if (!TrySecure(message)) goOn &= await HandleAsync(message);
        }

        return (whole, goOn);
    }

    /// <summary>The first frame decides: an answer to our offer switches encryption on, anything else means
    /// plain.</summary>
    private bool TrySecure(RendezvousMessage message)
    {
        var agreement = _agreement;
        _agreement = null;
        if (message.UnionCase != RendezvousMessage.UnionOneofCase.KeyExchange) return false;
        if (agreement is null) throw new ProtocolViolation("key exchange out of place");
        var stream = agreement.Accept(message.KeyExchange);
        lock (Gate) _stream = stream;
        _reader.MaxPayload = LargeCap;
        return true;
    }

    /// <summary>
    /// The original's text console (§8): no framing, one read. No frame of this port is printable: its payload starts
    /// with a byte above 0x7F, at the fifth byte at the latest.
    /// </summary>
    private bool AnswerText()
    {
        _looksLikeText = false;
        var bytes = _reader.TakeRest();
        if (Parts.Dispatcher.AnswerText(bytes) is { } answer)
        {
            if (answer.Length > 0) SendFirst(answer);
            Finish();
            return true;
        }

        bytes.CopyTo(_reader.GetMemory());
        _reader.Advance(bytes.Length);
        return false;
    }
}
