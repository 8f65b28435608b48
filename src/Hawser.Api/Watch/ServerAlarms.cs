using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Data;
using Hawser.Data.Audit;

namespace Hawser.Api.Watch;

/// <summary>Stores alarms of the server itself, and tells whoever is told of alarms.</summary>
internal sealed class ServerAlarms(Alarms alarms, TimeProvider time)
{
    /// <summary>Stores one, with all that waits in the context.</summary>
    /// <param name="db">The context; saved.</param>
    /// <param name="type">Its number.</param>
    /// <param name="subject">What it is about, in a few words.</param>
    /// <param name="about">The device or the account, where it is about one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="details">More, as names and values.</param>
    public async Task RaiseAsync(
        HawserDb db, int type, string subject, (Guid? Device, string DeviceId, Guid? User) about,
        CancellationToken cancellationToken, params (string Name, string Value)[] details)
    {
        var info = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["subject"] = AuditText.Clean(subject, 300),
        };
        foreach (var (name, value) in details) info[name] = AuditText.Clean(value, 300);
        var row = new AlarmAudit
        {
            Type = type,
            DeviceGuid = about.Device,
            DeviceId = about.DeviceId,
            UserGuid = about.User,
            Info = JsonSerializer.Serialize(info, Jobs.ImportJson.Default.DictionaryStringString),
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        db.AlarmAudits.Add(row);
        var then = new List<Action>();
        await alarms.AddingAsync(db, row, then, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var action in then) action();
    }
}
