using System.IO.Enumeration;
using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Files;
using Hawser.Session.Terminal;
using Hawser.Session.Video;

namespace Hawser.Session.Host;

/// <summary>Who gets in, and how (§5).</summary>
public sealed partial class HostSession
{
    private const int LongestName = 512;
    private static readonly TimeSpan TunnelLimit = TimeSpan.FromSeconds(3);

    private LoginRequest? _request;
    private RecentLogin? _login;
    private readonly CancellationTokenSource _stopAsking = new();
    private Task _asking = Task.CompletedTask;
    private long _peerVersion;
    private string _provedOneTime = "";
    private bool _waitsForCode;
    private bool _deviceIsTrusted;
    private bool _opened;
    private bool _saidGoodbye;
    private bool _tunnelling;

    private IPAddress Source => _remote ?? IPAddress.None;

    private LoginKey Key => new(Facts.PeerId, Facts.PeerName, Facts.SessionId);

    // The rows of §5.4, in their order.
    private async ValueTask OnLoginAsync(LoginRequest request)
    {
        if (IsAuthorised) return;
        if (_request is not null && !SameScope(_request, request))
        {
            await CloseWithAsync("Connection not allowed", shown: false);
            return;
        }

        var tooLong = request.MyId.Length > LongestName || request.MyName.Length > LongestName;
        if (tooLong)
        {
            await CloseWithAsync("Connection not allowed", shown: false);
            return;
        }

        var first = _request is null;
        _request = request;
        _waitsForCode = false;
        _peerVersion = PeerVersion.ToNumber(request.Version);
        Facts = Facts with
        {
            PeerId = request.MyId,
            PeerName = request.MyName,
            SessionId = request.SessionId,
            Kind = KindOf(request),
        };
        _deviceIsTrusted = Options.Settings().TrustsDevices && Options.Secrets.IsTrusted(
            request.Hwid.Span, request.MyId, request.MyName, request.MyPlatform, Time.GetUtcNow().UtcDateTime);
        if (await RefusedAsync(request)) return;
        await ProveAsync(request, first);
    }

    private static SessionKind KindOf(LoginRequest request) => request.UnionCase switch
    {
        LoginRequest.UnionOneofCase.FileTransfer => SessionKind.Files,
        LoginRequest.UnionOneofCase.PortForward => SessionKind.Tunnel,
        LoginRequest.UnionOneofCase.ViewCamera => SessionKind.Camera,
        LoginRequest.UnionOneofCase.Terminal => SessionKind.Terminal,
        _ => SessionKind.Remote,
    };

    private static bool SameScope(LoginRequest one, LoginRequest other) => one.MyId == other.MyId
        && one.UnionCase == other.UnionCase && Equals(one.FileTransfer, other.FileTransfer)
        && Equals(one.PortForward, other.PortForward) && Equals(one.Terminal, other.Terminal);

    private async Task<bool> RefusedAsync(LoginRequest request)
    {
        if (!MayById(request.MyId))
        {
            var limited = _host.Limits.Refusal(Attempt.IdWhitelist, Source);
            _host.Limits.Fail(Attempt.IdWhitelist, Source);
            Options.Events.Alarmed(Facts, HostAlarm.IdWhitelist);
            await CloseWithAsync(limited ?? "Your ID is blocked by the peer", shown: false);
            return true;
        }

        var missing = Facts.Kind switch
        {
            SessionKind.Files when !Permissions.File => "No permission of file transfer",
            SessionKind.Camera => "No permission of viewing camera",
            SessionKind.Terminal when !Permissions.Terminal || Options.OpenShell is null => "No permission of terminal",
            SessionKind.Tunnel when !Permissions.Tunnel => "No permission of IP tunneling",
            _ => null,
        };
        if (missing is not null)
        {
            await CloseWithAsync(missing, shown: true);
            return true;
        }

        if (IsMe(request.Username)) return false;
        await CloseWithAsync("Offline", shown: false);
        return true;
    }

    // A bare number would pass for an address too.
    private bool IsMe(string name) => name == Options.Id
        || (name.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(name, out _))
        || (name.Contains(':', StringComparison.Ordinal)
            && (IPAddress.TryParse(name, out _) || ServerName.TryParse(name, 1, out _)));

    private bool MayById(string id)
    {
        const StringSplitOptions tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var list = Options.Settings().Ids.Split(',', tidy);
        if (list.Length == 0) return true;
        var before = id.Split('@')[0];
        return list.Any(glob => FileSystemName.MatchesSimpleExpression(glob, id, ignoreCase: true)
            || FileSystemName.MatchesSimpleExpression(glob, before, ignoreCase: true));
    }

