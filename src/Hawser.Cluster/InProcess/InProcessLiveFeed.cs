using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Hawser.Cluster.InProcess;

/// <summary>
/// The feed inside one process: a bounded channel for each subscriber; who is too slow loses the oldest hints.
/// </summary>
public sealed class InProcessLiveFeed : ILiveFeed
{
    /// <summary>Hints that wait for one subscriber at most.</summary>
    public const int Backlog = 256;

    /// <summary>Subscribers at the same time at most; one more is refused.</summary>
    public const int MaxSubscribers = 4096;

    private static readonly BoundedChannelOptions Bounds = new(Backlog)
    {
        FullMode = BoundedChannelFullMode.DropOldest,
        SingleReader = true,
        SingleWriter = false,
    };

    private readonly Lock _gate = new();
    private Subscriber[] _subscribers = [];

    /// <summary>How many subscriptions are open.</summary>
    public int Subscribers => Volatile.Read(ref _subscribers).Length;

    /// <inheritdoc/>
    public void Publish(LiveEvent liveEvent)
    {
        foreach (var subscriber in Volatile.Read(ref _subscribers)) subscriber.Channel.Writer.TryWrite(liveEvent);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">There are too many subscribers.</exception>
    public IAsyncEnumerable<LiveEvent> SubscribeAsync(CancellationToken cancellationToken)
    {
        // Subscribed here and not at the first read, so that nothing published in between is missed.
        var subscriber = new Subscriber();
        lock (_gate)
        {
            if (_subscribers.Length >= MaxSubscribers)
            {
                throw new InvalidOperationException("The live feed has too many subscribers.");
            }
            _subscribers = [.. _subscribers, subscriber];
        }

        // Ends by the token alone, also when the caller never reads.
        var registration = cancellationToken.UnsafeRegister(_ => Remove(subscriber), null);
        return ReadAsync(subscriber, registration, cancellationToken);
    }

    private async IAsyncEnumerable<LiveEvent> ReadAsync(
        Subscriber subscriber,
        CancellationTokenRegistration registration,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            // The channel completes when the token fires; an exception would tell the reader nothing more.
            var reader = subscriber.Channel.Reader;
            while (await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (!cancellationToken.IsCancellationRequested && reader.TryRead(out var liveEvent))
                {
                    yield return liveEvent;
                }

                if (cancellationToken.IsCancellationRequested) break;
                // After what is left, so that who looks again sees what those were about, too.
                if (subscriber.TakeLoss()) yield return LiveEvent.Lost;
            }
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            Remove(subscriber);
        }
    }

    private void Remove(Subscriber subscriber)
    {
        lock (_gate)
        {
            var at = Array.IndexOf(_subscribers, subscriber);
            if (at >= 0) _subscribers = [.. _subscribers[..at], .. _subscribers[(at + 1)..]];
        }

        subscriber.Channel.Writer.TryComplete();
    }

    private sealed class Subscriber
    {
        private int _lost;

        public Subscriber() => Channel = System.Threading.Channels.Channel.CreateBounded<LiveEvent>(
            Bounds, _ => Volatile.Write(ref _lost, 1));

        public Channel<LiveEvent> Channel { get; }

        public bool TakeLoss() => Volatile.Read(ref _lost) != 0 && Interlocked.Exchange(ref _lost, 0) != 0;
    }
}
