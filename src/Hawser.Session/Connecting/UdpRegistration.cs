using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>
/// Registration by datagrams (§6.1, §6.2): RegisterPeer every 15 s, RegisterPk when the server asks or the key is
/// unconfirmed.
/// </summary>
internal sealed class UdpRegistration(PeerHostOptions options,
    Action<RendezvousMessage> push) : Registration(options, push)
{
    private readonly Lock _gate = new();
    private long _lastAnswer;
    private long _lastRequest;
    private bool _answered;
    private bool _waiting;
    private int _unanswered;
    private bool _confirmed;

    public override void ForgetKey()
    {
        lock (_gate) _confirmed = false;
    }

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await RunSocketAsync(cancellation);
            }
            catch (SocketException)
            {
                // The name does not resolve or no socket can be made: later.
                IsRegistered = false;
                await PauseAsync(Options.Timings.Retry, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Returns when the server has been silent for so long that its name should be resolved again.
    private async Task RunSocketAsync(CancellationToken cancellation)
    {
        var addresses = await Dialer.ResolveAsync(Options.Server.Host, Options.LocalAddress, cancellation);
        var server = new IPEndPoint(addresses[0], Options.Server.Port);
        using var socket = UdpPunch.Open(server.AddressFamily, Options.LocalAddress);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (_gate) (_answered, _waiting, _unanswered) = (false, false, 0);
        var receiving = ReceiveAsync(socket, server, stop.Token);
        try
        {
            var opened = Options.Time.GetTimestamp();
            while (true)
            {
                if (Due() is { } message) await UdpPunch.SendAsync(socket, message.ToByteArray(), server, cancellation);
                if (_unanswered >= Options.Timings.RetriesBeforeResolving) IsRegistered = false;
                if (_unanswered >= Options.Timings.RetriesBeforeResolving
                    && Options.Time.GetElapsedTime(opened) > Options.Timings.Resolve) return;
                await Task.Delay(Options.Timings.Tick, Options.Time, cancellation);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await receiving;
        }
    }

    private RendezvousMessage? Due()
    {
        lock (_gate)
        {
            var timings = Options.Timings;
            var due = _waiting
                ? Options.Time.GetElapsedTime(_lastRequest) >= timings.Retry
                : !_answered || Options.Time.GetElapsedTime(_lastAnswer) >= timings.Register;
            if (!due) return null;
            if (_waiting) _unanswered++;
            return Request();
        }
    }

    private RendezvousMessage Request()
    {
        _waiting = true;
        _lastRequest = Options.Time.GetTimestamp();
        return _confirmed
            ? new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = Options.Identity.Id, Serial = 3 } }
            : new RendezvousMessage { RegisterPk = KeyMessage() };
    }

    private async Task ReceiveAsync(Socket socket, IPEndPoint server, CancellationToken cancellation)
    {
        var buffer = new byte[65536];
        try
        {
            while (true)
            {
                var got = await UdpPunch.ReceiveAsync(socket, buffer, cancellation);
                if (!server.Equals(got.RemoteEndPoint)) continue;
                if (!WireMessages.TryReadRendezvous(buffer.AsSpan(0, got.ReceivedBytes), out var message)) continue;
                if (OnMessage(message!) is { } answer)
                {
                    await UdpPunch.SendAsync(socket, answer.ToByteArray(), server, cancellation);
                }

            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private RendezvousMessage? OnMessage(RendezvousMessage message)
    {
        lock (_gate)
        {
            if (message.RegisterPeerResponse is { } peer)
            {
                Answered();
                if (!peer.RequestPk)
                {
                    Confirm();
                    return null;
                }

                _confirmed = false;
                return Request();
            }

            if (message.RegisterPkResponse is { } key)
            {
                Answered();
                LastResult = key.Result;
                _confirmed = key.Result == RegisterPkResponse.Types.Result.Ok;
                if (!_confirmed) return null;
                Confirm();
                // The original stores no address for an unchanged key (§6.2), so make sure that it knows ours at once.
                return Request();
            }
        }

        Push(message);
        return null;
    }

    private void Answered()
    {
        _answered = true;
        _waiting = false;
        _unanswered = 0;
        _lastAnswer = Options.Time.GetTimestamp();
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, Options.Time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
