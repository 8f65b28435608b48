using System.Net;
using System.Net.Sockets;

namespace Hawser.Services.Tests.Recording;

/// <summary>
/// A proxy that gives each connection to the next server that is there, whoever it comes from: nothing sticks.
/// </summary>
internal sealed class RoundRobinProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly int[] _servers;
    private readonly int[] _served;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    /// <summary>What a server says, once: it is kept back, and the connection breaks. Null: nothing.</summary>
    private byte[]? _cut;

    public RoundRobinProxy(params int[] servers)
    {
        (_servers, _served) = (servers, new int[servers.Length]);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The place in the list of the server that got the last connection.</summary>
    public int Last { get; private set; }

    /// <summary>Keeps back what a server says the next time, and breaks the connection.</summary>
    public void CutBefore(string text) => Volatile.Write(ref _cut, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>How many connections each server got.</summary>
    public int[] Served => [.. _served];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var next = 0; ; next = (next + 1) % _servers.Length)
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                var server = new TcpClient();
                while (!await TryConnectAsync(server, _servers[next]))
                {
                    server.Dispose();
                    server = new TcpClient();
                    next = (next + 1) % _servers.Length;
                }

                _served[next]++;
                Last = next;
                _connections.Add(PassAsync(client, server));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It ends.
        }
    }

    private async Task<bool> TryConnectAsync(TcpClient server, int port)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port, _stopping.Token);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task SayAsync(NetworkStream server, NetworkStream client)
    {
        var buffer = new byte[64 << 10];
        for (int read; (read = await server.ReadAsync(buffer, _stopping.Token)) > 0;)
        {
            if (Volatile.Read(ref _cut) is { } cut && buffer.AsSpan(0, read).IndexOf(cut) >= 0)
            {
                Volatile.Write(ref _cut, null);
                return;
            }

            await client.WriteAsync(buffer.AsMemory(0, read), _stopping.Token);
        }
    }

    private async Task PassAsync(TcpClient client, TcpClient server)
    {
        using (client)
        using (server)
        {
            try
            {
                var (here, there) = (client.GetStream(), server.GetStream());
                await Task.WhenAny(here.CopyToAsync(there, _stopping.Token), SayAsync(there, here));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // One end has gone; so does the other.
            }
        }
    }
}
