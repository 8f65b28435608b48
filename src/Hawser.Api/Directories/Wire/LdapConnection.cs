using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Hawser.Api.Directories.Wire;

/// <summary>
/// One connection to a directory, one request at a time: LDAP version 3 with simple bind and search, plain, with
/// StartTLS or over TLS. See docs/adr/0010 for why it is our own.
/// </summary>
internal sealed class LdapConnection : IAsyncDisposable
{
    private const int MaximumMessage = 16 << 20;
    private const int PageSize = 500;
    private readonly Socket _socket;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = new byte[16 << 10];
    private Stream _stream;
    private int _from;
    private int _to;
    private int _lastId;

    private LdapConnection(Socket socket, TimeSpan timeout, TimeProvider time)
    {
        _socket = socket;
        _timeout = timeout;
        _time = time;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Whether what is said is encrypted.</summary>
    public bool IsEncrypted => _stream is SslStream;

    /// <summary>Connects, with TLS when the address or the options ask for it.</summary>
    /// <exception cref="LdapFault">It can't be reached, or is not who it must be.</exception>
    public static async Task<LdapConnection> OpenAsync(
        LdapTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(target.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var uri = target.Address;
        var isTls = uri.Scheme.Equals("ldaps", StringComparison.OrdinalIgnoreCase);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        LdapConnection? connection = null;
        try
        {
            await socket.ConnectAsync(uri.IdnHost, uri.Port > 0 ? uri.Port : isTls ? 636 : 389, both.Token);
            connection = new LdapConnection(socket, target.Timeout, time);
            if (isTls)
            {
                await connection.SecureAsync(target, both.Token);
            }
            else if (target.StartTls)
            {
                await connection.StartTlsAsync(both.Token);
                await connection.SecureAsync(target, both.Token);
            }

            return connection;
        }
        catch (Exception e)
        {
            if (connection is not null) await connection._stream.DisposeAsync();
            socket.Dispose();
            if (Explain(e, target, cancellationToken) is { } fault) throw fault;
            throw;
        }
    }

    /// <summary>Says who we are.</summary>
    /// <exception cref="LdapFault">The directory refuses; <see cref="LdapFault.Code"/> says why.</exception>
    public async Task BindAsync(string dn, string password, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            id => LdapMessages.Bind(id, dn, password), LdapMessages.BindResponse, cancellationToken);
        ThrowUnless(answer, "The bind");
    }

    /// <summary>Searches, page by page, however many entries there are.</summary>
    public async IAsyncEnumerable<LdapEntry> SearchAsync(
        LdapSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] cookie = [];
        var pageSize = search.SizeLimit == 0 ? PageSize : 0;
        do
        {
            var id = ++_lastId;
            await SendAsync(LdapMessages.Search(id, search, pageSize, cookie), cancellationToken);
            LdapAnswer answer;
            while ((answer = await ReceiveAsync(id, cancellationToken)).Kind != LdapMessages.SearchDone)
            {
                if (answer.Entry is { } entry) yield return entry;
                else if (answer.Kind != LdapMessages.SearchReference) throw new LdapFault(
                    "the directory lost its place");
            }

            // A size limit that we asked for is an answer.
            if (answer.Code == 4 && search.SizeLimit > 0) yield break;
            ThrowUnless(answer, "The search");
            cookie = answer.Cookie;
        }
        while (cookie.Length > 0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1), _time);
            await _stream.WriteAsync(LdapMessages.Unbind(++_lastId), deadline.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Politeness only.
        }

        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        var answer = await AskAsync(LdapMessages.StartTls, LdapMessages.ExtendedResponse, cancellationToken);
        ThrowUnless(answer, "StartTLS");
        // What came before the encryption must not count as if it were behind it.
        if (_from != _to) throw new LdapFault("the directory went on talking before TLS began");
    }

    private async Task SecureAsync(LdapTarget target, CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = target.Address.IdnHost.Trim('[', ']') };
        if (target.Authorities.Count > 0)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(target.Authorities);
            options.CertificateChainPolicy = policy;
        }

        await tls.AuthenticateAsClientAsync(options, cancellationToken);
    }

    private async Task<LdapAnswer> AskAsync(Func<int, byte[]> request, int kind, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        await SendAsync(request(id), cancellationToken);
        var answer = await ReceiveAsync(id, cancellationToken);
        return answer.Kind == kind ? answer : throw new LdapFault("the directory answered something else");
    }

    private async Task SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _stream.WriteAsync(message, both.Token);
            await _stream.FlushAsync(both.Token);
        }
        catch (Exception e) when (e is IOException || IsTimeout(e, cancellationToken))
        {
            throw new LdapFault("the directory does not listen any more: " + e.Message, e);
        }
    }

    private async Task<LdapAnswer> ReceiveAsync(int id, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = LdapMessages.Read(await ReadMessageAsync(both.Token));
            if (answer.Id == id) return answer;
            // 0: the directory says good-bye on its own.
            throw new LdapFault(answer.Id == 0 ? "the directory ends the connection: " + answer.Text
                : "the directory answered another question");
        }
        catch (Exception e) when (e is IOException || IsTimeout(e, cancellationToken))
        {
            throw new LdapFault("the directory does not answer: " + e.Message, e);
        }
    }

    /// <summary>One SEQUENCE of definite length; nothing beyond it is taken.</summary>
    private async Task<byte[]> ReadMessageAsync(CancellationToken cancellationToken)
    {
        var head = new ArrayBufferWriter<byte>(8);
        async Task<byte> NextAsync()
        {
            if (_from == _to) await FillAsync(cancellationToken);
            var value = _buffer[_from++];
            head.Write([value]);
            return value;
        }

        if (await NextAsync() != 0x30) throw new LdapFault("the directory sent something else than LDAP");
        int length = await NextAsync();
        if (length > 0x84 || length == 0x80) throw new LdapFault("the directory sent a message of impossible length");
        if (length > 0x80)
        {
            var bytes = length - 0x80;
            var value = 0L;
            for (var i = 0; i < bytes; i++) value = (value << 8) | await NextAsync();
            if (value > MaximumMessage) throw new LdapFault("the directory sent a message that is too large");
            length = (int)value;
        }

        var message = new byte[head.WrittenCount + length];
        head.WrittenSpan.CopyTo(message);
        var at = head.WrittenCount;
        while (at < message.Length)
        {
            if (_from == _to) await FillAsync(cancellationToken);
            var take = Math.Min(message.Length - at, _to - _from);
            _buffer.AsSpan(_from, take).CopyTo(message.AsSpan(at));
            _from += take;
            at += take;
        }

        return message;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var read = await _stream.ReadAsync(_buffer, cancellationToken);
        if (read == 0) throw new IOException("the connection was closed");
        (_from, _to) = (0, read);
    }

    private static void ThrowUnless(LdapAnswer answer, string what)
    {
        if (answer.Code == 0) return;
        var more = answer.Text.Length > 0 ? $" ({answer.Text.TrimEnd('\0', '\n')})" : "";
        throw new LdapFault(answer.Code, $"{what} was refused: {LdapFault.Name(answer.Code)}{more}");
    }

    private static LdapFault? Explain(Exception e, LdapTarget target, CancellationToken cancellationToken) => e switch
    {
        LdapFault fault => fault,
        SocketException => new LdapFault($"{target.Address} can't be reached: {e.Message}", e),
        AuthenticationException => new LdapFault(
            $"{target.Address}: the certificate is not accepted: {e.Message} {e.InnerException?.Message}".TrimEnd(), e),
        IOException => new LdapFault($"{target.Address}: {e.Message}", e),
        _ when IsTimeout(e, cancellationToken) => new LdapFault($"{target.Address} does not answer in time", e),
        _ => null,
    };

    private static bool IsTimeout(Exception e, CancellationToken cancellationToken) =>
        e is OperationCanceledException && !cancellationToken.IsCancellationRequested;
}

/// <summary>Where a directory is, and who it must be.</summary>
/// <param name="Address">ldap://host:port or ldaps://host:port.</param>
/// <param name="StartTls">TLS begins after a plain greeting.</param>
/// <param name="Authorities">Certificate authorities; empty: those of the system.</param>
/// <param name="Timeout">For connecting, and for each answer.</param>
internal sealed record LdapTarget(
    Uri Address, bool StartTls, X509Certificate2Collection Authorities, TimeSpan Timeout);
