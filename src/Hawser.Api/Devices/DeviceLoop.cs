using Hawser.Api.Strategies;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Activity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>What goes on behind heartbeats: reading devices, noting when they were seen, clearing up.</summary>
internal sealed partial class DeviceLoop : BackgroundService
{
    private static readonly TimeSpan EpochAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);

    private readonly DeviceReader _reader;
    private readonly SysinfoDesk _sysinfo;
    private readonly OpenConnections _connections;
    private readonly DeviceCommands _commands;
    private readonly DeviceHints _hints;
    private readonly DeviceTable _table;
    private readonly StrategyEpoch _epoch;
    private readonly LastSeenWriter _lastSeen;
    private readonly Func<HawserDb> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    public DeviceLoop(
        ApiParts parts, DeviceReader reader, SysinfoDesk sysinfo, OpenConnections connections, DeviceCommands commands,
        DeviceHints hints, DeviceTable table, StrategyEpoch epoch, TimeProvider time, ILoggerFactory logs)
    {
        (_reader, _sysinfo, _connections, _commands, _hints) = (reader, sysinfo, connections, commands, hints);
        (_table, _epoch, _time) = (table, epoch, time);
        _log = logs.CreateLogger<DeviceLoop>();
        _open = parts.Store.CreateDb;
        _lastSeen = new LastSeenWriter(parts.Store.Devices, time, logs);
        _lastSeen.AddSource(table.Sightings);
        parts.Heartbeat.Add(_lastSeen.Tick);
        // Of registrations the ID server tells.
        table.CameOnline = id => parts.Feed.Publish(new LiveEvent("device-online", id));
    }

    /// <summary>Rows that were changed because a device was seen; for the bench.</summary>
    internal long SightingsWritten => _lastSeen.Written;

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Nobody was heard of: the store may not even be open.
        if (_table.Count == 0) return;
        using var deadline = new CancellationTokenSource(FlushLimit, _time);
        try
        {
            await _lastSeen.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Log.SightingsLost(_log);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(
                _reader.RunAsync(stoppingToken), _sysinfo.RunAsync(stoppingToken),
                _connections.RunAsync(Failed, stoppingToken), _commands.RunAsync(_open, Failed, stoppingToken),
                _hints.RunAsync(stoppingToken), WatchAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    private void Failed(Exception e) => Log.Failed(_log, e.Message);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(EpochAge, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            // Nobody to tell, so nothing to know; the database may still be opening.
            if (_table.Count == 0) continue;
            try
            {
                await using var db = _open();
                await _epoch.RefreshAsync(db, cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                Failed(e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6201, LogLevel.Warning, "What follows heartbeats could not be stored: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(6202, LogLevel.Warning, "The store was too slow to take when devices were last seen")]
        internal static partial void SightingsLost(ILogger logger);
    }
}
