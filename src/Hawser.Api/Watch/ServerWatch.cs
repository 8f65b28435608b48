using System.Globalization;
using System.Text.Json;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Leases;
using Hawser.Data.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Watch;

/// <summary>
/// Looks once a minute, on one of the nodes, for what nobody reports: new administrators, whatever way they came;
/// relays that do not answer; a disk that fills; a certificate that expires; ids that two machines claim; devices
/// that should be there. Each is told once until it is well again.
/// </summary>
internal sealed partial class ServerWatch(
    ApiParts parts, ApiGate gate, SettingsStore settings, JobLeases leases, ServerAlarms alarms,
    DevicePresence presence, TimeProvider time, ILogger<ServerWatch> log) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private const string AdministratorsKey = "watch.administrators";
    private const int MostDevices = 5000;
    private const int MostConflicts = 20;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // Rows know to the hour when a device was seen.
    private static readonly TimeSpan RowsLag = TimeSpan.FromMinutes(65);
    private readonly HashSet<string> _down = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _suspect = new(StringComparer.OrdinalIgnoreCase);
    private bool _diskTold;
    private string _certificate = "ready";

    /// <summary>One look; nothing while another node has the lease.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await leases.RunAsync("watch", Lease, LookOnceAsync, cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault() || e is IOException or UnauthorizedAccessException)
        {
            Log.Failed(log, e.Message);
        }
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    private async Task LookOnceAsync(CancellationToken cancellationToken)
    {
        var wanted = settings.Get(WatchSettings.Key);
        await using var db = parts.Store.CreateDb();
        await AdministratorsAsync(db, wanted, cancellationToken);
        if (wanted.RelayDown) await RelaysAsync(db, cancellationToken);
        await ConflictsAsync(db, wanted.IdentityConflict, cancellationToken);
        if (wanted.CertificateExpires) await CertificateAsync(db, cancellationToken);
        if (wanted.DiskFreePercent > 0) await DiskAsync(db, wanted.DiskFreePercent, cancellationToken);
        foreach (var group in wanted.Devices.Where(d => !d.Disabled)) await DevicesAsync(db, group, cancellationToken);
    }

    private async Task AdministratorsAsync(HawserDb db, WatchSettings wanted, CancellationToken cancellationToken)
    {
        var now = await db.Users.AsNoTracking().Where(u => u.IsAdmin).OrderBy(u => u.Guid)
            .Select(u => new { u.Guid, u.Name }).ToListAsync(cancellationToken);
        var row = await db.Settings.FindAsync([AdministratorsKey], cancellationToken);
        var known = row is null ? null
            : JsonSerializer.Deserialize(row.Value, WatchJson.Default.IReadOnlyListGuid);
        if (known is not null && known.SequenceEqual(now.Select(a => a.Guid))) return;
        if (row is null) db.Settings.Add(row = new Setting { Key = AdministratorsKey });
        IReadOnlyList<Guid> guids = [.. now.Select(a => a.Guid)];
        row.Value = JsonSerializer.Serialize(guids, WatchJson.Default.IReadOnlyListGuid);
        row.UpdatedAt = Time.GetUtcNow().UtcDateTime;
        // The first look only learns who there is.
        foreach (var added in now.Where(a => known is not null && wanted.NewAdministrator && !known.Contains(a.Guid)))
        {
            await alarms.RaiseAsync(db, AlarmTexts.NewAdministrator, added.Name, (null, "", added.Guid),
                cancellationToken, ("name", added.Name));
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    // Down at two looks in a row: a restart is no alarm.
    private async Task RelaysAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var down = (parts.Relays?.Invoke() ?? []).Where(r => r is { Healthy: false, Disabled: false })
            .Select(r => r.Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var address in down.Where(a => _suspect.Contains(a) && !_down.Contains(a)))
        {
            await alarms.RaiseAsync(
                db, AlarmTexts.RelayDown, address, (null, "", null), cancellationToken, ("relay", address));
            _down.Add(address);
        }

        _down.IntersectWith(down);
        _suspect.Clear();
        _suspect.UnionWith(down);
    }

    private async Task DiskAsync(HawserDb db, int percent, CancellationToken cancellationToken)
    {
        var drive = new DriveInfo(Path.GetFullPath(parts.DataFolder));
        var free = 100.0 * drive.AvailableFreeSpace / Math.Max(1, drive.TotalSize);
        // Around the limit it would come and go.
        if (free > percent + 2) _diskTold = false;
        if (_diskTold || free >= percent) return;
        await alarms.RaiseAsync(db, AlarmTexts.DiskNearlyFull, parts.DataFolder, (null, "", null), cancellationToken,
            ("free_percent", free.ToString("F1", CultureInfo.InvariantCulture)),
            ("free_bytes", drive.AvailableFreeSpace.ToString(CultureInfo.InvariantCulture)));
        _diskTold = true;
    }

    // The files of the node that looks; the others' are told when they look.
    private async Task CertificateAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var state = (parts.Health?.Invoke() ?? []).FirstOrDefault(p => p.Key == "certificate").Value ?? "ready";
        // Once when it comes near, and once more when it is over.
        if (state != "ready" && state != _certificate)
        {
            await alarms.RaiseAsync(db, AlarmTexts.CertificateExpires, state, (null, "", null), cancellationToken,
                ("state", state));
        }

        _certificate = state;
    }

    // Each machine once, however often it asks; also where nobody wants to hear of it, so that all do not come at once
    // when somebody does.
    private async Task ConflictsAsync(HawserDb db, bool isTold, CancellationToken cancellationToken)
    {
        var claims = await db.ClaimsIn(ClaimState.Refused).Where(c => c.AlarmedAt == null)
            .OrderBy(c => c.FirstSeenAt).ThenBy(c => c.Guid).Take(MostConflicts).ToListAsync(cancellationToken);
        foreach (var claim in claims)
        {
            var device = await db.Devices.Where(d => d.Id == claim.DeviceId).Select(d => (Guid?)d.Guid)
                .FirstOrDefaultAsync(cancellationToken);
            claim.AlarmedAt = Time.GetUtcNow().UtcDateTime;
            if (!isTold) continue;
            await alarms.RaiseAsync(db, AlarmTexts.IdentityConflict, claim.DeviceId, (device, claim.DeviceId, null),
                cancellationToken, ("ip", claim.Address), ("name", claim.Hostname));
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task DevicesAsync(HawserDb db, DeviceWatch watch, CancellationToken cancellationToken)
    {
        var name = NameText.Normalize(watch.DeviceGroup);
        var patience = TimeSpan.FromMinutes(watch.Minutes);
        var devices = await (
            from d in db.Devices.AsNoTracking()
            join m in db.DeviceGroupMembers on d.Guid equals m.DeviceGuid
            join g in db.DeviceGroups on m.GroupGuid equals g.Guid
            where g.NormalizedName == name
            orderby d.Id
            select new { d.Guid, d.Id, d.LastSeenAt }).Take(MostDevices).ToListAsync(cancellationToken);
        var now = Time.GetUtcNow().UtcDateTime;
        var away = devices.Where(d => !presence.IsOnline(d.Id) && (presence.Find(d.Id) is { } activity
            ? activity.Silence > patience : now - (d.LastSeenAt ?? now) > patience + RowsLag)).ToList();
        foreach (var some in away.Chunk(500))
        {
            var guids = some.Select(d => (Guid?)d.Guid).ToArray();
            var told = await db.AlarmAudits.AsNoTracking()
                .Where(a => a.Type == AlarmTexts.DeviceOffline && guids.Contains(a.DeviceGuid))
                .GroupBy(a => a.DeviceGuid).Select(g => new { g.Key, At = g.Max(a => a.CreatedAt) })
                .ToDictionaryAsync(t => t.Key!.Value, t => t.At, cancellationToken);
            foreach (var device in some)
            {
                // Once for each time it went away.
                var since = presence.Find(device.Id) is { } activity
                    ? now - activity.Silence : device.LastSeenAt ?? now;
                if (told.TryGetValue(device.Guid, out var at) && at > since) continue;
                await alarms.RaiseAsync(db, AlarmTexts.DeviceOffline, device.Id, (device.Guid, device.Id, null),
                    cancellationToken, ("device_group", watch.DeviceGroup));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6710, LogLevel.Warning, "The watch could not look: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>What the watch remembers.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(IReadOnlyList<Guid>))]
internal sealed partial class WatchJson : System.Text.Json.Serialization.JsonSerializerContext;
