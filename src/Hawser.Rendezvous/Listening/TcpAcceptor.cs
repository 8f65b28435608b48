using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Identity;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Accepts on one TCP port, with sockets of its own rather than the web server's: a stock target resets the connection
/// right behind its only frame, and there a pipe that ends with an error would take the frame with it.
/// </summary>
internal sealed partial class TcpAcceptor : IDisposable
{
    private const int Backlog = 1024;
    private const int ReportMilliseconds = 10_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly int _port;
    private readonly Door _door;
    private readonly IPAddress? _bind;
    private readonly KeyOffers? _offers;
    private readonly ConnectionParts _parts;
    private readonly CancellationTokenSource _stop = new();
    private Socket? _socket;
    private Task _accepting = Task.CompletedTask;
    private long _reportedAt;

    public TcpAcceptor(int port, Door door, IPAddress? bind, KeyOffers? offers, ConnectionParts parts)
    {
        _port = port;
        _door = door;
        _bind = bind;
        _offers = offers;
        _parts = parts;
    }

    /// <summary>Binds and accepts from now on.</summary>
    /// <exception cref="InvalidOperationException">The port is taken or may not be bound.</exception>
    public void Start()
    {
        _socket = Open();
        _accepting = AcceptAllAsync(_socket);
    }

    /// <summary>Accepts nobody any more.</summary>
    /// <returns>When the port is free.</returns>
    public async Task StopAsync()
    {
        if (_stop.IsCancellationRequested) return;
        await _stop.CancelAsync();
        _socket?.Dispose();
        await _accepting;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket?.Dispose();
        _stop.Dispose();
    }

    private Socket Open()
    {
        // One dual-stack socket; where the system has no IPv6, plain IPv4.
        var address = _bind ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);
        try
        {
            return Listen(address);
        }
        catch (SocketException) when (_bind is null && address.Equals(IPAddress.IPv6Any) && !IsTaken())
        {
            return Listen(IPAddress.Any);
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(
                $"TCP port {_port} can't be listened on ({e.SocketErrorCode}): {Advice(e.SocketErrorCode)}", e);
        }

        bool IsTaken()
        {
            try
            {
                Listen(IPAddress.Any).Dispose();
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        }
    }

    private Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // Two servers on one port would split the clients between them (C15). Elsewhere that is the default.
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, _port));
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Advice(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "another program has it. Stop that one, or choose another base port with "
            + "--rendezvous-port (it, the one before and the one two above are used).",
        SocketError.AccessDenied =>
            "the system does not allow it. Choose a base port above 1024 with --rendezvous-port.",
        SocketError.AddressNotAvailable => "this machine does not have the address given with --bind.",
        _ => "check --rendezvous-port and --bind.",
    };

    private async Task AcceptAllAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Admit(await listener.AcceptAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (_stop.IsCancellationRequested) return;
                // Out of file descriptors, mostly: others will be given back soon.
                ReportFailure(e.SocketErrorCode);
                await PauseAsync();
            }
        }
    }

    private void ReportFailure(SocketError error)
    {
        var now = Uptime.Milliseconds(_parts.Time);
        if (_reportedAt != 0 && now - _reportedAt < ReportMilliseconds) return;
        _reportedAt = now;
        Log.AcceptFailed(_parts.Logger, _port, error);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(Pause, _parts.Time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The loop looks at the token itself.
        }
    }

    private void Admit(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint endPoint)
        {
            socket.Dispose();
            return;
        }

        var remote = PeerAddress.From(endPoint);
        if (!_parts.Table.TryAdmit(remote))
        {
            Refuse(socket);
            return;
        }

        try
        {
            socket.NoDelay = true;
        }
        catch (SocketException)
        {
            // Reset already; what it sent before may still be there to read.
        }

        // The table keeps the task and awaits it when the role stops.
        _ = _parts.Table.Serve(new TcpConnection(socket, remote, _door, _offers?.Take(), _parts));
    }

    private static void Refuse(Socket socket)
    {
        try
        {
            // A reset, so that a flood leaves nothing behind in the system's tables.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // It is gone already.
        }

        socket.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "Accepting on TCP port {Port} failed ({Error}); trying again")]
        public static partial void AcceptFailed(ILogger logger, int port, SocketError error);
    }
}
