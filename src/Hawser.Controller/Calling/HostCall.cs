using System.CommandLine;
using System.Net;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;

namespace Hawser.Controller.Calling;

/// <summary>Calls a host and logs in, with words for people when it does not work.</summary>
internal sealed class HostCall(CallOptions options, ParseResult parsed)
{
    private static readonly TimeSpan DirectLimit = TimeSpan.FromSeconds(18);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(10);
    private const int MostMoves = 3;
    private string? _password;

    public bool Json => parsed.GetValue(options.Json);

    /// <summary>How the host was reached; known after a call.</summary>
    public string How { get; private set; } = "";

    /// <summary>A session that is logged in; owned by the caller.</summary>
    public async Task<ControllerSession> OpenAsync(
        string target, Func<ControllerOptions, ControllerOptions> kind, CancellationToken cancellation)
    {
        var settings = kind(new ControllerOptions
        {
            Target = target,
            MyId = parsed.GetValue(options.MyId)!,
            MyName = Environment.UserName,
        });
        settings = settings with { WindowsSession = parsed.GetValue(options.WindowsSession) };
        var type = settings.Files is not null ? ConnType.FileTransfer
            : settings.Tunnel is not null ? ConnType.PortForward
            : settings.Camera ? ConnType.ViewCamera
            : settings.Terminal is not null ? ConnType.Terminal : ConnType.DefaultConn;
        for (var moves = 0; ; moves++)
        {
            var session = await OpenAsync(target, type, settings, cancellation);
            if (!Moves(session, settings) || moves == MostMoves) return session;
            // The host starts its service in that session, closes, and is called again with the same number (§18.10).
            await Task.WhenAny(session.Ended, Task.Delay(MoveLimit, TimeProvider.System, cancellation));
            if (!session.Ended.IsCompleted) return session;
            await session.DisposeAsync();
        }
    }

