using System.Text;
using System.Threading.Channels;
using Hawser.Api.Strategies;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>
/// Reads devices for the table, many at once: a fleet that comes back after a restart costs a few queries for each five
/// hundred, and no more than one connection.
/// </summary>
internal sealed partial class DeviceReader
{
    private const int BatchSize = 500;
    private const int Backlog = 50_000;
    private const int Misses = 8192;

    /// <summary>How long an id that is not there is not looked for again.</summary>
    private static readonly TimeSpan MissAge = TimeSpan.FromSeconds(1);

    private readonly Channel<Request> _queue = Channel.CreateBounded<Request>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    private readonly (DeviceHash Name, long At)[] _missed = new (DeviceHash, long)[Misses];
    private readonly DeviceTable _table;
    private readonly EffectiveStrategies _strategies;
    private readonly StrategyEpoch _epoch;
    private readonly Func<HawserDb> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _failing;

    public DeviceReader(
        ApiParts parts, DeviceTable table, EffectiveStrategies strategies, StrategyEpoch epoch, TimeProvider time,
        ILogger<DeviceReader> log)
    {
        (_table, _strategies, _epoch, _time, _log) = (table, strategies, epoch, time, log);
        _open = parts.Store.CreateDb;
    }

    /// <summary>Whether an id was looked for a moment ago and was not there.</summary>
    public bool IsMissing(DeviceHash name)
    {
        var (known, at) = _missed[(int)name.Low & (Misses - 1)];
        return known == name && at != 0 && _time.GetElapsedTime(at) < MissAge;
    }

    /// <summary>Reads a device into the table.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="modifiedAt">What it says it was told last; null: it did not say.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the database could not be asked, or too many wait for it.</returns>
    public Task<bool> ReadAsync(string id, long? modifiedAt, CancellationToken cancellationToken)
    {
        // No device has such an id, and PostgreSQL would refuse the question for everybody in the batch.
        if (!IsAskable(id)) return Task.FromResult(false);
        var request = new Request(id, modifiedAt);
        return _queue.Writer.TryWrite(request)
            ? request.Done.Task.WaitAsync(cancellationToken) : Task.FromResult(false);
    }

    /// <summary>Whether a database can be asked for an id.</summary>
    internal static bool IsAskable(string id) =>
        id.Length is > 0 and <= 253 && !id.Contains('\0', StringComparison.Ordinal);

    /// <summary>Serves requests until stopped.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Request>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                batch.Clear();
                while (batch.Count < BatchSize && _queue.Reader.TryRead(out var request)) batch.Add(request);
                var isRead = await TryReadAsync(batch, cancellationToken);
                foreach (var request in batch) request.Done.TrySetResult(isRead);
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
            foreach (var request in batch) request.Done.TrySetResult(false);
            while (_queue.Reader.TryRead(out var request)) request.Done.TrySetResult(false);
        }
    }

    private async Task<bool> TryReadAsync(List<Request> batch, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(batch, cancellationToken);
            _failing = false;
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            _table.ReadingFailed();
            if (!_failing) Log.Failed(_log, e.Message);
            _failing = true;
            return false;
        }
    }

    private async Task ReadAsync(List<Request> batch, CancellationToken cancellationToken)
    {
        // Before reading: what changes meanwhile is read again.
        var epoch = _epoch.Current;
        var told = new Dictionary<string, long?>(StringComparer.Ordinal);
        foreach (var request in batch) told[request.Id] = request.ModifiedAt;
        var ids = told.Keys.ToList();
        await using var db = _open();
        var devices = await (
            from device in db.Devices.AsNoTracking()
            where ids.Contains(device.Id)
            join details in db.DeviceDetails.AsNoTracking() on device.Guid equals details.DeviceGuid into some
            from details in some.DefaultIfEmpty()
            select new { device.Guid, device.Id, device.Uuid, HasDetails = details != null && details.SysinfoAt != null,
                Owner = details == null ? null : details.OwnerGuid }).ToListAsync(cancellationToken);
        var guids = devices.ConvertAll(d => d.Guid);
        var commands = await CommandsAsync(db, guids, cancellationToken);
        var open = await db.ConnectionAudits.AsNoTracking()
            .Where(a => a.EndedAt == null && ids.Contains(a.DeviceId))
            .Select(a => new { a.DeviceId, a.ConnId }).ToListAsync(cancellationToken);
        var audits = open.ToLookup(a => a.DeviceId, a => a.ConnId);
        var subjects = devices.ConvertAll(d => new StrategySubject(d.Guid, d.Owner, told[d.Id]));
        var effects = await _strategies.EvaluateAsync(db, subjects, cancellationToken);
        foreach (var device in devices)
        {
            var effect = effects.GetValueOrDefault(device.Guid);
            var uuid = DeviceHash.Of(Encoding.ASCII.GetBytes(Convert.ToBase64String(device.Uuid)));
            _table.Put(new DeviceReading(
                device.Guid, device.Id, uuid, device.HasDetails, [.. commands[device.Guid]], [.. audits[device.Id]],
                effect.Stamp, effect.Strategy, epoch));
            told.Remove(device.Id);
        }

        foreach (var id in told.Keys)
        {
            _table.Remove(id);
            var name = DeviceHash.Of(id);
            _missed[(int)name.Low & (Misses - 1)] = (name, _time.GetTimestamp());
        }
    }

    private async Task<ILookup<Guid, KnownCommand>> CommandsAsync(
        HawserDb db, List<Guid> guids, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var rows = await db.PendingCommands.AsNoTracking()
            .Where(c => guids.Contains(c.DeviceGuid) && c.ExpiresAt > now).OrderBy(c => c.CreatedAt)
            .ToListAsync(cancellationToken);
        return rows.ToLookup(c => c.DeviceGuid, c => new KnownCommand(c.Guid, c.Kind, c.ConnId, c.ExpiresAt));
    }

    private sealed record Request(string Id, long? ModifiedAt)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(6200, LogLevel.Warning, "Devices can't be read for now: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
