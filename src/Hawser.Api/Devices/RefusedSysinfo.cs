using Hawser.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>
/// Remembers at the device that another machine described itself under its id and was refused: somebody should look at
/// it. Anybody can send such a description, so it is written once an hour for a device, and few at a time.
/// </summary>
internal sealed partial class RefusedSysinfo(
    ApiParts parts, ApiGate gate, TimeProvider time, ILogger<RefusedSysinfo> log) : PeriodicWork(gate, time, Period)
{
    /// <summary>So long a device needs attention for it.</summary>
    internal static readonly TimeSpan Shown = TimeSpan.FromDays(1);

    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int MostWaiting = 1000;
    private const int MostWritten = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);

    /// <summary>A description was refused; never waits.</summary>
    public void Note(string id)
    {
        lock (_gate)
        {
            if (_waiting.Count < MostWaiting) _waiting.Add(id);
        }
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        string[] some;
        lock (_gate)
        {
            some = [.. _waiting.Take(MostWritten)];
            foreach (var id in some) _waiting.Remove(id);
        }

        if (some.Length == 0) return;
        try
        {
            var now = Time.GetUtcNow().UtcDateTime;
            var since = now - Pause;
            await using var db = parts.Store.CreateDb();
            var guids = db.Devices.Where(d => some.Contains(d.Id)).Select(d => d.Guid);
            await db.DeviceDetails
                .Where(d => guids.Contains(d.DeviceGuid) && (d.SysinfoRefusedAt == null || d.SysinfoRefusedAt < since))
                .ExecuteUpdateAsync(s => s.SetProperty(d => d.SysinfoRefusedAt, (DateTime?)now), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6205, LogLevel.Warning, "Refused descriptions of devices could not be stored: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
