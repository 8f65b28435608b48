using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Tests.Kcp;

/// <summary>Carries datagrams between a dialling and an accepting socket, and may lose some of them.</summary>
internal sealed class DatagramPath : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _nearDialler = Bound();
    private readonly Socket _nearHost = Bound();
    private readonly Task _there;
    private readonly Task _back;
    private int _cut;

    /// <param name="loses">Whether a datagram is lost: from the dialler?, its bytes.</param>
    public DatagramPath(Func<bool, byte[], bool> loses)
    {
        Dialler = Bound();
        Host = Bound();
        _there = CarryAsync(_nearDialler, _nearHost, (IPEndPoint)Host.LocalEndPoint!, true, loses);
        _back = CarryAsync(_nearHost, _nearDialler, (IPEndPoint)Dialler.LocalEndPoint!, false, loses);
    }

    public Socket Dialler { get; }

    public Socket Host { get; }

    /// <summary>Where the dialler finds the host.</summary>
    public IPEndPoint ToHost => (IPEndPoint)_nearDialler.LocalEndPoint!;

    /// <summary>Where the host finds the dialler.</summary>
    public IPEndPoint ToDialler => (IPEndPoint)_nearHost.LocalEndPoint!;

    /// <summary>From now on nothing arrives.</summary>
    public void Cut() => Volatile.Write(ref _cut, 1);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_there, _back);
        foreach (var socket in new[] { _nearDialler, _nearHost, Dialler, Host }) socket.Dispose();
        _stop.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 2 * 1024 * 1024,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task CarryAsync(
        Socket from, Socket through, IPEndPoint to, bool isFromDialler, Func<bool, byte[], bool> loses)
    {
        var buffer = new byte[2048];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var count = await from.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                var datagram = buffer[..count];
                if (Volatile.Read(ref _cut) == 1 || loses(isFromDialler, datagram)) continue;
                through.SendTo(datagram, to);
            }
            catch (SocketException)
            {
                // The receiver is gone; so are its datagrams.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
