using Hawser.Protocol.Messages;
using Hawser.Session.Channel;

namespace Hawser.Session.Video;

/// <summary>A session that looks at displays: its lanes, its wishes, what it has acknowledged.</summary>
internal sealed class VideoWatcher(SendLanes lanes, bool acknowledges, TimeProvider time)
{
    /// <summary>The longest that a picture is waited for (§7.3).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const int DefaultFps = 30;
    private readonly Lock _gate = new();
    private readonly List<TaskCompletionSource> _unacknowledged = [];
    private readonly HashSet<int> _displays = [];
    private OptionMessage _wishes = new();
    private bool _ended;

    /// <summary>What is measured of its round trips.</summary>
    public required Func<(long Samples, TimeSpan Delay, TimeSpan Overdue)> Measured { get; init; }

    /// <summary>Ends its session with a reason.</summary>
    public required Action<string> Fail { get; init; }

    /// <summary>Whether it may move the pointer, and so needs its shape.</summary>
    public bool MayControl { get; init; }

    /// <summary>Ceiling of old controllers (§7.4); 0 for none.</summary>
    public int LegacyFps { get; set; }

    /// <summary>The bitrate of what it is shown.</summary>
    public int Kilobits { get; set; }

    /// <summary>What it wishes; replaced as a whole, never changed.</summary>
    public OptionMessage Wishes
    {
        get
        {
            lock (_gate) return _wishes;
        }

        set
        {
            lock (_gate) _wishes = value;
        }
    }

    /// <summary>The displays that it is shown.</summary>
    public IReadOnlyCollection<int> Displays
    {
        get
        {
            lock (_gate) return [.. _displays];
        }

        set
        {
            lock (_gate)
            {
                _displays.Clear();
                _displays.UnionWith(value);
            }
        }
    }

    public ViewerRate Rate
    {
        get
        {
            var (samples, delay, overdue) = Measured();
            var wish = Wishes.CustomFps;
            var most = wish is >= 1 and <= 120 ? wish : DefaultFps;
            if (LegacyFps is >= 1 and <= 120) most = Math.Min(most, LegacyFps);
            return new ViewerRate(samples, delay, overdue, most);
        }
    }

    /// <summary>Queues what goes along with the pictures or before them.</summary>
    /// <param name="message">The message.</param>
    public void Post(Message message) => lanes.Post(message);

    /// <summary>Queues what may be left out when the path is full.</summary>
    /// <param name="message">The message.</param>
    /// <returns>Whether it is on its way.</returns>
    public bool TryPost(Message message) => lanes.TryPost(SendLane.Input, message);

    /// <summary>Sends in the order of the pictures, and waits until it is taken (§7.3).</summary>
    /// <param name="message">The message.</param>
    /// <param name="isPicture">Whether an acknowledgement belongs to it.</param>
    /// <returns>When taken.</returns>
    /// <exception cref="IOException">The session has ended.</exception>
    public async Task ShowAsync(Message message, bool isPicture)
    {
        var acknowledged = acknowledges && isPicture ? Expect() : null;
        await lanes.SendAsync(SendLane.Video, message);
        if (acknowledged is not null) await EndOfPatienceAsync(acknowledged);
    }

    /// <summary>The controller has what was sent, of all displays.</summary>
    public void Acknowledge()
    {
        TaskCompletionSource[] all;
        lock (_gate)
        {
            all = [.. _unacknowledged];
            _unacknowledged.Clear();
        }

        foreach (var one in all) one.TrySetResult();
    }

    /// <summary>No acknowledgement comes any more.</summary>
    public void End()
    {
        lock (_gate) _ended = true;
        Acknowledge();
    }

    private async Task EndOfPatienceAsync(TaskCompletionSource acknowledged)
    {
        try
        {
            await acknowledged.Task.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            lock (_gate) _unacknowledged.Remove(acknowledged);
        }
    }

    private TaskCompletionSource Expect()
    {
        var one = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_ended) one.TrySetResult();
            else _unacknowledged.Add(one);
        }

        return one;
    }
}
