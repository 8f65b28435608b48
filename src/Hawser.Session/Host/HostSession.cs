using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Files;
using Hawser.Session.Terminal;
using Hawser.Session.Tunnel;

namespace Hawser.Session.Host;

/// <summary>
/// One controller at a host, from the first byte to the last (§21.1). Everything happens on one loop: frames as they
/// arrive, and what others leave in the inbox; so nothing here needs a lock but what the clock touches too.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The end of RunAsync disposes of all of it.")]
public sealed partial class HostSession
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SessionHost _host;
    private readonly SecureChannel _channel;
    private readonly SendLanes _lanes;
    private readonly IPAddress? _remote;
    private readonly string _challenge = PasswordProof.RandomText(PasswordProof.ChallengeLength);
    private readonly ConcurrentQueue<Func<ValueTask>> _inbox = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HostProbe _probe;
    private readonly Lock _gate = new();

    private CancellationTokenSource _wake = new();
    private Task _waking = Task.CompletedTask;
    private string? _end;
    private string? _farewell;
    private long _heard;
    private long _active;
    private HostFiles? _files;
    private HostTerminals? _terminals;
    private Stream? _target;

    internal HostSession(SessionHost host, IncomingSession incoming, int number)
    {
        _host = host;
        _channel = incoming.Channel;
        _remote = incoming.Remote;
        _lanes = new SendLanes(_channel, Time);
        _probe = new HostProbe(_lanes, Time);
        Permissions = HostPermissions.Of(Options.Settings(), incoming.Permissions);
        Facts = new SessionFacts
        {
            Number = number,
            Remote = incoming.Remote,
            AuditReference = incoming.AuditReference,
            IsEncrypted = incoming.Channel.IsEncrypted,
        };
    }

    /// <summary>What is known of it.</summary>
    public SessionFacts Facts { get; private set; }

    /// <summary>What the controller may do.</summary>
    public HostPermissions Permissions { get; }

    /// <summary>Whether somebody has logged in.</summary>
    public bool IsAuthorised { get; private set; }

    /// <summary>The controller's wishes for picture, sound and clipboard; what it did not say is not set.</summary>
    public OptionMessage ViewerOptions { get; } = new();

    /// <summary>The last measured round trip.</summary>
    public TimeSpan? Delay => _probe.Delay;

    internal long ProbesAnswered => _probe.Answers;

    internal TimeSpan SendLimit => _lanes.Limit;

    private HostOptions Options => _host.Options;

    private TimeProvider Time => _host.Options.Time;

    /// <summary>Writes to the controller.</summary>
    /// <param name="text">The text.</param>
    public void SendChat(string text) => Leave(() =>
    {
        if (IsAuthorised && Facts.Kind is SessionKind.Remote or SessionKind.Camera or SessionKind.Terminal)
        {
            _lanes.Post(new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text = text } } });
        }

        return ValueTask.CompletedTask;
    });

    /// <summary>Ends the session from this side.</summary>
    /// <param name="reason">Shown to the controller; null to say nothing.</param>
    public void End(string? reason) => Over(reason ?? "ended", reason);

    internal async Task<string> RunAsync(CancellationToken cancellation)
    {
        using var stopped = cancellation.Register(() => End("Closed manually by the peer"));
        var ticking = Task.CompletedTask;
        try
        {
            _heard = _active = Time.GetTimestamp();
            _ = _lanes.Ended.ContinueWith(
                _ =>
                {
                    // A tunnel has done with messages, and goes on.
                    if (!_tunnelling) Over(_lanes.Failure ?? "closed", null);
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            if (await GreetAsync())
            {
                ticking = TickAsync();
                await ReadAsync();
            }
        }
        catch (Exception e) when (e is IOException or ProtocolViolation or OperationCanceledException)
        {
            Over(e.Message, null);
        }
        finally
        {
            await CleanUpAsync(ticking);
        }

        return _end ?? "closed";
    }

    // §5.1: nothing from the controller is needed for this.
    private async Task<bool> GreetAsync()
    {
        if (!Options.Settings().Addresses.Allows(_remote))
        {
            Options.Events.Alarmed(Facts, HostAlarm.AddressWhitelist);
            await RefuseAsync("Your ip is blocked by the peer");
            return false;
        }

        _opened = true;
        Options.Events.Opened(Facts);
        _lanes.Post(new Message { Hash = new Hash { Salt = Options.Secrets.Salt, Challenge = _challenge } });
        foreach (var permission in Permissions.Off()) Tell(permission, false);
        _probe.Tick();
        return true;
    }

    private void Tell(PermissionInfo.Types.Permission permission, bool enabled) => _lanes.Post(new Message
    {
        Misc = new Misc { PermissionInfo = new PermissionInfo { Permission = permission, Enabled = enabled } },
    });

    private async Task ReadAsync()
    {
        while (true)
        {
            while (_inbox.TryDequeue(out var work)) await work();
            if (_end is not null) return;
            if (_target is not null && _probe.IsQuiet)
            {
                await TunnelAsync(_target);
                return;
            }

            var wake = Awake();
            try
            {
                if (await _channel.ReceiveAsync(wake.Token) is not { } message)
                {
                    Over("closed by the controller", null);
                    return;
                }

                Interlocked.Exchange(ref _heard, Time.GetTimestamp());
                _login?.Hear();
                await OnMessageAsync(message);
            }
            catch (OperationCanceledException) when (wake.IsCancellationRequested)
            {
                // Something is in the inbox.
            }
        }
    }

    private CancellationTokenSource Awake()
    {
        lock (_gate)
        {
            if (!_wake.IsCancellationRequested) return _wake;
            _wake = new CancellationTokenSource();
            if (!_inbox.IsEmpty || _end is not null) _waking = _wake.CancelAsync();
            return _wake;
        }
    }

    // Runs on the session's loop, soon.
    private void Leave(Func<ValueTask> work)
    {
        if (_tunnelling) return;
        _inbox.Enqueue(work);
        lock (_gate) _waking = _wake.CancelAsync();
    }

    private void Over(string why, string? farewell)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = why;
            _farewell = farewell;
            // Not inline: what waits for it goes on elsewhere, and not under this lock.
            _waking = _wake.CancelAsync();
        }
    }

    private async ValueTask OnMessageAsync(Message message)
    {
        switch (message.UnionCase)
        {
            case Message.UnionOneofCase.None:
                return;
            case Message.UnionOneofCase.TestDelay:
                _probe.OnTestDelay(message.TestDelay);
                return;
            case Message.UnionOneofCase.Misc when message.Misc.UnionCase == Misc.UnionOneofCase.CloseReason:
                _saidGoodbye = true;
                Over($"closed by the controller: {message.Misc.CloseReason}", null);
                return;
            case Message.UnionOneofCase.LoginRequest:
                await OnLoginAsync(message.LoginRequest);
                return;
            case Message.UnionOneofCase.Auth2Fa:
                await OnTwoFactorAsync(message.Auth2Fa);
                return;
            case Message.UnionOneofCase.SwitchSidesResponse:
                await OnSwitchAsync(message.SwitchSidesResponse);
                return;
            default:
                break;
        }

        // §19.2: before the login everything else is ignored.
        if (!IsAuthorised) return;
        if (!ScopeFilter.Allows(Facts.Kind, message))
        {
            OnOutOfScope();
            return;
        }

        await OnSessionMessageAsync(message);
    }

    private void OnOutOfScope()
    {
        var settings = Options.Settings();
        if (settings.IsOn("allow-scope-violation-alarm")) Options.Events.Alarmed(Facts, HostAlarm.ScopeViolation);
        if (settings.IsOn("allow-scope-violation-close")) End("Connection not allowed");
    }

    private async ValueTask OnSessionMessageAsync(Message message)
    {
        if (OnDeskMessage(message)) return;
        switch (message.UnionCase)
        {
            case Message.UnionOneofCase.FileAction when _files is not null:
                Stir();
                await _files.OnActionAsync(message.FileAction);
                break;
            case Message.UnionOneofCase.FileResponse when _files is not null:
                Stir();
                await _files.OnResponseAsync(message.FileResponse);
                break;
            case Message.UnionOneofCase.TerminalAction when _terminals is not null:
                Stir();
                await _terminals.OnActionAsync(message.TerminalAction);
                break;
            case Message.UnionOneofCase.Clipboard:
            case Message.UnionOneofCase.MultiClipboards:
                OnClipboard(message);
                break;
            case Message.UnionOneofCase.Cliprdr:
                OnCopiedFiles(message.Cliprdr);
                break;
            case Message.UnionOneofCase.Misc:
                OnMisc(message.Misc);
                break;
            case Message.UnionOneofCase.VoiceCallRequest:
                OnCall(message.VoiceCallRequest);
                break;
            case Message.UnionOneofCase.AudioFrame:
                OnVoice(message.AudioFrame);
                break;
            default:
                break;
        }
    }

    private void OnMisc(Misc misc)
    {
        if (Facts.Kind == SessionKind.Remote && OnControl(misc)) return;
        switch (misc.UnionCase)
        {
            case Misc.UnionOneofCase.ChatMessage:
                Stir();
                Options.Events.Chat(this, misc.ChatMessage.Text);
                break;
            case Misc.UnionOneofCase.Option:
                Apply(misc.Option);
                break;
            case Misc.UnionOneofCase.RefreshVideo:
            case Misc.UnionOneofCase.RefreshVideoDisplay:
                Stir();
                break;
            case Misc.UnionOneofCase.AudioFormat:
                _call?.Renew();
                break;
            default:
                break;
        }
    }

    // §13.4: what is not set stays as it was.
    private void Apply(OptionMessage option)
    {
        // What a controller can decode is told as a whole, not as a change of it.
        if (option.SupportedDecoding is not null) ViewerOptions.SupportedDecoding = null;
        var (took, gave) = (TakesClipboard, TakesCopiedFiles);
        ViewerOptions.MergeFrom(option);
        TuneSound();
        OnControlWishes(option);
        if ((!took && TakesClipboard) || (!gave && TakesCopiedFiles)) Options.Desk?.Clipboard?.Read(SendClipboard);
        if (!GivesCopiedFiles) _paste?.Drop();
        if (_watcher is not null)
        {
            _watcher.Wishes = ViewerOptions.Clone();
            if (!MayInput) _input?.ReleaseAll();
            _host.Show!.Wished(_watcher, option);
        }

        if (option.TerminalPersistent != OptionMessage.Types.BoolOption.NotSet && _terminals is not null)
        {
            _terminals.IsPersistent = option.TerminalPersistent == OptionMessage.Types.BoolOption.Yes;
        }
    }

    private void Stir() => Interlocked.Exchange(ref _active, Time.GetTimestamp());

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Second, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (_tunnelling) continue;
                _probe.Tick();
                if (Time.GetElapsedTime(Interlocked.Read(ref _heard)) >= Silence) Over("Timeout", null);
                var idle = Time.GetElapsedTime(Interlocked.Read(ref _active));
                if (IsAuthorised && Options.Settings().AutoDisconnect is { } limit && idle >= limit)
                {
                    End("Connection failed due to inactivity");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }

    private async Task TunnelAsync(Stream target)
    {
        _tunnelling = true;
        // What is on its way is framed, and must be out before the first plain byte.
        await _lanes.FlushAsync();
        await using var plain = _channel.BecomeRaw();
        Options.Secrets.Rotate(Options.Settings());
        var wake = Awake();
        await TunnelPump.RunAsync(plain, target, TunnelPump.Idle, Time, wake.Token);
        Over("the tunnel has ended", null);
    }

    private async Task RefuseAsync(string error)
    {
        _lanes.Post(new Message { LoginResponse = new LoginResponse { Error = error } });
        await Task.Delay(Options.RefusalShown, Time, CancellationToken.None);
        Over(error, null);
    }

    private async Task CleanUpAsync(Task ticking)
    {
        await _stop.CancelAsync();
        EndDesk();
        _paste?.Drop();
        EndCall();
        _host.Sound?.Leave(_lanes);
        await ticking;
        await _asking;
        await _ringing;
        await _hungUp;
        await _waking;
        if (_farewell is { } farewell && !_tunnelling)
        {
            _lanes.Post(new Message { Misc = new Misc { CloseReason = farewell } });
        }

        await _lanes.FlushAsync();
        if (_files is not null) await _files.DisposeAsync();
        if (_copied is not null) await _copied.DisposeAsync();
        if (_terminals is not null) await _terminals.DisposeAsync();
        if (_target is not null) await _target.DisposeAsync();
        await _lanes.DisposeAsync();
        await _channel.DisposeAsync();
        if (IsAuthorised && !_tunnelling) Options.Secrets.Rotate(Options.Settings());
        ForgetLogin();
        if (_opened) Options.Events.Closed(Facts, _end ?? "closed");
        _wake.Dispose();
        _stopAsking.Dispose();
        _stop.Dispose();
    }
}
