using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Hawser.Protocol;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>
/// A stand-in for KCP on a punched path, understood by this library only: one datagram is one payload, sent again until
/// it is acknowledged. Enough for a handshake and small messages; it proves the path. KCP takes its place with the
/// session's video.
/// </summary>
internal sealed class DatagramWire : Wire
{
    private const int Header = 5;
    private const int MaxDatagram = 1200;
    private const byte Data = 0xD1;
    private const byte Acknowledgement = 0xA1;
    private static readonly TimeSpan Resend = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly IPEndPoint _remote;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<byte[]> _arrived = System.Threading.Channels.Channel.CreateBounded<byte[]>(64);
    private readonly Task _receiving;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _acknowledged;
    private uint _sent;
    private uint _received;

    public DatagramWire(Socket socket, IPEndPoint remote, TimeProvider time)
    {
        _socket = socket;
        _remote = remote;
        _time = time;
        _receiving = ReceiveLoopAsync();
    }

    public override int MaxPayload { get; set; } = MaxDatagram - Header;

    protected override async ValueTask WriteAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var payload = buffer[HeaderRoom..];
        if (payload.Length > MaxDatagram - Header) throw new IOException("too long for a datagram");
        var datagram = new byte[Header + payload.Length];
        datagram[0] = Data;
        BinaryPrimitives.WriteUInt32LittleEndian(datagram.AsSpan(1), ++_sent);
        payload.CopyTo(datagram.AsMemory(Header));
        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _acknowledged = acknowledged;
        using var limit = new Deadline(Patience, _time, cancellation);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            while (true)
            {
                await UdpPunch.SendAsync(_socket, datagram, _remote, both.Token);
                try
                {
                    await acknowledged.Task.WaitAsync(Resend, _time, both.Token);
                    return;
                }
                catch (TimeoutException)
                {
                    // Lost, or its acknowledgement was: once more.
                }
            }
        }
        catch (Exception e) when ((e is OperationCanceledException
            && !cancellation.IsCancellationRequested) || e is ObjectDisposedException)
        {
            throw new IOException("the other end does not answer", e);
        }
    }

    protected override async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        while (await _arrived.Reader.WaitToReadAsync(cancellation))
        {
            if (!_arrived.Reader.TryRead(out var payload)) continue;
            return payload.Length <= MaxPayload ? payload : throw new ProtocolViolation("datagram too long");
        }

        return null;
    }

    protected internal override ValueTask<int> ReadRawAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        throw new IOException("datagrams carry no tunnel");

    protected internal override ValueTask WriteRawAsync(
        ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        throw new IOException("datagrams carry no tunnel");

    protected override async ValueTask CloseAsync()
    {
        await _stop.CancelAsync();
        await _receiving;
        _socket.Dispose();
    }

    private async Task ReceiveLoopAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var got = await UdpPunch.ReceiveAsync(_socket, buffer, _stop.Token);
                if (!_remote.Equals(got.RemoteEndPoint) || got.ReceivedBytes < Header) continue;
                var number = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(1));
                if (buffer[0] == Acknowledgement) OnAcknowledged(number);
                if (buffer[0] == Data) await OnDataAsync(buffer.AsMemory(0, got.ReceivedBytes), number);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Closed.
        }
        finally
        {
            _arrived.Writer.TryComplete();
        }
    }

    private void OnAcknowledged(uint number)
    {
        lock (_gate)
        {
            if (number == _sent) _acknowledged?.TrySetResult();
        }
    }

    private async Task OnDataAsync(Memory<byte> datagram, uint number)
    {
        // In order by construction: the other end sends the next only after this one was acknowledged.
        if (number == _received + 1)
        {
            if (!_arrived.Writer.TryWrite(datagram[Header..].ToArray())) return;
            _received = number;
        }
        else if (number != _received)
        {
            return;
        }

        datagram.Span[0] = Acknowledgement;
        await UdpPunch.SendAsync(_socket, datagram[..Header], _remote, _stop.Token);
    }
}
