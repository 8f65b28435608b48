using Hawser.Data;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Settings;

/// <summary>Sees what other nodes, and the command line, wrote to the settings.</summary>
internal sealed partial class SettingsRefresh(
    SettingsStore settings, ApiGate gate, TimeProvider time, ILogger<SettingsRefresh> log)
    : PeriodicWork(gate, time, SettingsStore.MaximumAge)
{
    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => ReloadAsync(cancellationToken);

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
