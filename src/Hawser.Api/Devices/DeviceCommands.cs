using System.Threading.Channels;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices;

/// <summary>
/// What devices are told in the answers to their heartbeats, until they have obeyed (reference §8.4).
/// </summary>
internal sealed class DeviceCommands
{
    /// <summary>
    /// How long a disconnect is meant: the ids of connections start anew with the client's process, so that an old
    /// command could hit another connection.
    /// </summary>
    internal static readonly TimeSpan DisconnectLife = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SysinfoLife = TimeSpan.FromDays(7);

    private readonly Channel<Guid> _done = Channel.CreateUnbounded<Guid>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly DeviceTable _table;
    private readonly DeviceHints _hints;
    private readonly TimeProvider _time;

    public DeviceCommands(DeviceTable table, DeviceHints hints, TimeProvider time)
    {
        (_table, _hints, _time) = (table, hints, time);
        table.CommandDone = row => _done.Writer.TryWrite(row);
    }

    /// <summary>Has a device close connections; told until they are gone from its heartbeats.</summary>
    /// <returns>False when there is no such device.</returns>
    public Task<bool> DisconnectAsync(
        HawserDb db, Guid device, IReadOnlyCollection<int> connIds, string requestedBy,
        CancellationToken cancellationToken) =>
        AddAsync(db, device, PendingCommandKind.Disconnect, connIds, DisconnectLife, requestedBy, cancellationToken);

    /// <summary>Has a device send its sysinfo again.</summary>
    /// <returns>False when there is no such device.</returns>
    public Task<bool> AskSysinfoAsync(
        HawserDb db, Guid device, string requestedBy, CancellationToken cancellationToken) =>
        AddAsync(db, device, PendingCommandKind.Sysinfo, [0], SysinfoLife, requestedBy, cancellationToken);

    /// <summary>Removes the rows of commands that are done; until stopped.</summary>
    internal async Task RunAsync(Func<HawserDb> open, Action<Exception> failed, CancellationToken cancellationToken)
    {
        while (await _done.Reader.WaitToReadAsync(cancellationToken))
        {
            var rows = new List<Guid>();
            while (rows.Count < 500 && _done.Reader.TryRead(out var row)) rows.Add(row);
            try
            {
                var now = _time.GetUtcNow().UtcDateTime;
                await using var db = open();
                await db.PendingCommands.Where(c => rows.Contains(c.Guid) || c.ExpiresAt < now)
                    .ExecuteDeleteAsync(cancellationToken);
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                // They expire anyway.
                failed(e);
            }
        }
    }

    private async Task<bool> AddAsync(
        HawserDb db, Guid device, PendingCommandKind kind, IReadOnlyCollection<int> connIds, TimeSpan life,
        string requestedBy, CancellationToken cancellationToken)
    {
        var id = await db.Devices.Where(d => d.Guid == device).Select(d => d.Id).FirstOrDefaultAsync(cancellationToken);
        if (id is null) return false;
        var now = _time.GetUtcNow().UtcDateTime;
        var pending = await db.PendingCommands
            .Where(c => c.DeviceGuid == device && c.Kind == kind && c.ExpiresAt > now)
            .Select(c => c.ConnId).ToListAsync(cancellationToken);
        foreach (var conn in connIds.Except(pending))
        {
            db.PendingCommands.Add(new PendingCommand
            {
                DeviceGuid = device, Kind = kind, ConnId = conn, RequestedBy = requestedBy, CreatedAt = now,
                ExpiresAt = now + life,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
        _hints.Changed(id);
        return true;
    }
}

/// <summary>
/// Tells this node and the others that a device's rows changed; each reads them when it is heard of next.
/// </summary>
internal sealed class DeviceHints(DeviceTable table, ILiveFeed feed)
{
    internal const string ChangedKind = "device-changed";

    /// <summary>
    /// Something of a device changed that decides what it is told: a command, its owner, its groups, its strategy, its
    /// uuid; or it was deleted. After it was committed.
    /// </summary>
    public void Changed(string id)
    {
        table.MarkStale(id);
        feed.Publish(new LiveEvent(ChangedKind, id));
    }

    /// <summary>Hears what others publish; until stopped.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var hint in feed.SubscribeAsync(cancellationToken))
        {
            if (hint.Kind is ChangedKind or "peer-renamed" or "id-conflict") table.MarkStale(hint.Id);
        }
    }
}
