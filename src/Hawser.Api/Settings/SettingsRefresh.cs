using Hawser.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Settings;

/// <summary>Sees what other nodes, and the command line, wrote to the settings.</summary>
internal sealed partial class SettingsRefresh(
    SettingsStore settings, ApiGate gate, TimeProvider time, ILogger<SettingsRefresh> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            using var timer = new PeriodicTimer(SettingsStore.MaximumAge, time);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await ReloadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await settings.ReloadAsync(cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.NotRead(log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6002, LogLevel.Warning, "The settings can't be read; what was known stays: {Reason}")]
        internal static partial void NotRead(ILogger logger, string reason);
    }
}
