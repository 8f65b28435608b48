using System.Text.Json;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit;

/// <summary>Which alarms nobody wants to be told of.</summary>
internal static class AlarmMutes
{
    /// <summary>Up to here the numbers are the wire's (reference §10.6).</summary>
    private const int LastOfDevices = 1000;

    /// <summary>The mute that an alarm falls under; null: it is told.</summary>
    public static Task<AlarmMute?> FindAsync(
        HawserDb db, AlarmAudit alarm, DateTime now, CancellationToken cancellationToken) =>
        db.AlarmMutes.AsNoTracking()
            .Where(m => m.Type == alarm.Type && m.DeviceId == alarm.DeviceId
                && (m.Until == null || m.Until > now) && (m.Source == "" || m.Source == alarm.Source))
            .OrderBy(m => m.Guid).FirstOrDefaultAsync(cancellationToken);

    /// <summary>The address an alarm came from, or what one of the server is about; empty: not said.</summary>
    public static string SourceOf(AlarmAudit alarm)
    {
        if (alarm.Info.Length == 0) return "";
        try
        {
            using var info = JsonDocument.Parse(alarm.Info);
            var member = alarm.Type > LastOfDevices ? "subject" : "ip";
            var text = info.RootElement.ValueKind == JsonValueKind.Object
                && info.RootElement.TryGetProperty(member, out var value) ? value.ToString() : "";
            return text.Length > AlarmAudit.MaximumSource ? text[..AlarmAudit.MaximumSource] : text;
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
