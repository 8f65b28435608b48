using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hawser.Cluster;
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

    private const int DefaultPort = 21117;

    private readonly IRelayRoster _roster;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public RelayProbe(IRelayRoster roster, TimeProvider time, ILogger<RelayProbe> log)
    {
        _roster = roster;
        _time = time;
        _log = log;
    }

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
    }

    private async Task CheckAsync(RelayStatus relay, CancellationToken cancellationToken)
    {
        var answers = await AnswersAsync(relay.Address, cancellationToken);
        if (cancellationToken.IsCancellationRequested) return;
        // It may have reported its load, or left, in the meantime.
        if (_roster.List().FirstOrDefault(r => r.Address == relay.Address) is not { } now) return;
        if (answers != now.Healthy) Log.Changed(_log, now.Address, answers);
        _roster.Check(now.Address, answers);
    }

    private async Task<bool> AnswersAsync(string address, CancellationToken cancellationToken)
    {
        var (host, port) = Split(address);
        using var limit = new CancellationTokenSource(Period, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, either.Token);
            // A reset leaves no waiting state behind on either side.
            socket.LingerState = new LingerOption(true, 0);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            return false;
        }
    }

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

    private static partial class Log
    {
        [LoggerMessage(1130, LogLevel.Warning, "Relay {Address} changed: answers {Answers}")]
        public static partial void Changed(ILogger logger, string address, bool answers);
    }
}
