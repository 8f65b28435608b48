using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Audio;
using Hawser.Session.Desktop;
using Hawser.Session.Terminal;
using Hawser.Session.Video;

namespace Hawser.Session.Host;

/// <summary>What somebody at a host is asked.</summary>
public enum HostQuestion
{
    /// <summary>Whether a controller may come in (§5.4).</summary>
    ComeIn,

    /// <summary>Whether to take a controller's voice call (§10.2).</summary>
    Call,
}

/// <summary>Asks somebody at the host.</summary>
/// <param name="who">Who it is about; names are the controller's own word.</param>
/// <param name="what">The question.</param>
/// <param name="cancellation">The answer is not needed any more: the controller has gone, or got in by itself.</param>
/// <returns>Whether it may.</returns>
public delegate Task<bool> AskSomebody(SessionFacts who, HostQuestion what, CancellationToken cancellation);

/// <summary>What a host is and may.</summary>
public sealed record HostOptions
{
    /// <summary>The host's id.</summary>
    public required string Id { get; init; }

    /// <summary>Passwords and factors.</summary>
    public required HostSecrets Secrets { get; init; }

    /// <summary>The options of now; they may change while sessions run.</summary>
    public Func<HostSettings> Settings { get; init; } = () => HostSettings.Defaults;

    /// <summary>The version that is claimed.</summary>
    public string Version { get; init; } = PeerVersion.Own;

    /// <summary>The platform's name as the field has it.</summary>
    public string Platform { get; init; } = "Linux";

    /// <summary>The user at the host.</summary>
    public string UserName { get; init; } = Environment.UserName;

    /// <summary>The machine.</summary>
    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>Where file sessions begin.</summary>
    public string Home { get; init; } = "/";

    /// <summary>The displays of now, for a host without a desk: then a controller sees nothing.</summary>
    public Func<IReadOnlyList<DisplayInfo>> Displays { get; init; } = () => [];

    /// <summary>The desktop; null when there is none. The owner's: it outlives the host.</summary>
    public Desk? Desk { get; init; }

    /// <summary>Where its sound comes from; null when it has none.</summary>
    public SoundSource? Sound { get; init; }

    /// <summary>What its user takes calls with; null for none: calls are refused then.</summary>
    public VoiceDevice? Voice { get; init; }

    /// <summary>Takes pictures of sessions along; null for nobody.</summary>
    public PictureTap? Tap { get; init; }

    /// <summary>Asks somebody at the host; null when nobody is there.</summary>
    public AskSomebody? Ask { get; init; }

    /// <summary>Starts shells; null when this host has none to give.</summary>
    public OpenShell? OpenShell { get; init; }

    /// <summary>Who is told.</summary>
    public HostEvents Events { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How long a refusal stands before the connection is closed (§5.1).</summary>
    public TimeSpan RefusalShown { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most connections at a time, logged in or not.</summary>
    public int MostSessions { get; init; } = 64;
}
