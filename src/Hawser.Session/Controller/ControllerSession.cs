using System.Threading.Channels;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Clipboard;
using Hawser.Session.Video;

namespace Hawser.Session.Controller;

/// <summary>
/// One session with a host, from the controller's side (§21.2): answers probes from the first one on, logs in, and
/// hands what the host sends to whoever asked for it. Owns its channel.
/// </summary>
public sealed partial class ControllerSession : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    private readonly SecureChannel _channel;
    private readonly ControllerOptions _options;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Hash> _hash = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _raw = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<LoginResponse> _answers =
        System.Threading.Channels.Channel.CreateBounded<LoginResponse>(64);

    private readonly Lock _gate = new();
    private readonly HashSet<PermissionInfo.Types.Permission> _denied = [];
    private readonly Task _running;
    private long _heard;
    private TaskCompletionSource? _echo;
    private int _disposed;
    private bool _isRaw;

    /// <summary>Starts to listen to the host.</summary>
    /// <param name="channel">The channel after its handshake; owned by the session.</param>
    /// <param name="options">Who, and what for.</param>
    public ControllerSession(SecureChannel channel, ControllerOptions options)
    {
        _channel = channel;
        _options = options;
        Lanes = new SendLanes(channel, options.Time);
        Files = new RemoteFiles(this, options.Time);
        _fetch = new FileFetch(Lanes.Post, options.Time);
        Terminals = new RemoteTerminals(this);
        Screen = new RemoteScreen(this, options.AcknowledgesVideo);
        _heard = options.Time.GetTimestamp();
        _running = RunAsync();
    }

    /// <summary>Ends when the host closed, or the path broke; never fails.</summary>
    public Task Ended => _running;

    /// <summary>Why it ended; null while it runs.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Whether both directions are sealed.</summary>
    public bool IsEncrypted => _channel.IsEncrypted;

    /// <summary>What the host says of itself; null before the login.</summary>
    public PeerInfo? Host { get; private set; }

    /// <summary>Whether the host trusts devices; known with a request for a code.</summary>
    public bool MayTrustDevice { get; private set; }

    /// <summary>The round trip that the host measured last.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>Files of the host, in a file session.</summary>
    public RemoteFiles Files { get; }

    /// <summary>Shells of the host, in a terminal session.</summary>
    public RemoteTerminals Terminals { get; }

    /// <summary>Displays, pointer and keys of the host, in a remote-control session.</summary>
    public RemoteScreen Screen { get; }

    /// <summary>What the host's machine plays, in a remote-control session.</summary>
    public RemoteSound Sound { get; } = new();

    /// <summary>What the host forbids.</summary>
    public IReadOnlyCollection<PermissionInfo.Types.Permission> Denied
    {
        get
        {
            lock (_gate) return [.. _denied];
        }
    }

    internal SendLanes Lanes { get; }

    internal CancellationToken Stopping => _stop.Token;

    /// <summary>
    /// Logs in with a password, or with none: then the host's user must agree, or a step asks for one.
    /// </summary>
    /// <param name="password">The password; empty for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The host's answer.</returns>
    public async Task<LoginStep> LoginAsync(string password, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (await HashAsync(cancellation) is not { } hash) return await AnswerAsync(cancellation);
        var stored = password.Length == 0 ? [] : PasswordProof.Store(password, hash.Salt);
        return await ProveAsync(stored, cancellation);
    }

    /// <summary>Logs in with a remembered proof (§5.3).</summary>
    /// <param name="stored">The hash of password and salt; empty for none.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The host's answer.</returns>
    public async Task<LoginStep> ProveAsync(ReadOnlyMemory<byte> stored, CancellationToken cancellation = default)
    {
        if (await HashAsync(cancellation) is not { } hash) return await AnswerAsync(cancellation);
        var proof = stored.IsEmpty ? [] : PasswordProof.Answer(stored.Span, hash.Challenge);
        Lanes.Post(new Message { LoginRequest = Request(proof) });
        return await AnswerAsync(cancellation);
    }

    /// <summary>Answers the request for a code.</summary>
    /// <param name="code">Six digits.</param>
    /// <param name="trust">Trust this device from now on; needs <see cref="ControllerOptions.Hwid"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The host's answer.</returns>
    public async Task<LoginStep> SendCodeAsync(string code, bool trust, CancellationToken cancellation = default)
    {
        var hwid = trust ? ByteString.CopyFrom(_options.Hwid.Span) : ByteString.Empty;
        Lanes.Post(new Message { Auth2Fa = new Auth2FA { Code = code, Hwid = hwid } });
        return await AnswerAsync(cancellation);
    }

    /// <summary>Waits for the host's next word on the login, for instance that its user has agreed.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The host's answer.</returns>
    public async Task<LoginStep> AnswerAsync(CancellationToken cancellation = default)
    {
        try
        {
            return Read(await _answers.Reader.ReadAsync(cancellation));
        }
        catch (ChannelClosedException)
        {
            await _running;
            return new LoginStep(LoginState.Ended, EndReason ?? "the session has ended");
        }
    }

    /// <summary>The tunnel's plain bytes, after the login of a tunnel.</summary>
    /// <returns>The bytes; valid until the session is disposed.</returns>
    /// <exception cref="InvalidOperationException">This is no tunnel, or nobody has logged in.</exception>
    public async Task<Stream> TunnelAsync()
    {
        if (_options.Tunnel is null || !await _raw.Task) throw new InvalidOperationException("no tunnel");
        await _running;
        await Lanes.FlushAsync();
        return _channel.BecomeRaw();
    }

    /// <summary>Writes to the host's user.</summary>
    /// <param name="text">The text.</param>
    public void SendChat(string text) =>
        Lanes.Post(new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text = text } } });

    /// <summary>Puts something on the host's clipboard.</summary>
    /// <param name="content">What.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>When it is sent; false when there was nothing to send, or all of it was too large.</returns>
    /// <exception cref="IOException">The session has ended.</exception>
    public async Task<bool> SendClipboardAsync(ClipboardContent content, CancellationToken cancellation = default)
    {
        var version = Protocol.Identity.PeerVersion.ToNumber(Host?.Version ?? "");
        if (ClipboardWire.Pack(content, version) is not { } message) return false;
        return await Lanes.SendAsync(SendLane.Input, message, cancellation);
    }

    /// <summary>Asks whoever is at the host to take over this machine (§18.7); the host closes then.</summary>
    /// <param name="number">What this machine's host expects to be shown.</param>
    public void RequestSwitch(ReadOnlySpan<byte> number) => Lanes.Post(new Message
    {
        Misc = new Misc { SwitchSidesRequest = new SwitchSidesRequest { Uuid = ByteString.CopyFrom(number) } },
    });

    /// <summary>Changes wishes while the session runs.</summary>
    /// <param name="wishes">What is set changes.</param>
    public void SendOptions(OptionMessage wishes) =>
        Lanes.Post(new Message { Misc = new Misc { Option = wishes } });

    /// <summary>
    /// Waits until the host has worked off what was sent (§6.3): it answers in order. A host that is closed on may lose
    /// what it has not read, because its own pictures meet a connection that is gone.
    /// </summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it has; false when the session ended, or nothing was heard for 5 s.</returns>
    public async Task<bool> SettleAsync(CancellationToken cancellation = default)
    {
        var echo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _echo, echo);
        var probe = new Message { TestDelay = new TestDelay { FromClient = true } };
        try
        {
            await Lanes.SendAsync(SendLane.Input, probe, cancellation);
            await Task.WhenAny(echo.Task, _running).WaitAsync(Settling, _options.Time, cancellation);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            return false;
        }

        return echo.Task.IsCompletedSuccessfully;
    }

    /// <summary>Says good-bye and closes.</summary>
    /// <returns>When closed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_running.IsCompleted) Lanes.Post(new Message { Misc = new Misc { CloseReason = "" } });
        await Lanes.FlushAsync();
        await _stop.CancelAsync();
        await _running;
        if (_offered is not null) await _offered.DisposeAsync();
        await Lanes.DisposeAsync();
        await _channel.DisposeAsync();
        _stop.Dispose();
    }

    private LoginRequest Request(byte[] proof)
    {
        var request = new LoginRequest
        {
            Username = _options.Target,
            Password = ByteString.CopyFrom(proof),
            MyId = _options.MyId,
            MyName = _options.MyName,
            MyPlatform = _options.MyPlatform,
            Version = _options.Version,
            SessionId = _options.SessionId,
            Hwid = ByteString.CopyFrom(_options.Hwid.Span),
        };
        if (_options.Wishes is not null) request.Option = _options.Wishes.Clone();
        if (_options.Files is not null) request.FileTransfer = _options.Files;
        if (_options.Terminal is not null) request.Terminal = _options.Terminal;
        if (_options.Tunnel is not null) request.PortForward = _options.Tunnel;
        if (request.UnionCase != LoginRequest.UnionOneofCase.None) return request;
        if (_options.Camera) request.ViewCamera = new ViewCamera();
        request.VideoAckRequired = _options.AcknowledgesVideo;
        request.Option ??= new OptionMessage();
        request.Option.SupportedDecoding ??= VideoCodecs.Decoding();
        return request;
    }

    private async Task<Hash?> HashAsync(CancellationToken cancellation)
    {
        // A refusal comes instead of the hash.
        await Task.WhenAny(_hash.Task, _running, _answers.Reader.WaitToReadAsync(cancellation).AsTask());
        cancellation.ThrowIfCancellationRequested();
        return _hash.Task.IsCompletedSuccessfully ? await _hash.Task : null;
    }

    // §5.10.
    private LoginStep Read(LoginResponse answer)
    {
        if (answer.PeerInfo is not null) return new LoginStep(LoginState.In, "");
        MayTrustDevice |= answer.EnableTrustedDevices;
        var state = answer.Error switch
        {
            "Wrong Password" or "Empty Password" => LoginState.WrongPassword,
            "2FA Required" => LoginState.NeedsCode,
            "Wrong 2FA Code" => LoginState.WrongCode,
            "No Password Access" => LoginState.WaitsForApproval,
            "Please try 1 minute later" => LoginState.Limited,
            _ when answer.Error.StartsWith("Too many wrong attempts", StringComparison.Ordinal) => LoginState.Limited,
            _ => LoginState.Refused,
        };
        return new LoginStep(state, answer.Error);
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var watching = WatchAsync(over);
        try
        {
            while (!_isRaw && await _channel.ReceiveAsync(over.Token) is { } message)
            {
                Interlocked.Exchange(ref _heard, _options.Time.GetTimestamp());
                if (!await OnMessageAsync(message)) break;
            }

            if (!_isRaw) EndReason ??= "the host closed the connection";
        }
        catch (OperationCanceledException)
        {
            EndReason ??= "closed";
        }
        catch (Exception e) when (e is IOException or ProtocolViolation)
        {
            EndReason ??= e.Message;
        }
        finally
        {
            await over.CancelAsync();
            await watching;
            _raw.TrySetResult(_isRaw);
            _answers.Writer.TryComplete();
            Files.End();
            _fetch.End(new IOException(EndReason ?? "the session has ended"));
            Terminals.End();
            Screen.End();
            Sound.End();
            CallOfNow()?.End();
        }
    }

    private async Task WatchAsync(CancellationTokenSource over)
    {
        using var timer = new PeriodicTimer(Second, _options.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(over.Token))
            {
                var silent = _options.Time.GetElapsedTime(Interlocked.Read(ref _heard)) >= _options.Silence;
                if (silent) EndReason ??= "Timeout";
                if (Lanes.Ended.IsCompleted) EndReason ??= Lanes.Failure ?? "closed";
                if (EndReason is not null) await over.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    private async ValueTask<bool> OnMessageAsync(Message message)
    {
        switch (message.UnionCase)
        {
            case Message.UnionOneofCase.TestDelay when !message.TestDelay.FromClient:
                Delay = TimeSpan.FromMilliseconds(message.TestDelay.LastDelay);
                Lanes.Post(message);
                break;
            case Message.UnionOneofCase.TestDelay:
                Volatile.Read(ref _echo)?.TrySetResult();
                break;
            case Message.UnionOneofCase.Hash:
                _hash.TrySetResult(message.Hash);
                break;
            case Message.UnionOneofCase.LoginResponse:
                OnLogin(message.LoginResponse);
                break;
            case Message.UnionOneofCase.FileResponse:
            case Message.UnionOneofCase.FileAction:
                await Files.OnMessageAsync(message);
                break;
            case Message.UnionOneofCase.TerminalResponse:
                await Terminals.OnResponseAsync(message.TerminalResponse);
                break;
            case Message.UnionOneofCase.Clipboard:
            case Message.UnionOneofCase.MultiClipboards:
                if (ClipboardWire.Read(message) is { } content) _options.Events.Clipboard(content);
                break;
            case Message.UnionOneofCase.Cliprdr:
                OnCopiedFiles(message.Cliprdr);
                break;
            case Message.UnionOneofCase.VoiceCallResponse:
            case Message.UnionOneofCase.VoiceCallRequest:
                CallOfNow()?.OnMessage(message);
                break;
            case Message.UnionOneofCase.AudioFrame:
                Sound.OnFrame(message.AudioFrame);
                break;
            case Message.UnionOneofCase.VideoFrame:
                Screen.OnFrame(message.VideoFrame);
                break;
            case Message.UnionOneofCase.CursorData:
            case Message.UnionOneofCase.CursorId:
            case Message.UnionOneofCase.CursorPosition:
                Screen.OnCursor(message);
                break;
            case Message.UnionOneofCase.ScreenshotResponse:
                Screen.OnScreenshot(message.ScreenshotResponse);
                break;
            case Message.UnionOneofCase.PeerInfo:
                // The layout has changed (§8.2).
                Screen.OnHost(message.PeerInfo);
                break;
            case Message.UnionOneofCase.MessageBox:
                _options.Events.Box(message.MessageBox.Title, message.MessageBox.Text);
                break;
            case Message.UnionOneofCase.Misc:
                return OnMisc(message.Misc);
        }

        return true;
    }

    private void OnLogin(LoginResponse answer)
    {
        if (answer.PeerInfo is { } host)
        {
            Host = host;
            Screen.OnHost(host);
            // From here a tunnel has no messages any more: not one byte may be read as one (§16).
            _isRaw = _options.Tunnel is not null;
            // Until it has heard this, such a host shows nothing (§18.10).
            if (host.WindowsSessions is { Sessions.Count: > 0 } several)
            {
                var chosen = _options.WindowsSession ?? several.CurrentSid;
                Lanes.Post(new Message { Misc = new Misc { SelectedSid = chosen } });
            }
        }

        _answers.Writer.TryWrite(answer);
    }

    private bool OnMisc(Misc misc)
    {
        switch (misc.UnionCase)
        {
            case Misc.UnionOneofCase.CloseReason:
                EndReason ??= misc.CloseReason.Length > 0 ? misc.CloseReason : "the host closed the session";
                return false;
            case Misc.UnionOneofCase.BackNotification:
                _options.Events.Notified(misc.BackNotification);
                return true;
            case Misc.UnionOneofCase.AudioFormat:
                Sound.OnFormat(misc.AudioFormat);
                return true;
            case Misc.UnionOneofCase.ChatMessage:
                _options.Events.Chat(misc.ChatMessage.Text);
                return true;
            case Misc.UnionOneofCase.PermissionInfo:
                lock (_gate)
                {
                    if (misc.PermissionInfo.Enabled) _denied.Remove(misc.PermissionInfo.Permission);
                    else _denied.Add(misc.PermissionInfo.Permission);
                }

                _options.Events.Permission(misc.PermissionInfo);
                return true;
            default:
                Screen.OnMisc(misc);
                return true;
        }
    }
}