    private async ValueTask ProveAsync(LoginRequest request, bool first)
    {
        var settings = Options.Settings();
        var clickOnly = settings.Approve == ApproveMode.Click
            || (settings.Approve == ApproveMode.Both && !Options.Secrets.HasPassword(settings));
        if (clickOnly)
        {
            AskSomebody();
            if (_peerVersion >= PeerVersion.NoPasswordAccess) Fail("No Password Access");
            return;
        }

        var proof = request.Password.Span;
        if (!proof.IsEmpty && _host.Recent.Fits(Key, proof, Options.Secrets.Salt, _challenge))
        {
            _provedOneTime = _host.Recent.Find(Key)?.OneTime ?? "";
            await GetInAsync(PrimaryAuth.RecentSession);
            return;
        }

        if (proof.IsEmpty)
        {
            // Not a failure: the controller asks its user, and answers again (Q16).
            if (first && settings.Approve == ApproveMode.Both) AskSomebody();
            return;
        }

        if (_host.Limits.Refusal(Attempt.Password, Source) is { } limited)
        {
            var alarm = limited.Contains("IPv6", StringComparison.Ordinal) ? HostAlarm.NetworkAttempts
                : limited.StartsWith("Too many", StringComparison.Ordinal) ? HostAlarm.TooManyAttempts
                : HostAlarm.TooManyInAMinute;
            Options.Events.Alarmed(Facts, alarm);
            Fail(limited);
            return;
        }

        await CheckAsync(request, settings);
    }

    private async ValueTask CheckAsync(LoginRequest request, HostSettings settings)
    {
        if (Options.Secrets.Check(request.Password.Span, _challenge, settings) is not { } proved)
        {
            _host.Limits.Fail(Attempt.Password, Source);
            Options.Secrets.CountWrong(settings);
            Fail("Wrong Password");
            if (settings.Approve == ApproveMode.Both) AskSomebody();
            return;
        }

        _host.Limits.Succeed(Attempt.Password, Source);
        Options.Secrets.CountRight();
        _provedOneTime = proved.OneTime;
        await GetInAsync(proved.OneTime.Length > 0 ? PrimaryAuth.OneTimePassword : PrimaryAuth.PermanentPassword);
    }

    private void Fail(string error) =>
        _lanes.Post(new Message { LoginResponse = new LoginResponse { Error = error } });

    private async Task CloseWithAsync(string error, bool shown)
    {
        if (shown)
        {
            await RefuseAsync(error);
            return;
        }

        Fail(error);
        Over(error, null);
    }

    private void AskSomebody()
    {
        if (Options.Ask is not { } ask || !_asking.IsCompleted) return;
        var who = Facts;
        _asking = AskAsync(ask, who);
    }

