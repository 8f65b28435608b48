namespace Hawser.Session.Connecting;

/// <summary>
/// How long things take: the field's figures (§6.1, §6.4, §6.11, §6.19), changeable so that tests are quick.
/// </summary>
public sealed record PeerTimings
{
    /// <summary>How often the registration looks at the clock.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Age of the last answer at which a UDP registration is repeated; also the repeat of RegisterPk on a stream.
    /// </summary>
    public TimeSpan Register { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Age of an unanswered UDP registration at which it is repeated.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Unanswered registrations after which the server's name is resolved again.</summary>
    public int RetriesBeforeResolving { get; init; } = 4;

    /// <summary>The shortest time between two resolutions.</summary>
    public TimeSpan Resolve { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Pause before a lost stream registration is tried again.</summary>
    public TimeSpan Reconnect { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Silence limit of a stream registration until the server says otherwise is 1.5 times this.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Limit of a connect, and of one expected answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>How long each of the repeated punch requests waits.</summary>
    public IReadOnlyList<TimeSpan> Ask { get; init; } =
        [TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(9)];

    /// <summary>Tries of the second phase, each with a new ticket.</summary>
    public int RelayTries { get; init; } = 3;

    /// <summary>A push for the same caller within this time is a duplicate.</summary>
    public TimeSpan Duplicate { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The connect attempt that only opens the host's NAT.</summary>
    public TimeSpan OpenHole { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How long a host listens for the caller.</summary>
    public TimeSpan Listen { get; init; } = TimeSpan.FromSeconds(18);

    /// <summary>How long both ends punch by UDP.</summary>
    public TimeSpan Punch { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Pause before a refused direct connect is tried again, by the caller.</summary>
    public TimeSpan DialAgain { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The same, by the host, whose attempt only has to meet the caller's.</summary>
    public TimeSpan MeetAgain { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The shortest limit of a direct connect.</summary>
    public TimeSpan DirectAtLeast { get; init; } = TimeSpan.FromSeconds(1);
}
