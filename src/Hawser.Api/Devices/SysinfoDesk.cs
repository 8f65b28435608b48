using System.Threading.Channels;
using Hawser.Api.Devices.Client;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>
/// Stores sysinfo, many devices in one transaction: after a restart a whole fleet sends its own within seconds.
/// </summary>
internal sealed partial class SysinfoDesk
{
    private const int BatchSize = 500;
    private const int Backlog = 20_000;

    private readonly Channel<Upload> _queue = Channel.CreateBounded<Upload>(
        new BoundedChannelOptions(Backlog) { SingleReader = true });

    private readonly Func<HawserDb> _open;
    private readonly Presets _presets;
    private readonly SettingsStore _settings;
    private readonly DeviceHints _hints;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private bool _failing;

    public SysinfoDesk(
        ApiParts parts, Presets presets, SettingsStore settings, DeviceHints hints, TimeProvider time,
        ILogger<SysinfoDesk> log)
    {
        _open = parts.Store.CreateDb;
        (_presets, _settings, _hints, _time, _log) = (presets, settings, hints, time, log);
    }

    /// <summary>Stores what a device said of itself.</summary>
    /// <returns>False when it could not be stored.</returns>
    public Task<bool> StoreAsync(Guid device, SysinfoRequest sysinfo, CancellationToken cancellationToken)
    {
        var upload = new Upload(device, sysinfo);
        return _queue.Writer.TryWrite(upload) ? upload.Done.Task.WaitAsync(cancellationToken) : Task.FromResult(false);
    }

    /// <summary>Stores uploads until stopped.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new List<Upload>();
        try
        {
            while (await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                batch.Clear();
                while (batch.Count < BatchSize && _queue.Reader.TryRead(out var upload)) batch.Add(upload);
                if (!await TrySaveAsync(batch, cancellationToken)) await SaveEachAsync(batch, cancellationToken);
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
            foreach (var upload in batch) upload.Done.TrySetResult(false);
            while (_queue.Reader.TryRead(out var upload)) upload.Done.TrySetResult(false);
        }
    }

    private async Task<bool> TrySaveAsync(List<Upload> batch, CancellationToken cancellationToken)
    {
        try
        {
            var changed = await SaveAsync(batch, cancellationToken);
            _failing = false;
            foreach (var id in changed) _hints.Changed(id);
            foreach (var upload in batch) upload.Done.TrySetResult(true);
            return true;
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            if (!_failing) Log.Failed(_log, e.Message);
            _failing = true;
            return false;
        }
    }

    // One device of the batch may have been deleted meanwhile, or come over another node as well.
    private async Task SaveEachAsync(List<Upload> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 1)
        {
            batch[0].Done.TrySetResult(false);
            return;
        }

        foreach (var part in batch.Chunk(Math.Max(1, batch.Count / 2)))
        {
            List<Upload> half = [.. part];
            if (!await TrySaveAsync(half, cancellationToken)) await SaveEachAsync(half, cancellationToken);
        }
    }

    private async Task<List<string>> SaveAsync(List<Upload> batch, CancellationToken cancellationToken)
    {
        // The newest of a device wins.
        var uploads = batch.GroupBy(u => u.Device).Select(g => g.Last()).ToList();
        var guids = uploads.ConvertAll(u => u.Device);
        await using var db = _open();
        var rows = await db.DeviceDetails.Where(d => guids.Contains(d.DeviceGuid))
            .ToDictionaryAsync(d => d.DeviceGuid, cancellationToken);
        var now = _time.GetUtcNow().UtcDateTime;
        // Cleared by a sysinfo, whatever it says; who was asked gets a new time.
        var pending = db.PendingCommands.Where(c => c.Kind == PendingCommandKind.Sysinfo
            && guids.Contains(c.DeviceGuid));
        var asked = await pending.Select(c => c.DeviceGuid).ToListAsync(cancellationToken);
        if (asked.Count > 0) await pending.ExecuteDeleteAsync(cancellationToken);
        var changed = await db.Devices.Where(d => asked.Contains(d.Guid)).Select(d => d.Id)
            .ToListAsync(cancellationToken);
        var newcomers = new List<(DeviceDetails Details, SysinfoRequest Sysinfo)>();
        foreach (var (device, sysinfo) in uploads)
        {
            if (!rows.TryGetValue(device, out var row))
            {
                db.DeviceDetails.Add(row = new DeviceDetails { DeviceGuid = device, Enabled = true });
                rows.Add(device, row);
            }

            Fill(row, sysinfo);
            if (db.Entry(row).State != EntityState.Unchanged || row.SysinfoAt is null
                || asked.Contains(device)) row.SysinfoAt = now;
            if (_presets.AreNews(row, sysinfo)) newcomers.Add((row, sysinfo));
        }

        if (newcomers.Count > 0)
        {
            changed.AddRange(await _presets.ApplyAsync(
                db, newcomers, _settings.Get(DeviceSettings.Key).Presets, cancellationToken));
        }

        await db.SaveChangesAsync(cancellationToken);
        return changed;
    }

    private static void Fill(DeviceDetails row, SysinfoRequest sysinfo)
    {
        row.Version = DeviceAssignments.Cut(sysinfo.Version, 64);
        row.Cpu = DeviceAssignments.Cut(sysinfo.Cpu, 255);
        row.Memory = DeviceAssignments.Cut(sysinfo.Memory, 64);
        row.Os = DeviceAssignments.Cut(sysinfo.Os, 255);
        row.Hostname = DeviceAssignments.Cut(sysinfo.Hostname, 255);
        // Absent means unknown now, for instance nobody is logged in there.
        if (sysinfo.Username is not null) row.Username = DeviceAssignments.Cut(sysinfo.Username, 255);
    }

    private sealed record Upload(Guid Device, SysinfoRequest Sysinfo)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(6203, LogLevel.Warning, "The sysinfo of devices can't be stored for now: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
