namespace Hawser.Cluster;

/// <summary>A hint that something changed; the truth is read where it is kept.</summary>
/// <param name="Kind">What changed, for instance <c>peer-online</c>.</param>
/// <param name="Id">Whose.</param>
public readonly record struct LiveEvent(string Kind, string Id)
{
    /// <summary>
    /// What a subscriber hears who was too slow: hints before this one are missing, whatever they were about.
    /// </summary>
    public static LiveEvent Lost { get; } = new("lost", "*");
}

/// <summary>Tells consoles that something changed. Losing an event is allowed; blocking a publisher is not.</summary>
public interface ILiveFeed
{
    /// <summary>Publishes; never waits, drops for subscribers that are too slow.</summary>
    /// <param name="liveEvent">The hint.</param>
    void Publish(LiveEvent liveEvent);

    /// <summary>Receives from now on.</summary>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>The hints in order; some may be missing after a burst; <see cref="LiveEvent.Lost"/> says so.</returns>
    IAsyncEnumerable<LiveEvent> SubscribeAsync(CancellationToken cancellationToken);
}
