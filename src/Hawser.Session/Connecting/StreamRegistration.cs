using Hawser.Protocol;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting;

/// <summary>
/// Registration on one long connection (§6.11): by TCP the server speaks first and the connection is secured, by
/// WebSocket it is not. The server's heartbeats are echoed; silence ends the connection.
/// </summary>
internal sealed class StreamRegistration(PeerHostOptions options,
    Action<RendezvousMessage> push) : Registration(options, push)
{
    private const double SilenceFactor = 1.5;
    private TimeSpan _keepAlive = options.Timings.KeepAlive;
    private volatile bool _confirmed;

    /// <summary>Heartbeats that were echoed; for tests.</summary>
    public int Heartbeats { get; private set; }

    public override void ForgetKey() => _confirmed = false;

    protected override async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await RunConnectionAsync(cancellation);
            }
            catch (Exception e) when (e is IOException or ProtocolViolation or OperationCanceledException)
            {
                // Lost, refused or silent for too long: once more after a pause.
            }

            IsRegistered = false;
            try
            {
                await Task.Delay(Options.Timings.Reconnect, Options.Time, cancellation);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RunConnectionAsync(CancellationToken cancellation)
    {
        await using var connection = await RendezvousConnection.ConnectAsync(Options, cancellation);
        if (Options.Transport == ServerTransport.Tcp)
        {
            using var limit = new Deadline(Options.Timings.Answer, Options.Time, cancellation);
            await connection.SecureAsync(Options.ServerKeyBytes, limit.Token);
        }

        _confirmed = false;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asking = AskAsync(connection, stop.Token);
        try
        {
            while (true)
            {
                using var silence = new Deadline(_keepAlive * SilenceFactor, Options.Time, cancellation);
                if (await connection.ReceiveAsync(silence.Token) is not { } message) return;
                await OnMessageAsync(connection, message, cancellation);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await asking;
        }
    }

    private async Task OnMessageAsync(RendezvousConnection connection, RendezvousMessage message,
        CancellationToken cancellation)
    {
        switch (message.UnionCase)
        {
            case RendezvousMessage.UnionOneofCase.None:
                Heartbeats++;
                await connection.SendAsync(new RendezvousMessage(), cancellation);
                break;
            case RendezvousMessage.UnionOneofCase.RegisterPkResponse:
                LastResult = message.RegisterPkResponse.Result;
                if (message.RegisterPkResponse.KeepAlive > 0)
                {
                    _keepAlive = TimeSpan.FromSeconds(message.RegisterPkResponse.KeepAlive);
                }

                if (LastResult != RegisterPkResponse.Types.Result.Ok) break;
                _confirmed = true;
                Confirm();
                break;
            default:
                Push(message);
                break;
        }
    }

    private async Task AskAsync(RendezvousConnection connection, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (!_confirmed)
                {
                    await connection.SendAsync(new RendezvousMessage { RegisterPk = KeyMessage() }, cancellation);
                }

                await Task.Delay(Options.Timings.Register, Options.Time, cancellation);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The receiving side notices the same.
        }
    }
}
