using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// A Socket.IO v5 server over Engine.IO v4, by WebSocket only (recorder.md §2). It knows its connections and what time
/// it is; what events mean is the namespaces' matter.
/// </summary>
internal sealed class SocketIoServer : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<SocketIoConnection, bool> _connections = [];
    private readonly (byte[] Name, SocketIoNamespace Room)[] _rooms;
    private readonly AddressCounts _counts;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _stopping;
    private long _lookedAt;

    /// <param name="options">What it obeys.</param>
    /// <param name="parts">What it is made of.</param>
    /// <param name="rooms">The namespaces; any other is refused.</param>
    public SocketIoServer(SocketIoOptions options, SocketIoParts parts, params IReadOnlyList<SocketIoNamespace> rooms)
    {
        Options = options;
        Parts = parts;
        Log = parts.Logs.CreateLogger<SocketIoServer>();
        Blocks = new BlockBudget(options.MaxHeldBytes);
        Violations = new Violations(options.MaxViolations, options.ViolationWindow, parts.Time);
        _counts = new AddressCounts(options.MaxConnections, options.MaxConnectionsPerAddress);
        _rooms = [.. rooms.Select(r => (Encoding.UTF8.GetBytes(r.Name), r))];
        // Once a second is exact enough for seconds; a test's timers are finer.
        var ticks = Math.Clamp(options.PingTimeout.TotalMilliseconds / 20, 5, 1000);
        var period = TimeSpan.FromMilliseconds(ticks);
        _timer = parts.Time.CreateTimer(static s => ((SocketIoServer)s!).Tick(), this, period, period);
        _stopping = parts.Stopping.UnsafeRegister(static s => ((SocketIoServer)s!).CloseAll(), this);
    }

    public SocketIoOptions Options { get; }

    public SocketIoParts Parts { get; }

    /// <summary>How many connections are open.</summary>
    public int Connections => _connections.Count;

    internal ILogger Log { get; }

    internal BlockBudget Blocks { get; }

    internal Violations Violations { get; }

    /// <summary>Serves one request to the path, until its connection has ended.</summary>
    /// <param name="context">The request.</param>
    /// <returns>When it is over.</returns>
    public async Task HandleAsync(HttpContext context)
    {
        var originAllowed = Parts.IsOriginAllowed(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            RefusalAnswers.AnswerPreflight(context, originAllowed);
            return;
        }

        var remote = Parts.RemoteOf(context) ?? IPAddress.None;
        if (SocketIoUpgrade.Check(context) is not { } refusal)
        {
            if (!originAllowed) refusal = SocketIoRefusal.Forbidden;
            else if (Parts.Stopping.IsCancellationRequested || Violations.IsRefused(remote)
                || !_counts.TryEnter(remote))
            {
                refusal = SocketIoRefusal.Overloaded;
            }
            else
            {
                await ServeAdmittedAsync(context, remote).ConfigureAwait(false);
                return;
            }
        }

        Parts.Metrics.Count(refusal);
        await RefusalAnswers.AnswerAsync(context, refusal, originAllowed).ConfigureAwait(false);
    }

    /// <summary>Closes every connection with 1001, so that clients come back, to another server or later.</summary>
    public void CloseAll()
    {
        foreach (var (connection, _) in _connections) CloseForShutdown(connection);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping.Dispose();
        _timer.Dispose();
        CloseAll();
    }

    internal SocketIoNamespace? Find(ReadOnlySpan<byte> name)
    {
        foreach (var (known, room) in _rooms)
        {
            if (name.SequenceEqual(known)) return room;
        }

        return null;
    }

    private async Task ServeAdmittedAsync(HttpContext context, IPAddress remote)
    {
        try
        {
            var handshake = new SocketIoHandshake(context, remote);
            var upgraded = await SocketIoUpgrade.AcceptAsync(context).ConfigureAwait(false);
            using var connection = new SocketIoConnection(this, handshake, upgraded, context.Abort);
            await ServeAsync(connection).ConfigureAwait(false);
        }
        finally
        {
            _counts.Leave(remote);
        }
    }

    private async Task ServeAsync(SocketIoConnection connection)
    {
        _connections[connection] = true;
        Parts.Metrics.Opened();
        var end = SocketIoEnd.ConnectionLost;
        try
        {
            // Between the question in HandleAsync and the entry above the process may have begun to stop.
            if (Parts.Stopping.IsCancellationRequested) CloseForShutdown(connection);
            end = await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            Parts.Metrics.Closed(end);
        }
    }

    private static void CloseForShutdown(SocketIoConnection connection) =>
        connection.Close(WebSocketCloseStatus.EndpointUnavailable, "shutting down", SocketIoEnd.Shutdown);

    private void Tick()
    {
        var now = Parts.Time.GetTimestamp();
        foreach (var (connection, _) in _connections) connection.Tick(now);
        if (Parts.Time.GetElapsedTime(_lookedAt, now) < LookEvery) return;
        _lookedAt = now;
        Blocks.Look();
    }
}
