using System.Net;
using Hawser.Controller.Calling;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Tunnel;

namespace Hawser.Controller.Commands;

/// <summary>A port of this machine that leads to somewhere behind a host.</summary>
internal sealed class LocalTunnel : IAsyncDisposable
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);
    private readonly HostCall _call;
    private readonly string _target;
    private readonly PortForward _wish;
    private readonly PortListener _listener;

    private LocalTunnel(HostCall call, string target, PortForward wish, PortListener listener) =>
        (_call, _target, _wish, _listener) = (call, target, wish, listener);

    public int Port => _listener.Local.Port;

    /// <summary>Opens the port, when the machine lets us in and the target answers.</summary>
    public static async Task<LocalTunnel> OpenAsync(
        HostCall call, string target, int port, PortForward wish, CancellationToken cancellation)
    {
        var tunnel = new LocalTunnel(call, target, wish, new PortListener(new IPEndPoint(IPAddress.Loopback, port)));
        try
        {
            // Tells a wrong password or a closed target now, not with the first connection.
            await (await tunnel.SessionAsync(cancellation)).DisposeAsync();
            return tunnel;
        }
        catch
        {
            await tunnel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var open = new HashSet<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(cancellation);
                open.RemoveWhere(t => t.IsCompleted);
                open.Add(ForwardAsync(client, cancellation));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(open);
        }
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<ControllerSession> SessionAsync(CancellationToken cancellation) =>
        _call.OpenAsync(_target, o => o with { Tunnel = _wish }, cancellation);

    private async Task ForwardAsync(Stream client, CancellationToken cancellation)
    {
        await using var own = client;
        try
        {
            await using var session = await SessionAsync(cancellation);
            await using var tunnel = await session.TunnelAsync();
            await TunnelPump.RunAsync(client, tunnel, Forever, TimeProvider.System, cancellation);
        }
        catch (Exception e) when (e is Failure or IOException or OperationCanceledException)
        {
            if (!cancellation.IsCancellationRequested) await Console.Error.WriteLineAsync(Plain.Text(e.Message));
        }
    }
}
