using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>
/// What machines that wait for approval call themselves: they describe themselves although nobody knows them yet. Only
/// rows that the rendezvous role made are changed, so that nobody fills the table by HTTP; what waits for such a row is
/// bounded, and forgotten after a minute.
/// </summary>
internal sealed partial class ClaimNames(ApiParts parts, ApiGate gate, TimeProvider time, ILogger<ClaimNames> log)
    : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int MostWaiting = 1000;
    private const int MostWritten = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Id, string Uuid), (string Name, long Since)> _waiting = [];

    /// <summary>A device that is not known described itself; never waits.</summary>
    public void Note(string id, string uuid, string hostname)
    {
        if (hostname.Length == 0 || !PeerId.IsRegistrable(id) || uuid.Length is 0 or > 512) return;
        lock (_gate)
        {
            var key = (id, uuid);
            if (_waiting.Count >= MostWaiting && !_waiting.ContainsKey(key)) return;
            _waiting[key] = (DeviceAssignments.Cut(hostname, 255), Time.GetTimestamp());
        }
    }

    /// <inheritdoc/>
    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<(string Id, string Uuid), (string Name, long Since)>[] all;
        lock (_gate)
        {
            foreach (var (key, (_, since)) in _waiting)
            {
                if (Time.GetElapsedTime(since) > Patience) _waiting.Remove(key);
            }

            all = [.. _waiting];
        }

        if (all.Length == 0) return;
        var ids = all.Select(w => w.Key.Id).Distinct(StringComparer.Ordinal).ToArray();
        await using var db = parts.Store.CreateDb();
        var rows = await db.DeviceClaims.Where(c => ids.Contains(c.DeviceId) && c.Hostname == "")
            .OrderBy(c => c.FirstSeenAt).Take(MostWritten).ToListAsync(cancellationToken);
        var named = new List<DeviceClaim>();
        foreach (var row in rows)
        {
            // What the machine said over HTTP is the same text in base64.
            var uuid = Convert.ToBase64String(row.Uuid);
            var found = Array.Find(all, w => w.Key == (row.DeviceId, uuid));
            if (found.Value.Name is not { Length: > 0 } name) continue;
            row.Hostname = name;
            named.Add(row);
        }

        if (named.Count == 0) return;
        await db.SaveChangesAsync(cancellationToken);
        lock (_gate)
        {
            foreach (var row in named) _waiting.Remove((row.DeviceId, Convert.ToBase64String(row.Uuid)));
        }

        parts.Feed.Publish(new Cluster.LiveEvent("device-claim", named[0].DeviceId));
    }

    private static partial class Log
    {
        [LoggerMessage(6204, LogLevel.Warning, "The names of machines that wait could not be stored: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