    private async Task AskAsync(AskSomebody ask, SessionFacts who)
    {
        await Task.Yield();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _stopAsking.Token);
        try
        {
            var yes = await ask(who, HostQuestion.ComeIn, stop.Token);
            Leave(async () =>
            {
                if (IsAuthorised) return;
                if (yes) await LetInAsync(PrimaryAuth.Click, twoFactor: false);
                else End("Closed manually by the peer");
            });
        }
        catch (OperationCanceledException)
        {
            // The session is over, or somebody else's answer came first.
        }
    }

    // §5.5 step 1.
    private async ValueTask GetInAsync(PrimaryAuth auth)
    {
        var stored = Options.Secrets.Stored;
        var recent = _host.Recent.Find(Key) is { TwoFactor: true };
        if (stored.TwoFactor.Length == 0 || _deviceIsTrusted || recent)
        {
            await LetInAsync(auth, twoFactor: recent);
            return;
        }

        Facts = Facts with { Auth = auth };
        _waitsForCode = true;
        _lanes.Post(new Message
        {
            LoginResponse = new LoginResponse
            {
                Error = "2FA Required",
                EnableTrustedDevices = Options.Settings().TrustsDevices,
            },
        });
    }

    private async ValueTask OnTwoFactorAsync(Auth2FA answer)
    {
        if (!_waitsForCode || IsAuthorised) return;
        if (_host.Limits.Refusal(Attempt.TwoFactor, Source) is { } limited)
        {
            Fail(limited);
            return;
        }

        var now = Time.GetUtcNow();
        if (!TimeCode.Fits(Options.Secrets.Stored.TwoFactor, answer.Code, now))
        {
            _host.Limits.Fail(Attempt.TwoFactor, Source);
            Fail("Wrong 2FA Code");
            return;
        }

        _host.Limits.Succeed(Attempt.TwoFactor, Source);
        if (answer.Hwid.Length == 32 && Options.Settings().TrustsDevices)
        {
            var device = new TrustedDevice(Convert.ToHexStringLower(answer.Hwid.Span), now.UtcDateTime, Facts.PeerId,
                Facts.PeerName, _request!.MyPlatform);
            Options.Secrets.TrustDevice(device, now.UtcDateTime);
        }

        await LetInAsync(Facts.Auth, twoFactor: true);
    }

    private async ValueTask LetInAsync(PrimaryAuth auth, bool twoFactor)
    {
        var request = _request!;
        _waitsForCode = false;
        if (Facts.Kind == SessionKind.Remote && Displays.Count == 0)
        {
            Fail("No displays: this host has no desktop, but terminals, files and tunnels");
            return;
        }

        if (Facts.Kind == SessionKind.Tunnel && !await ReachTargetAsync(request.PortForward)) return;
        if (Facts.Kind == SessionKind.Terminal && !AttachTerminals(request)) return;
        IsAuthorised = true;
        await _stopAsking.CancelAsync();
        Facts = Facts with { Auth = auth, TwoFactor = twoFactor };
        Remember(auth, twoFactor);
        Options.Events.Authorised(Facts);
        // §6.4: by kind, now that it is known.
        if (Facts.Kind is not SessionKind.Remote and not SessionKind.Camera) _lanes.Limit = TimeSpan.FromSeconds(120);
        if (Facts.Kind == SessionKind.Tunnel) _probe.Stop();
        _lanes.Post(new Message { LoginResponse = new LoginResponse { PeerInfo = Describe() } });
        if (Facts.Kind == SessionKind.Tunnel) return;
        if (request.Option is not null) Apply(request.Option);
        if (Facts.Kind == SessionKind.Files) StartFiles(request.FileTransfer);
        if (Facts.Kind == SessionKind.Remote) StartDesk(request);
        TuneSound();
    }

    private void Remember(PrimaryAuth auth, bool twoFactor)
    {
        if (auth == PrimaryAuth.Click) return;
        if (_provedOneTime.Length == 0 && !twoFactor) return;
        _login = _host.Recent.Make(Key);
        if (_provedOneTime.Length > 0) _login.OneTime = _provedOneTime;
        _login.TwoFactor = twoFactor;
        if (Facts.Kind == SessionKind.Remote) _login.Alive++;
        _login.Hear();
    }

    private void ForgetLogin()
    {
        if (_login is null) return;
        if (Facts.Kind == SessionKind.Remote) _login.Alive--;
        // Said good-bye, either of us: whoever comes again logs in anew.
        if (_saidGoodbye || _farewell is not null) _host.Recent.Forget(Key);
    }

    private void StartFiles(FileTransfer wish)
    {
        _files = new HostFiles(_lanes, new HostFilesOptions
        {
            Home = Options.Home,
            Settings = Options.Settings,
            PeerVersion = _peerVersion,
            Transferred = facts => Options.Events.Transferred(Facts, facts),
        });
        _files.ShowStart(wish.Dir, wish.ShowHidden);
    }

    private bool AttachTerminals(LoginRequest request)
    {
        var service = _host.Terminals.Attach(request.Terminal.ServiceId, Facts.PeerId, this);
        if (service is null)
        {
            Fail("too many terminals on this host");
            return false;
        }

        _terminals = new HostTerminals(_lanes, _host.Terminals, service, Options.OpenShell!);
        service.User = _terminals;
        return true;
    }

    private async Task<bool> ReachTargetAsync(PortForward wish)
    {
        var rdp = wish.Host == "RDP" && wish.Port == 0;
        var name = rdp || wish.Host.Length == 0 ? "localhost" : wish.Host;
        var port = rdp ? 3389 : wish.Port;
        using var limit = new Deadline(TunnelLimit, Time, _stop.Token);
        try
        {
            if (port is > 0 and <= 65535)
            {
                _target = await Dialer.ConnectStreamAsync(new ServerName(name, port), limit.Token);
                return true;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Not there, or not in time: the controller is told.
        }

        var text = rdp ? "RDP" : $"{name}:{port}";
        await CloseWithAsync($"Failed to access remote {text}. Please make sure it is reachable/open.", shown: false);
        return false;
    }

    private PeerInfo Describe()
    {
        var info = new PeerInfo
        {
            Username = Options.UserName,
            Hostname = Options.HostName,
            Platform = Options.Platform,
            Version = Options.Version,
            PlatformAdditions = "{}",
        };
        if (Facts.Kind == SessionKind.Tunnel) return info;
        info.Features = new Features { Terminal = Options.OpenShell is not null };
        if (Facts.Kind != SessionKind.Remote) return info;
        if (Options.Desk?.Clipboard is not null && Permissions.File)
        {
            info.PlatformAdditions = "{\"has_file_clipboard\":true}";
        }

        info.Displays.AddRange(Displays);
        info.Encoding = Options.Desk is null ? new SupportedEncoding() : VideoCodecs.Encoding();
        info.Resolutions = Options.Desk?.ResolutionsOf(_current) ?? new SupportedResolutions();
        return info;
    }
}
