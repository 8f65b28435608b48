using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>Opens TCP R, and accepts legs on the portable path.</summary>
internal sealed class RelayListener(RelayContext context, Socket socket) : IAsyncDisposable
{
    private const int Backlog = 4096;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds and listens, for this process alone.</summary>
    /// <exception cref="InvalidOperationException">The port can't be opened; the sentence names the option.</exception>
    public static Socket Open(IPAddress? bind, int port)
    {
        try
        {
            return Listen(bind ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any), port);
        }
        catch (SocketException e) when (bind is null
            && e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            // IPv6 is there but switched off.
            return Open(IPAddress.Any, port);
        }
        catch (SocketException e)
        {
            throw new InvalidOperationException(Sentence(e.SocketErrorCode, bind, port), e);
        }
    }

    private static Socket Listen(IPAddress address, int port)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;
            socket.NoDelay = true;
            // Accepted sockets inherit these on Linux: a vanished host is noticed within two minutes.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 60);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 15);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 4);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <summary>Starts to accept.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Stops accepting; legs that have not joined yet are closed.</summary>
    public async ValueTask StopAsync()
    {
        await _stopping.CancelAsync();
        socket.Dispose();
        await _accepting;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private static string Sentence(SocketError error, IPAddress? bind, int port) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"--relay-port {port}: another program listens on TCP port {port}; stop it or choose another port.",
        SocketError.AccessDenied =>
            $"--relay-port {port}: this account may not open TCP port {port}; choose another port.",
        SocketError.AddressNotAvailable => $"--bind {bind}: this machine has no such address.",
        _ => $"--relay-port {port}: TCP port {port} can't be opened ({error}).",
    };

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var accepted = await socket.AcceptAsync(_stopping.Token);
                Welcome(accepted);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets
                or SocketError.NoBufferSpaceAvailable)
            {
                context.Metrics.CountAcceptPause();
                RelayContext.Log.AcceptPaused(context.Logger);
                await Task.Delay(AcceptPause, context.Time, CancellationToken.None);
            }
            catch (SocketException)
            {
                // The connection was gone before it was accepted.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Welcome(Socket accepted)
    {
        if (accepted.RemoteEndPoint is not IPEndPoint endPoint)
        {
            accepted.Dispose();
            return;
        }

        var remote = PeerAddress.From(endPoint);
        var refusal = context.Admission.TryEnter(remote);
        if (refusal != AcceptRefusal.None)
        {
            context.Metrics.CountRefusal(refusal);
            accepted.Dispose();
            return;
        }

        accepted.NoDelay = true;
        context.Pumps.Own(ServeAsync(RelayAdmission.Admitted(new SocketLeg(accepted, remote, context))));
    }

    private async Task ServeAsync(SocketLeg leg)
    {
        if (context.Policy.Options.TextConsole && leg.Remote.IsLoopback && await TryCommandAsync(leg) is { } command)
        {
            await context.Pumps.AnswerAsync(leg, command);
            return;
        }

        await context.Pumps.ServeAsync(leg, _stopping.Token);
    }

    private async ValueTask<string?> TryCommandAsync(SocketLeg leg)
    {
        using var deadline = new CancellationTokenSource(
            TimeSpan.FromSeconds(context.Policy.Options.JoinSeconds), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            return await leg.PeekCommandAsync(either.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Joining will meet the same end and count it.
            return null;
        }
    }
}
