using Hawser.Cluster.InProcess;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Hawser.Cluster.Redis;

/// <summary>
/// The connection to the Redis server that nodes share. Only what StackExchange.Redis 2 kept of version 1 is used (ADR
/// 0011), and nothing of it is seen outside this folder. Made without touching the network; connects by itself, again
/// and again.
/// </summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turn = new(1);
    private ConnectionMultiplexer? _connection;
    private Task<ConnectionMultiplexer>? _connecting;
    private bool _isDisposed;

    /// <summary>Names the server.</summary>
    /// <param name="options">Which.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where to log.</param>
    public RedisServer(RedisOptions options, TimeProvider time, ILoggerFactory logs)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _time, _log) = (options, time, logs.CreateLogger<RedisServer>());
        Counter = new RedisChunkCounter(this);
        Logs = logs;
    }

    /// <summary>Numbers chunks.</summary>
    public IChunkCounter Counter { get; }

    /// <summary>Whether it answered lately.</summary>
    public bool IsConnected => _connection is { IsConnected: true };

    internal ILoggerFactory Logs { get; }

    internal TimeSpan Deadline => TimeSpan.FromMilliseconds(_options.TimeoutMs);

    /// <summary>The feed of this node, joined with those of the others.</summary>
    /// <param name="local">This node's own.</param>
    /// <returns>The feed; to be disposed.</returns>
    public ILiveFeed Join(InProcessLiveFeed local) => new RedisLiveFeed(this, local, _time);

    /// <summary>Asks something, within the deadline.</summary>
    /// <exception cref="ChunkCounterException">No answer, or an error.</exception>
    internal async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            return await ask(connection.GetDatabase()).WaitAsync(Deadline, _time, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (Exception e) when (IsFault(e))
        {
            throw new ChunkCounterException("Redis: " + e.Message, e);
        }
    }

    internal async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_connection is { } known) return known;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is { } made) return made;
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            // Kept when it takes longer than this caller waits: the next one finds it further on.
            _connecting ??= Task.Run(() => ConnectionMultiplexer.ConnectAsync(Configuration()), CancellationToken.None);
            try
            {
                _connection = await _connecting.WaitAsync(Deadline, _time, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (_connecting.IsCompleted) _connecting = null;
            }

            _connection.ConnectionFailed += (_, e) => Log.Lost(_log, e.FailureType.ToString());
            _connection.ConnectionRestored += (_, _) => Log.Restored(_log);
            return _connection;
        }
        finally
        {
            _turn.Release();
        }
    }

    internal static bool IsFault(Exception e) => e is RedisException or TimeoutException or ObjectDisposedException
        or System.Net.Sockets.SocketException or IOException;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _isDisposed = true;
            if (_connection is { } connection) await connection.CloseAsync(false).ConfigureAwait(false);
            _connection?.Dispose();
        }
        catch (Exception e) when (IsFault(e))
        {
            // It is gone already.
        }
        finally
        {
            _turn.Release();
        }
    }

    private ConfigurationOptions Configuration()
    {
        var configuration = new ConfigurationOptions
        {
            // A server that is away at the start is waited for, not given up.
            AbortOnConnectFail = false,
            ConnectTimeout = _options.TimeoutMs,
            SyncTimeout = _options.TimeoutMs,
            ConnectRetry = 1,
            KeepAlive = 10,
            Ssl = _options.Tls,
            SslHost = _options.Tls ? _options.Host : null,
            Password = _options.Password.Length > 0 ? _options.Password : null,
            ClientName = "hawser",
        };
        configuration.EndPoints.Add(_options.Host, _options.Port);
        return configuration;
    }

    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Warning, "The connection to Redis failed: {Reason}")]
        internal static partial void Lost(ILogger logger, string reason);

        [LoggerMessage(5011, LogLevel.Information, "Redis is back")]
        internal static partial void Restored(ILogger logger);
    }
}
