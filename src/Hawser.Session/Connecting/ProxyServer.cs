using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Hawser.Session.Connecting;

/// <summary>
/// A proxy for all outgoing connections: HTTP with CONNECT, the same inside TLS, or SOCKS5 (RFC 1928, 1929). Behind
/// one, peers register by TCP and meet at relays only.
/// </summary>
public sealed class ProxyServer
{
    private const int LongestAnswer = 8 * 1024;
    private const int DefaultSocksPort = 1080;
    private const byte SocksVersion = 5;
    private const byte SocksNoLogin = 0;
    private const byte SocksLogin = 2;
    private static readonly string[] SocksFailures =
    [
        "", "it failed", "its rules forbid it", "the network is unreachable", "the host is unreachable",
        "the connection was refused", "the time to live is over", "it does not know the command",
        "it does not know the kind of address",
    ];

    private readonly Uri _uri;
    private readonly ServerName _server;
    private readonly string _user;
    private readonly string _password;

    private ProxyServer(Uri uri, ServerName server)
    {
        (_uri, _server) = (uri, server);
        var login = uri.UserInfo.Split(':', 2);
        _user = Uri.UnescapeDataString(login[0]);
        _password = login.Length == 2 ? Uri.UnescapeDataString(login[1]) : "";
    }

    /// <summary>
    /// Reads <c>http://</c>, <c>https://</c> or <c>socks5://</c> with host, and port and login if need be.
    /// </summary>
    /// <param name="text">As people write it, <c>socks5://user:secret@proxy.example:1080</c>.</param>
    /// <param name="proxy">The proxy.</param>
    /// <returns>False when it is something else.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out ProxyServer? proxy)
    {
        proxy = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)) return false;
        if (uri.Scheme is not ("http" or "https" or "socks5") || uri.Host.Length == 0) return false;
        var port = uri.Port > 0 ? uri.Port : DefaultSocksPort;
        var login = uri.UserInfo.Split(':', 2);
        // One byte says how long each is (RFC 1929).
        if (Array.Exists(login, part => Encoding.UTF8.GetByteCount(Uri.UnescapeDataString(part)) > 255)) return false;
        proxy = new ProxyServer(uri, new ServerName(uri.DnsSafeHost, port));
        return true;
    }

    /// <summary>The same proxy for the framework's HTTP and WebSocket clients.</summary>
    /// <returns>The proxy with its login.</returns>
    public IWebProxy ToWebProxy() => new WebProxy(new UriBuilder(_uri) { UserName = "", Password = "" }.Uri)
    {
        Credentials = _user.Length > 0 ? new NetworkCredential(_user, _password) : null,
    };

    /// <summary>Without its login.</summary>
    /// <returns>Scheme, host and port.</returns>
    public override string ToString() => $"{_uri.Scheme}://{_server}";

    /// <summary>Connects to a server through the proxy.</summary>
    /// <returns>The bytes to and from the server.</returns>
    /// <exception cref="IOException">The proxy can't be reached, or refuses.</exception>
    internal async Task<Stream> ConnectAsync(ServerName target, CancellationToken cancellation)
    {
        Stream stream;
        try
        {
            stream = await Dialer.ConnectStreamAsync(_server, cancellation);
        }
        catch (SocketException e)
        {
            throw new IOException($"can't connect to the proxy {this}: {e.Message}", e);
        }

        try
        {
            if (_uri.Scheme == "https") stream = await EncryptAsync(stream, cancellation);
            await (_uri.Scheme == "socks5" ? SocksAsync(stream, target, cancellation)
                : TunnelAsync(stream, target, cancellation));
            return stream;
        }
        catch (Exception e)
        {
            await stream.DisposeAsync();
            if (e is EndOfStreamException or System.Security.Authentication.AuthenticationException)
            {
                throw new IOException($"the proxy {this} does not answer as one: {e.Message}", e);
            }

            throw;
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream, CancellationToken cancellation)
    {
        var sealedStream = new SslStream(stream);
        var options = new SslClientAuthenticationOptions { TargetHost = _server.Host };
        await sealedStream.AuthenticateAsClientAsync(options, cancellation);
        return sealedStream;
    }

    private async Task TunnelAsync(Stream stream, ServerName target, CancellationToken cancellation)
    {
        var request = $"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n";
        if (_user.Length > 0)
        {
            var login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_user}:{_password}"));
            request += $"Proxy-Authorization: Basic {login}\r\n";
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(request + "\r\n"), cancellation);
        await stream.FlushAsync(cancellation);
        var first = await ReadAnswerAsync(stream, cancellation);
        var parts = first.Split(' ', 3);
        var isAnswer = parts.Length >= 2 && parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal);
        if (!isAnswer || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new IOException($"the proxy {this} does not speak HTTP");
        }

        if (status == 407) throw new IOException($"the proxy {this} wants another user name and password");
        if (status / 100 != 2) throw new IOException($"the proxy {this} refuses {target}: {first}");
    }

    // Byte by byte: what stands behind the answer is the server's first word.
    private async Task<string> ReadAnswerAsync(Stream stream, CancellationToken cancellation)
    {
        var answer = new byte[LongestAnswer];
        for (var length = 0; length < LongestAnswer;)
        {
            await stream.ReadExactlyAsync(answer.AsMemory(length++, 1), cancellation);
            if (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) continue;
            var text = Encoding.ASCII.GetString(answer, 0, length);
            return text[..text.IndexOf('\r', StringComparison.Ordinal)];
        }

        throw new IOException($"the proxy {this} answers without an end");
    }

    private async Task SocksAsync(Stream stream, ServerName target, CancellationToken cancellation)
    {
        byte[] offer = _user.Length > 0 ? [SocksVersion, 2, SocksNoLogin, SocksLogin] : [SocksVersion, 1, SocksNoLogin];
        await stream.WriteAsync(offer, cancellation);
        var answer = new byte[4];
        await stream.ReadExactlyAsync(answer.AsMemory(0, 2), cancellation);
        if (answer[0] != SocksVersion) throw new IOException($"the proxy {this} does not speak SOCKS5");
        if (answer[1] == SocksLogin && _user.Length > 0) await LogInAsync(stream, cancellation);
        else if (answer[1] != SocksNoLogin) throw new IOException($"the proxy {this} wants a user name and password");
        await stream.WriteAsync(SocksRequest(target), cancellation);
        await stream.ReadExactlyAsync(answer, cancellation);
        if (answer[1] != 0)
        {
            var why = answer[1] < SocksFailures.Length ? SocksFailures[answer[1]] : $"failure {answer[1]}";
            throw new IOException($"the proxy {this} does not connect to {target}: {why}");
        }

        await SkipBoundAddressAsync(stream, answer[3], cancellation);
    }

    private async Task LogInAsync(Stream stream, CancellationToken cancellation)
    {
        var (user, password) = (Encoding.UTF8.GetBytes(_user), Encoding.UTF8.GetBytes(_password));
        byte[] login = [1, (byte)user.Length, .. user, (byte)password.Length, .. password];
        await stream.WriteAsync(login, cancellation);
        var verdict = new byte[2];
        await stream.ReadExactlyAsync(verdict, cancellation);
        if (verdict[1] != 0) throw new IOException($"the proxy {this} wants another user name and password");
    }

    // Names are the proxy's to resolve: from here they may not be known.
    private byte[] SocksRequest(ServerName target)
    {
        byte[] port = [(byte)(target.Port >> 8), (byte)target.Port];
        if (IPAddress.TryParse(target.Host, out var address))
        {
            var kind = address.AddressFamily == AddressFamily.InterNetwork ? (byte)1 : (byte)4;
            return [SocksVersion, 1, 0, kind, .. address.GetAddressBytes(), .. port];
        }

        var name = Encoding.ASCII.GetBytes(target.Host);
        if (name.Length > 255) throw new IOException($"the proxy {this} can't be asked for so long a name");
        return [SocksVersion, 1, 0, 3, (byte)name.Length, .. name, .. port];
    }

    private async Task SkipBoundAddressAsync(Stream stream, byte kind, CancellationToken cancellation)
    {
        var rest = new byte[255 + 2];
        var length = kind switch
        {
            1 => 4,
            3 => 1,
            4 => 16,
            _ => throw new IOException($"the proxy {this} answers with an address of kind {kind}"),
        };
        await stream.ReadExactlyAsync(rest.AsMemory(0, length), cancellation);
        if (kind == 3)
        {
            length = rest[0];
            await stream.ReadExactlyAsync(rest.AsMemory(0, length), cancellation);
        }

        await stream.ReadExactlyAsync(rest.AsMemory(0, 2), cancellation);
    }
}
