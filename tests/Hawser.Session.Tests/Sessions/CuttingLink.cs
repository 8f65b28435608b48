using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Tests.Sessions;

/// <summary>
/// A TCP path between two ends on loopback that breaks after so many bytes, perhaps inside of a frame: what came through until then
/// arrives, the rest never does.
/// </summary>
internal sealed class CuttingLink : IAsyncDisposable
{
    private readonly Socket _toHost;
    private readonly Socket _toController;
    private readonly Task _running;
    private long _left;

    private CuttingLink(Socket host, Socket toHost, Socket controller, Socket toController, long bytes)
    {
        (Host, Controller, _toHost, _toController, _left) = (Stream(host), Stream(controller), toHost, toController, bytes);
        _running = Task.WhenAll(CarryAsync(_toHost, _toController), CarryAsync(_toController, _toHost));
    }

    public Stream Host { get; }

    public Stream Controller { get; }

    public bool IsCut => Interlocked.Read(ref _left) <= 0;

    public static async Task<CuttingLink> MakeAsync(long bytes)
    {
        var (host, toHost) = await PairAsync();
        var (controller, toController) = await PairAsync();
        return new CuttingLink(host, toHost, controller, toController, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Controller.DisposeAsync();
        await _running;
        _toHost.Dispose();
        _toController.Dispose();
    }

    private static NetworkStream Stream(Socket socket) => new(socket, ownsSocket: true);

    private static async Task<(Socket, Socket)> PairAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var one = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var accepting = listener.AcceptAsync();
        await one.ConnectAsync(listener.LocalEndPoint!);
        var other = await accepting;
        other.NoDelay = true;
        return (one, other);
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var count and > 0)
            {
                var before = Interlocked.Add(ref _left, -count) + count;
                // Behind the cut it is read all the same, so that nobody hears of it by a reset.
                for (var at = 0; at < Math.Min(count, before);)
                {
                    at += await to.SendAsync(buffer.AsMemory(at, (int)Math.Min(count, before) - at));
                }

                if (before > count) continue;
                End(from);
                End(to);
            }
        }
        catch (SocketException)
        {
            // An end has gone.
        }

        End(to);
    }

    private static void End(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It has gone already.
        }
    }
}