    private async Task<ControllerSession> OpenAsync(
        string target, ConnType type, ControllerOptions settings, CancellationToken cancellation)
    {
        var channel = await ConnectAsync(target, type, cancellation);
        var session = new ControllerSession(channel, settings);
        try
        {
            await LoginAsync(session, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    // Whether the host has several sessions of Windows, and another one is wanted than it is in.
    private static bool Moves(ControllerSession session, ControllerOptions settings)
    {
        if (session.Host?.WindowsSessions is not { Sessions.Count: > 1 } several) return false;
        if (settings.WindowsSession is { } wanted) return wanted != several.CurrentSid;
        var all = string.Join(", ", several.Sessions.Select(s => $"{s.Sid} {s.Name}"));
        Console.Error.WriteLine(Plain.Text(
            $"The host has several sessions ({all}); this is {several.CurrentSid}, --windows-session N chooses."));
        return false;
    }

    public PeerCallerOptions CallerOptions(ConnType type)
    {
        var profile = options.ServerOf(parsed);
        if (!ServerName.TryParse(profile.Server, ServerName.RendezvousPort, out var server))
        {
            throw new Failure(Exit.Usage, $"--server {profile.Server}: a name or an address is needed.");
        }

        // The server decides by it who may reach what. Without a key the way there would not be a secured one.
        var login = profile.Key.Length == 0 ? null : new Account(options, parsed).Login;
        return new PeerCallerOptions
        {
            Server = server,
            Key = profile.Key,
            Transport = parsed.GetValue(options.Transport),
            Paths = parsed.GetValue(options.Way) ?? (Paths.Tcp | Paths.Relay),
            Proxy = options.ProxyOf(parsed),
            Token = login?.Token ?? "",
            AllowClear = parsed.GetValue(options.AllowClear),
            ConnType = type,
        };
    }

    private async Task<SecureChannel> ConnectAsync(string target, ConnType type, CancellationToken cancellation)
    {
        var isAddress = (target.Contains('.', StringComparison.Ordinal) && IPAddress.TryParse(target, out _))
            || target.Contains(':', StringComparison.Ordinal);
        if (isAddress) return await DirectAsync(target, cancellation);
        var result = await PeerCaller.ConnectAsync(target, CallerOptions(type), cancellation);
        if (result.Channel is { } channel)
        {
            How = result.How.ToString();
            if (!channel.IsEncrypted) Warn();
            return channel;
        }

        throw result.Outcome switch
        {
            ConnectOutcome.NoSuchId => new Failure(Exit.NotReachable, $"The server knows no {target}."),
            ConnectOutcome.Offline => new Failure(Exit.NotReachable, $"{target} is offline."),
            ConnectOutcome.KeyMismatch => new Failure(Exit.Usage,
                "The key is not the server's: --key, as 'hawser key show' prints it at the server."),
            ConnectOutcome.Refused => new Failure(Exit.NotLetIn,
                $"The server refuses: {result.Detail} ('hawser-connect login' says who you are)"),
            ConnectOutcome.NotVerified => new Failure(Exit.NotEncrypted,
                $"{target} can't be verified ({result.Detail}). Give the server's --key; --allow-clear does without."),
            _ => new Failure(Exit.NotReachable, $"{target} can't be reached: {result.Detail}"),
        };
    }

    private async Task<SecureChannel> DirectAsync(string target, CancellationToken cancellation)
    {
        if (!ServerName.TryParse(target, DirectListener.DefaultPort, out var host))
        {
            throw new Failure(Exit.Usage, $"{target}: an id or an address is needed.");
        }

        if (!parsed.GetValue(options.AllowClear))
        {
            throw new Failure(Exit.NotEncrypted,
                "Sessions by address have no encryption. Call by id, or accept it with --allow-clear.");
        }

        How = "Direct";
        Warn();
        return await DirectListener.CallAsync(host, DirectLimit, cancellation);
    }

    private static void Warn() =>
        Console.Error.WriteLine("Warning: this session is NOT encrypted; everybody on the way can read along.");

    private async Task LoginAsync(ControllerSession session, CancellationToken cancellation)
    {
        _password ??= Password();
        // Such a host says nothing until somebody there has decided (§5.4).
        if (_password.Length == 0)
        {
            await Console.Error.WriteLineAsync("No password: somebody there has to accept. Ctrl+C ends the wait.");
        }

        var step = await session.LoginAsync(_password, cancellation);
        while (true)
        {
            switch (step.State)
            {
                case LoginState.In:
                    return;
                case LoginState.WrongPassword when CanAsk:
                    _password = Ask("Password: ");
                    step = await session.LoginAsync(_password, cancellation);
                    break;
                case LoginState.WaitsForApproval:
                    await Console.Error.WriteLineAsync("Waiting for somebody at the host to accept…");
                    step = await session.AnswerAsync(cancellation);
                    break;
                case LoginState.NeedsCode or LoginState.WrongCode:
                    step = await session.SendCodeAsync(Code(step), false, cancellation);
                    break;
                default:
                    throw Refusal(step);
            }
        }
    }

    private static Failure Refusal(LoginStep step) => step.State switch
    {
        LoginState.WrongPassword => new Failure(Exit.NotLetIn,
            "Wrong password: --password-file FILE, or '-' and a line on standard input."),
        LoginState.Limited => new Failure(Exit.NotLetIn, $"The host has had enough wrong tries: {step.Text}."),
        LoginState.Ended => new Failure(Exit.NotLetIn, $"The host closed the session: {step.Text}."),
        _ => new Failure(Exit.NotLetIn, $"The host refuses: {step.Text}"),
    };

    private static bool CanAsk => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    private string Password()
    {
        var file = parsed.GetValue(options.PasswordFile);
        if (file == "-") return Console.In.ReadLine() ?? "";
        if (file is not null) return File.ReadLines(file).FirstOrDefault() ?? "";
        return CanAsk ? Ask("Password (empty to be let in by somebody there): ") : "";
    }

    private string Code(LoginStep step)
    {
        if (step.State == LoginState.NeedsCode && parsed.GetValue(options.Code) is { } given) return given;
        return CanAsk ? Ask($"{step.Text}. Code: ")
            : throw new Failure(Exit.NotLetIn, $"{step.Text}: --code DIGITS, from the authenticator.");
    }

    public static string Ask(string question)
    {
        Console.Error.Write(question);
        var typed = new System.Text.StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter) break;
            if (key.Key == ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
