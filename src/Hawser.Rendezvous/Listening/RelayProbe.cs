using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hawser.Cluster;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Asks every relay whether it takes connections, as long as there is more than one to choose from; a single one is
/// used whatever happens.
/// </summary>
internal sealed partial class RelayProbe
{
    /// <summary>How often relays are asked, and how long one may take.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    /// <summary>Answers that are remembered of each relay: the last two minutes.</summary>
    internal const int MostLatencies = 40;

    private const int DefaultPort = 21117;
    private static readonly TimeSpan TrialPatience = TimeSpan.FromSeconds(8);

    private readonly IRelayRoster _roster;
    private readonly string _key;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, int?[]> _latencies = new(StringComparer.OrdinalIgnoreCase);

    public RelayProbe(IRelayRoster roster, string key, TimeProvider time, ILogger<RelayProbe> log)
    {
        _roster = roster;
        _key = key;
        _time = time;
        _log = log;
    }

    /// <summary>How long a relay took to answer, the newest last, in milliseconds; null: it did not.</summary>
    public IReadOnlyList<int?> Latencies(string address) => _latencies.GetValueOrDefault(address) ?? [];

    /// <summary>Asks until stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When it has stopped.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken)) await CheckAllAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    /// <summary>Asks every relay once, all at the same time.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When all have answered or run out of time.</returns>
    public async Task CheckAllAsync(CancellationToken cancellationToken)
    {
        var relays = _roster.List();
        if (relays.Count < 2) return;
        await Task.WhenAll(relays.Select(relay => CheckAsync(relay, cancellationToken)));
        foreach (var gone in _latencies.Keys.Except(relays.Select(r => r.Address), StringComparer.OrdinalIgnoreCase))
        {
            _latencies.TryRemove(gone, out _);
        }
    }

    /// <summary>
    /// Has two ends meet at a relay as two peers would, with this server's key and with another: that its port is open
    /// says little, that bytes come out at the other end says all.
    /// </summary>
    /// <param name="address">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it did.</returns>
    public async Task<RelayTrial> TryAsync(string address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TrialPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        int took;
        try
        {
            using var first = await ConnectAsync(address, either.Token);
            took = first.Milliseconds;
        }
        catch (Exception e) when (IsUnreachable(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new RelayTrial(
                null, e is OperationCanceledException ? "no answer" : e.Message, RelayKeyMatch.Unknown);
        }

        var ours = await PairsAsync(address, _key, either.Token);
        var others = ours == true ? await PairsAsync(address, "try " + Guid.NewGuid(), either.Token) : null;
        cancellationToken.ThrowIfCancellationRequested();
        return new RelayTrial(took, "", (ours, others) switch
        {
            (false, _) => RelayKeyMatch.Refused,
            (true, false) => RelayKeyMatch.Matches,
            (true, true) => RelayKeyMatch.AsksForNone,
            _ => RelayKeyMatch.Unknown,
        });
    }

    // Null: nothing was said in time.
    private async Task<bool?> PairsAsync(string address, string key, CancellationToken cancellationToken)
    {
        var ticket = Guid.NewGuid().ToString();
        _roster.Expect(ticket);
        var join = FrameWriter.Frame(new RendezvousMessage
        {
            RequestRelay = new RequestRelay { Uuid = ticket, LicenceKey = key },
        });
        try
        {
            using var one = await ConnectAsync(address, cancellationToken);
            await one.Socket.SendAsync(join, cancellationToken);
            using var other = await ConnectAsync(address, cancellationToken);
            await other.Socket.SendAsync(join, cancellationToken);
            await other.Socket.SendAsync("try"u8.ToArray(), cancellationToken);
            return await one.Socket.ReceiveAsync(new byte[16], cancellationToken) > 0;
        }
        catch (SocketException)
        {
            // It closed one of the two.
            return false;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task CheckAsync(RelayStatus relay, CancellationToken cancellationToken)
    {
        var took = await AnswersAsync(relay.Address, cancellationToken);
        if (cancellationToken.IsCancellationRequested) return;
        // It may have reported its load, or left, in the meantime.
        if (_roster.List().FirstOrDefault(r => r.Address == relay.Address) is not { } now) return;
        var answers = took is not null;
        if (answers != now.Healthy) Log.Changed(_log, now.Address, answers);
        _latencies[now.Address] = [.. Latencies(now.Address).TakeLast(MostLatencies - 1), took];
        _roster.Check(now.Address, answers);
    }

    private async Task<int?> AnswersAsync(string address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Period, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var end = await ConnectAsync(address, either.Token);
            return end.Milliseconds;
        }
        catch (Exception e) when (IsUnreachable(e))
        {
            return null;
        }
    }

    private async Task<End> ConnectAsync(string address, CancellationToken cancellationToken)
    {
        var (host, port) = Split(address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var began = _time.GetTimestamp();
            await socket.ConnectAsync(host, port, cancellationToken);
            // A reset leaves no waiting state behind on either side.
            socket.LingerState = new LingerOption(true, 0);
            return new End(socket, (int)Math.Ceiling(_time.GetElapsedTime(began).TotalMilliseconds));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsUnreachable(Exception e) =>
        e is SocketException or OperationCanceledException or ArgumentException;

    private static (string Host, int Port) Split(string address)
    {
        if (IPEndPoint.TryParse(address, out var endPoint))
        {
            return (endPoint.Address.ToString(), endPoint.Port == 0 ? DefaultPort : endPoint.Port);
        }

        var colon = address.LastIndexOf(':');
        var digits = colon > 0 ? address.AsSpan(colon + 1) : default;
        return ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? (address[..colon], port)
            : (address, DefaultPort);
    }

    private sealed record End(Socket Socket, int Milliseconds) : IDisposable
    {
        public void Dispose() => Socket.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1130, LogLevel.Warning, "Relay {Address} changed: answers {Answers}")]
        public static partial void Changed(ILogger logger, string address, bool answers);
    }
}
