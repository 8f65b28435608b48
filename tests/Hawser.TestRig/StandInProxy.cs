using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hawser.TestRig;

/// <summary>An HTTP CONNECT or SOCKS5 proxy that asks for a login and counts what goes through it.</summary>
public sealed class StandInProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly string? _login;
    private int _tunnels;

    /// <param name="login">User and password with a colon between; null lets everybody through.</param>
    public StandInProxy(string? login = null)
    {
        _login = login;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were made for clients.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var clients = new List<Task>();
        try
        {
            while (true) clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var first = new byte[1];
                await stream.ReadExactlyAsync(first, _stop.Token);
                var target = first[0] == 5 ? await SocksAsync(stream) : await HttpAsync(stream, (char)first[0]);
                if (target is not { } found) return;
                using var server = new TcpClient();
                await server.ConnectAsync(found.Host, found.Port, _stop.Token);
                Interlocked.Increment(ref _tunnels);
                var yes = first[0] == 5 ? [5, 0, 0, 1, 0, 0, 0, 0, 0, 0] : "HTTP/1.1 200 OK\r\nX-Proxy: yes\r\n\r\n"u8.ToArray();
                await stream.WriteAsync(yes, _stop.Token);
                var there = stream.CopyToAsync(server.GetStream(), _stop.Token);
                var back = server.GetStream().CopyToAsync(stream, _stop.Token);
                await Task.WhenAny(there, back);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One end has gone.
            }
        }
    }

    private async Task<(string Host, int Port)?> SocksAsync(NetworkStream stream)
    {
        var methods = await TakeAsync(stream, (await TakeAsync(stream, 1))[0]);
        var method = _login is null ? (byte)0 : (byte)2;
        await stream.WriteAsync(new byte[] { 5, methods.Contains(method) ? method : (byte)255 }, _stop.Token);
        if (!methods.Contains(method)) return null;
        if (_login is not null)
        {
            await TakeAsync(stream, 1);
            var user = await TakeAsync(stream, (await TakeAsync(stream, 1))[0]);
            var password = await TakeAsync(stream, (await TakeAsync(stream, 1))[0]);
            var isRight = $"{Encoding.UTF8.GetString(user)}:{Encoding.UTF8.GetString(password)}" == _login;
            await stream.WriteAsync(new byte[] { 1, isRight ? (byte)0 : (byte)1 }, _stop.Token);
            if (!isRight) return null;
        }

        var request = await TakeAsync(stream, 4);
        var host = request[3] switch
        {
            1 => new IPAddress(await TakeAsync(stream, 4)).ToString(),
            4 => new IPAddress(await TakeAsync(stream, 16)).ToString(),
            _ => Encoding.ASCII.GetString(await TakeAsync(stream, (await TakeAsync(stream, 1))[0])),
        };
        var port = await TakeAsync(stream, 2);
        return (host, (port[0] << 8) | port[1]);
    }

    private async Task<(string Host, int Port)?> HttpAsync(NetworkStream stream, char first)
    {
        var text = new StringBuilder().Append(first);
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            text.Append((char)(await TakeAsync(stream, 1))[0]);
        }

        var lines = text.ToString().Split("\r\n");
        var login = _login is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(_login));
        if (login is not null && !lines.Contains("Proxy-Authorization: " + login))
        {
            await stream.WriteAsync("HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
            return null;
        }

        var target = lines[0].Split(' ')[1];
        var colon = target.LastIndexOf(':');
        return (target[..colon].Trim('[', ']'), int.Parse(target[(colon + 1)..]));
    }

    private async Task<byte[]> TakeAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _stop.Token);
        return bytes;
    }
}
