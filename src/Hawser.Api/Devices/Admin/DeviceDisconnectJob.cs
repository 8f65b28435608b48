using Hawser.Api.Audit;
using Hawser.Api.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>Ends everything that goes on at devices; each obeys with its next heartbeat.</summary>
internal sealed class DeviceDisconnectJob(DeviceCommands commands) : JobKind
{
    internal const string KindName = "devices.disconnect";

    // More than any machine lets in at once.
    private const int Most = 200;

    public override string Name => KindName;

    // What goes on later is not what was meant.
    public override bool IsRepeatable(JobRequest request) => false;

    public override async Task<string?> HandleAsync(JobStep step, string item, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(item, out var guid)) return "There is no such device.";
        var open = await step.Db.ConnectionAudits.Where(c => c.DeviceGuid == guid && c.EndedAt == null)
            .OrderByDescending(c => c.CreatedAt).Select(c => new { c.ConnId, c.DeviceId }).Take(Most)
            .ToListAsync(cancellationToken);
        // Nobody is on it: that is what was asked for.
        if (open.Count == 0) return null;
        step.Log(
            ConsoleOperation.Disconnect, open[0].DeviceId,
            ("conn_id", string.Join(' ', open.Select(o => o.ConnId).Order())),
            ("reason", step.Request.Args["reason"] is { Length: > 0 } reason ? reason : null));
        return await commands.DisconnectAsync(
            step.Db, guid, open.ConvertAll(o => o.ConnId), step.Request.Args["by"], cancellationToken)
            ? null : "There is no such device any more.";
    }
}
