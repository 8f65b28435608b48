using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Listening;

/// <summary>Receives one datagram a call with what every system has; allocates nothing either.</summary>
internal sealed class PortableLoop : IDatagramLoop
{
    // Windows: do not report that an earlier answer could not be delivered as an error of receiving.
    private const int NoConnectionResets = -1744830452;

    // So many errors in a row are no accident any more.
    private const int MostFaults = 10;

    private readonly Socket _socket;
    private readonly DatagramHandler _handler;
    private readonly CancellationToken _stopping;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(DatagramHandler.MaxDatagram + 1, pinned: true);
    private int _faults;
    private readonly byte[] _reply = GC.AllocateArray<byte>(DatagramHandler.MaxReply, pinned: true);

    public PortableLoop(Socket socket, DatagramHandler handler, CancellationToken stopping)
    {
        (_socket, _handler, _stopping) = (socket, handler, stopping);
        if (OperatingSystem.IsWindows()) socket.IOControl(NoConnectionResets, [0, 0, 0, 0], null);
    }

    /// <inheritdoc/>
    public bool IsHearing => Volatile.Read(ref _faults) <= MostFaults;

    /// <inheritdoc/>
    public void Run()
    {
        var source = new SocketAddress(_socket.AddressFamily);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var length = _socket.ReceiveFrom(_buffer, SocketFlags.None, source);
                if (_stopping.IsCancellationRequested) return;
                Answer(_buffer.AsSpan(0, length), source);
                Volatile.Write(ref _faults, 0);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                _handler.Counters.Count(DatagramCount.TooLong);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_stopping.IsCancellationRequested) return;
                _handler.Counters.Count(DatagramCount.ReceiveError);
                if (Interlocked.Increment(ref _faults) > MostFaults) _stopping.WaitHandle.WaitOne(10);
            }
        }
    }

    /// <inheritdoc/>
    public bool TrySend(ReadOnlySpan<byte> payload, PeerAddress destination)
    {
        var family = _socket.AddressFamily;
        var isIPv6 = family == AddressFamily.InterNetworkV6;
        var name = new SocketAddress(family, isIPv6 ? SocketName.IPv6Length : SocketName.IPv4Length);
        if (!SocketName.TryWrite(destination, family, name.Buffer.Span)) return false;
        try
        {
            return _socket.SendTo(payload, SocketFlags.None, name) == payload.Length;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    // Closing a socket is what wakes its receiver on every system.
    public void Wake() => _socket.Dispose();

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void Answer(ReadOnlySpan<byte> datagram, SocketAddress source)
    {
        var from = source.Family == AddressFamily.InterNetworkV6
            ? SocketName.ReadIPv6(source.Buffer.Span)
            : SocketName.ReadIPv4(source.Buffer.Span);
        int length;
        try
        {
            length = _handler.Handle(datagram, from, _handler.Now, _reply);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _handler.Fault(e);
            return;
        }

        if (length == 0) return;
        try
        {
            _socket.SendTo(_reply.AsSpan(0, length), SocketFlags.None, source);
        }
        catch (SocketException)
        {
            _handler.Counters.Count(DatagramCount.SendError);
        }
    }
}
