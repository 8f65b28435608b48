using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Hawser.Api.Notifications.Wire.Smtp;

/// <summary>What a mail server answered: a code, and its lines without that.</summary>
/// <param name="Code">Three digits.</param>
/// <param name="Lines">At least one.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>Whether it is of the hundred that was hoped for.</summary>
    public bool Is(int hundred) => Code / 100 == hundred;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} {string.Join(' ', Lines)}");
}

/// <summary>
/// The line to a mail server: bytes out, answers in. Nothing is waited for longer than a step may take, and of an
/// answer no more is read than one can be.
/// </summary>
internal sealed class SmtpLine : IAsyncDisposable
{
    private const int LongestLine = 4096;
    private const int MostLines = 100;
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ToSend = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly MailDialogue _dialogue;
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = new byte[4096];
    private Stream _stream;
    private int _start;
    private int _end;

    private SmtpLine(Socket socket, string host, MailDialogue dialogue, TimeProvider time)
    {
        (_socket, _host, _dialogue, _time) = (socket, host, dialogue, time);
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Whether what is said is encrypted.</summary>
    public bool IsEncrypted => _stream is SslStream;

    /// <summary>What this machine calls itself: its address, because it need not have a name.</summary>
    public string OwnName =>
        _socket.LocalEndPoint is IPEndPoint { Address: var address } ? address switch
        {
            { IsIPv4MappedToIPv6: true } => $"[{address.MapToIPv4()}]",
            // Without the number of the interface.
            { AddressFamily: AddressFamily.InterNetworkV6 } => $"[IPv6:{new IPAddress(address.GetAddressBytes())}]",
            _ => $"[{address}]",
        } : "[127.0.0.1]";

    /// <summary>Connects.</summary>
    /// <exception cref="SmtpFault">Nobody answers there.</exception>
    public static async Task<SmtpLine> ConnectAsync(
        string host, int port, MailDialogue dialogue, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await WithinAsync(
                ToConnect, time, "connect", token => socket.ConnectAsync(host, port, token).AsTask(),
                cancellationToken);
            dialogue.Add(MailDialogue.Note, string.Create(
                CultureInfo.InvariantCulture, $"Connected to {socket.RemoteEndPoint} ({host}:{port})."));
            return new SmtpLine(socket, host, dialogue, time);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new SmtpFault(string.Create(
                CultureInfo.InvariantCulture, $"{host}:{port} can't be reached: {e.Message}"), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says a line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="shown">What the dialogue shows instead; null: the line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task SayAsync(string line, string? shown, CancellationToken cancellationToken)
    {
        // What comes from settings and addresses was looked at; this is for what was forgotten.
        if (line.AsSpan().ContainsAny('\r', '\n', '\0')) throw new SmtpFault("A command may have one line only.");
        _dialogue.Add(MailDialogue.Us, shown ?? line);
        return SendAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken);
    }

    /// <summary>Sends bytes.</summary>
    public Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => WithinAsync(
        ToSend, _time, "take what was sent", token => _stream.WriteAsync(bytes, token).AsTask(), cancellationToken);

    /// <summary>Reads an answer.</summary>
    /// <param name="atMost">How long it may take.</param>
    /// <param name="to">What it is an answer to, for people.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SmtpFault">None came, or what came is none.</exception>
    public async Task<SmtpReply> ReadAsync(TimeSpan atMost, string to, CancellationToken cancellationToken)
    {
        SmtpReply? reply = null;
        await WithinAsync(
            atMost, _time, $"answer {to}", async token => reply = await ReadAsync(token), cancellationToken);
        return reply!;
    }

    /// <summary>Encrypts from here on.</summary>
    /// <exception cref="SmtpFault">The other side can't, or its certificate is not what it must be.</exception>
    public async Task EncryptAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        // What was said before the encryption and is read after it could be anybody's.
        if (_end > _start) throw new SmtpFault("The mail server said more than it may before the encryption.");
        var complaint = "";
        var ssl = new SslStream(_stream, leaveInnerStreamOpen: false);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = _host,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                complaint = Complaint(certificate, chain, errors);
                return errors == SslPolicyErrors.None;
            },
        };
        try
        {
            await WithinAsync(
                atMost, _time, "encrypt", token => ssl.AuthenticateAsClientAsync(options, token), cancellationToken);
        }
        catch (Exception e) when (e is System.Security.Authentication.AuthenticationException or IOException
            or SocketException or SmtpFault)
        {
            await ssl.DisposeAsync();
            if (e is SmtpFault) throw;
            throw new SmtpFault(
                complaint.Length > 0 ? complaint : $"The connection to {_host} can't be encrypted: {e.Message}", e);
        }

        _stream = ssl;
        _dialogue.Add(MailDialogue.Note, $"Encrypted ({ssl.SslProtocol}), certificate of "
            + $"{ssl.RemoteCertificate?.Subject}, valid until {ssl.RemoteCertificate?.GetExpirationDateString()}.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var code = 0;
        var lines = new List<string>();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            _dialogue.Add(MailDialogue.Them, line);
            var isCode = line.Length >= 3 && line.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0
                && (line.Length == 3 || line[3] is ' ' or '-');
            if (!isCode) throw new SmtpFault($"This is no mail server; it said: {_dialogue.Clean(line)}");
            var now = int.Parse(line.AsSpan(0, 3), CultureInfo.InvariantCulture);
            if (lines.Count > 0 && now != code) throw new SmtpFault("The mail server mixed two answers.");
            code = now;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ') return new SmtpReply(code, lines);
            if (lines.Count == MostLines) throw new SmtpFault("The mail server's answer does not end.");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (true)
        {
            if (_start == _end)
            {
                (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
                if (_end == 0) throw new SmtpFault("The mail server closed the connection.");
            }

            var some = _buffer.AsSpan(_start, _end - _start);
            var newline = some.IndexOf((byte)'\n');
            var taken = newline < 0 ? some.Length : newline + 1;
            line.AddRange(some[..taken]);
            _start += taken;
            if (line.Count > LongestLine) throw new SmtpFault("The mail server's line does not end.");
            if (newline >= 0) return Encoding.UTF8.GetString([.. line]).TrimEnd('\r', '\n');
        }
    }

    private string Complaint(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return "";
        if (certificate is null) return $"{_host} shows no certificate.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"The certificate is for {certificate.Subject}, not for {_host}.";
        }

        var why = chain?.ChainStatus.Select(s => s.StatusInformation.Trim()).Where(s => s.Length > 0).Distinct() ?? [];
        return $"The certificate of {_host} ({certificate.Subject}) is not trusted here: {string.Join("; ", why)}";
    }

    private static async Task WithinAsync(
        TimeSpan atMost, TimeProvider time, string what, Func<CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(atMost, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await work(deadline.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SmtpFault(string.Create(
                CultureInfo.InvariantCulture,
                $"The mail server did not {what} within {atMost.TotalSeconds} seconds."), e);
        }
        catch (IOException e)
        {
            throw new SmtpFault($"The connection to the mail server broke: {e.Message}", e);
        }
    }
}
