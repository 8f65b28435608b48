using System.Threading.Channels;
using Hawser.Cluster.InProcess;
using Microsoft.Extensions.Logging;

namespace Hawser.Cluster.Redis;

/// <summary>
/// The feeds of all nodes joined: what one publishes, its own subscribers get at once and the others' by a channel of
/// the Redis server. When that is away, hints to other nodes are lost, as hints may be; nobody waits for it.
/// </summary>
internal sealed partial class RedisLiveFeed : ILiveFeed, IAsyncDisposable
{
    private const string ChannelName = "hawser:live";
    private const char Separator = '\n';
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);
    private readonly RedisServer _server;
    private readonly InProcessLiveFeed _local;
    private readonly TimeProvider _time;
    private readonly string _node = Guid.CreateVersion7().ToString("N");
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private readonly Task _listening;
    private readonly ILogger _log;
    private readonly Channel<string> _out = Channel.CreateBounded<string>(
        new BoundedChannelOptions(InProcessLiveFeed.Backlog * 4)
        {
            FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true,
        });

    public RedisLiveFeed(RedisServer server, InProcessLiveFeed local, TimeProvider time)
    {
        (_server, _local, _time) = (server, local, time);
        _log = server.Logs.CreateLogger<RedisLiveFeed>();
        _sending = Task.Run(SendAsync);
        _listening = Task.Run(ListenAsync);
    }

    /// <summary>Whether hints of other nodes are heard.</summary>
    public bool IsListening { get; private set; }

    /// <inheritdoc/>
    public void Publish(LiveEvent liveEvent)
    {
        _local.Publish(liveEvent);
        _out.Writer.TryWrite($"{_node}{Separator}{liveEvent.Kind}{Separator}{liveEvent.Id}");
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<LiveEvent> SubscribeAsync(CancellationToken cancellationToken) =>
        _local.SubscribeAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _out.Writer.TryComplete();
        await _sending.ConfigureAwait(false);
        await _listening.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task ListenAsync()
    {
        // Once subscribed, the client subscribes again by itself whenever it connects again.
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var connection = await _server.ConnectAsync(_stopping.Token).ConfigureAwait(false);
                await connection.GetSubscriber().SubscribeAsync(ChannelName, (_, text) => Receive(text))
                    .WaitAsync(_server.Deadline, _time, _stopping.Token).ConfigureAwait(false);
                IsListening = true;
                return;
            }
            catch (Exception e) when (RedisServer.IsFault(e))
            {
                Log.NotListening(_log, e.Message);
                if (!await WaitAsync().ConfigureAwait(false)) return;
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<bool> WaitAsync()
    {
        try
        {
            await Task.Delay(Again, _time, _stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task SendAsync()
    {
        await foreach (var text in _out.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                if (_stopping.IsCancellationRequested) return;
                var connection = await _server.ConnectAsync(_stopping.Token).ConfigureAwait(false);
                await connection.GetSubscriber().PublishAsync(ChannelName, text)
                    .WaitAsync(_server.Deadline, _time, _stopping.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (RedisServer.IsFault(e))
            {
                Log.NotSent(_log, e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Receive(string? text)
    {
        var parts = text?.Split(Separator, 3);
        if (parts is not { Length: 3 } || parts[0] == _node) return;
        _local.Publish(new LiveEvent(parts[1], parts[2]));
    }

    private static partial class Log
    {
        [LoggerMessage(5012, LogLevel.Warning, "Hints of other nodes are not heard: {Reason}")]
        internal static partial void NotListening(ILogger logger, string reason);

        [LoggerMessage(5013, LogLevel.Debug, "A hint did not reach other nodes: {Reason}")]
        internal static partial void NotSent(ILogger logger, string reason);
    }
}
