using System.Net;
using System.Security.Cryptography;
using Hawser.Session.Audio;
using Hawser.Session.Channel;
using Hawser.Session.Terminal;
using Hawser.Session.Video;

namespace Hawser.Session.Host;

/// <summary>A connection to a host, before anybody has logged in.</summary>
/// <param name="Channel">The channel; owned by the host.</param>
public sealed record IncomingSession(SecureChannel Channel)
{
    /// <summary>Where the controller is; null when nobody knows.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>What the server imposed.</summary>
    public ulong Permissions { get; init; }

    /// <summary>The server's name for it.</summary>
    public string AuditReference { get; init; } = "";
}

/// <summary>A host's sessions, and what they have in common: passwords, limits, shells that survive.</summary>
public sealed class SessionHost : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, HostSession> _sessions = [];
    private int _number = RandomNumberGenerator.GetInt32(1, 2000);

    /// <summary>A host.</summary>
    /// <param name="options">What it is and may.</param>
    public SessionHost(HostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        Limits = new FailureLimits(options.Time);
        Recent = new RecentLogins(options.Time);
        Terminals = new TerminalServices(options.Time);
        Switches = new SwitchGrants(options.Time);
        if (options.Desk is not null) Show = new DeskShow(options.Desk, options.Time, options.Tap);
        if (options.Sound is not null && SoundCodec.IsThere) Sound = new SoundShow(options.Sound, options.Time);
        if (options.Voice is not null && SoundCodec.IsThere)
        {
            Microphone = new SoundShow(options.Voice.Microphone, options.Time);
        }

        if (options.Desk?.Clipboard is { } clipboard)
        {
            clipboard.IsWanted = () => Sessions.Any(s => s.TakesClipboard);
            clipboard.Changed = content =>
            {
                foreach (var session in Sessions) session.SendClipboard(content);
            };
        }

        if (options.Secrets.OneTime.Length == 0) options.Secrets.Rotate(options.Settings());
    }

    /// <summary>What it is and may.</summary>
    public HostOptions Options { get; }

    /// <summary>The numbers of the connections that are open, logged in or not.</summary>
    public IReadOnlyList<int> Connections
    {
        get
        {
            lock (_gate) return [.. _sessions.Keys];
        }
    }

    /// <summary>The sessions that are open.</summary>
    public IReadOnlyList<HostSession> Sessions
    {
        get
        {
            lock (_gate) return [.. _sessions.Values];
        }
    }

    /// <summary>Pictures that were packed so far, for all sessions and displays.</summary>
    public long PicturesPacked => Show?.Packed ?? 0;

    /// <summary>Packets of sound that were packed so far.</summary>
    public long SoundPacked => Sound?.Packed ?? 0;

    internal DeskShow? Show { get; }

    internal SoundShow? Sound { get; }

    internal SoundShow? Microphone { get; }

    internal FailureLimits Limits { get; }

    internal RecentLogins Recent { get; }

    internal SwitchGrants Switches { get; }

    internal TerminalServices Terminals { get; }

    /// <summary>Serves a connection to its end.</summary>
    /// <param name="incoming">The connection.</param>
    /// <param name="cancellation">Ends it as a service stop does.</param>
    /// <returns>Why it ended.</returns>
    public async Task<string> RunAsync(IncomingSession incoming, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(incoming);
        HostSession? session = null;
        lock (_gate)
        {
            if (_sessions.Count < Options.MostSessions)
            {
                session = new HostSession(this, incoming, ++_number);
                _sessions[_number] = session;
            }
        }

        if (session is null)
        {
            await incoming.Channel.DisposeAsync();
            return "too many connections";
        }

        try
        {
            return await session.RunAsync(cancellation);
        }
        finally
        {
            lock (_gate) _sessions.Remove(session.Facts.Number);
        }
    }

    /// <summary>
    /// Lets a machine take over this one without a password, once within ten seconds, because this one's user controls
    /// it and asks it to (§18.7).
    /// </summary>
    /// <param name="peerId">The machine's id.</param>
    /// <returns>The number that it is told, and has to show.</returns>
    public Guid ExpectBack(string peerId) => new(Switches.Make(peerId), bigEndian: true);

    /// <summary>Ends connections.</summary>
    /// <param name="numbers">Which.</param>
    /// <param name="reason">Shown to the controllers.</param>
    public void Disconnect(IEnumerable<int> numbers, string reason = "Closed manually by web console")
    {
        ArgumentNullException.ThrowIfNull(numbers);
        foreach (var number in numbers)
        {
            HostSession? session;
            lock (_gate) _sessions.TryGetValue(number, out session);
            session?.End(reason);
        }
    }

    /// <summary>Ends the shells that survived their sessions. The sessions end with their own tokens.</summary>
    /// <returns>When gone.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Options.Desk?.Clipboard is { } clipboard) (clipboard.IsWanted, clipboard.Changed) = (() => false, _ => { });
        if (Show is not null) await Show.DisposeAsync();
        if (Sound is not null) await Sound.DisposeAsync();
        if (Microphone is not null) await Microphone.DisposeAsync();
        await Terminals.DisposeAsync();
    }
}
