using System.Globalization;
using Hawser.Api.Backups;
using Hawser.Api.Devices;
using Hawser.Api.Devices.Admin;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>What an administrator should look at first, worst first; empty is the usual state.</summary>
internal sealed class Attention(
    ApiParts parts, SettingsStore settings, StrategyDelivery delivery, TimeProvider time)
{
    private const int Most = 20;

    /// <summary>All of it.</summary>
    public async Task<IReadOnlyList<AttentionItem>> ListAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var items = new List<AttentionItem>();
        items.AddRange((parts.Health?.Invoke() ?? []).Where(p => p.Value != "ready")
            .Select(p => new AttentionItem("part", p.Value, p.Key)));
        items.AddRange((parts.Relays?.Invoke() ?? []).Where(r => r is { Healthy: false, Disabled: false })
            .Select(r => new AttentionItem("relay", "down", NameOf(r.Address))));
        var stopped = await (
            from rollout in db.StrategyRollouts.AsNoTracking()
            where rollout.EndedAt == null && rollout.State == RolloutState.Stopped
            join strategy in db.Strategies on rollout.StrategyGuid equals strategy.Guid
            orderby strategy.NormalizedName
            select new { strategy.Guid, strategy.Name }).Take(Most).ToListAsync(cancellationToken);
        items.AddRange(stopped.Select(s => new AttentionItem("rollout", "stopped", s.Name, s.Guid.ToString())));
        var wanted = settings.Get(BackupSettings.Key);
        if (wanted.Enabled)
        {
            var last = await BackupSchedule.LastAsync(db, cancellationToken);
            if (last is { Error.Length: > 0 }) items.Add(new AttentionItem("backup", "failed", last.Error));
            else if (BackupSchedule.IsLate(wanted, last, time.GetUtcNow().UtcDateTime))
            {
                items.Add(new AttentionItem("backup", "late", ""));
            }
        }

        if (Disk() is { } disk) items.Add(disk);
        if (await WaitingAsync(db, cancellationToken) is > 0 and var waiting)
        {
            items.Add(new AttentionItem("pending", "waiting", waiting.ToString(CultureInfo.InvariantCulture)));
        }

        var claimed = await db.ClaimsIn(ClaimState.Refused).Where(c => db.Devices.Any(d => d.Id == c.DeviceId))
            .Select(c => c.DeviceId).Distinct().CountAsync(cancellationToken);
        if (claimed > 0)
        {
            items.Add(new AttentionItem("identity", "conflict", claimed.ToString(CultureInfo.InvariantCulture)));
        }

        await AddCountsAsync(db, items, time.GetUtcNow().UtcDateTime, cancellationToken);
        var overdue = (await delivery.ListAsync(cancellationToken)).Sum(s => s.Overdue);
        if (overdue > 0)
        {
            items.Add(new AttentionItem("strategy", "waiting", overdue.ToString(CultureInfo.InvariantCulture)));
        }

        return items.Count > Most ? items[..Most] : items;
    }

    private static async Task AddCountsAsync(
        HawserDb db, List<AttentionItem> items, DateTime now, CancellationToken cancellationToken)
    {
        Add("signins", "new", await db.AlarmAudits.CountAsync(
            a => a.State == AlarmState.New && AlarmTexts.SignInStorms.Contains(a.Type), cancellationToken));
        var week = now.AddDays(-7);
        Add("recordings", "failed", await db.Recordings.CountAsync(
            r => r.Status == RecordingStatus.Failed && r.ActiveAt >= week, cancellationToken));
        // It registers and never describes itself: its client has no API address.
        var day = now.AddDays(-1);
        Add("api", "silent", await db.Devices.CountAsync(
            d => d.LastSeenAt >= day
                && !db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.SysinfoAt != null), cancellationToken));

        void Add(string part, string state, int count)
        {
            if (count > 0) items.Add(new(part, state, count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    // Also an option of the ID server has devices wait; without either, only what was left from before.
    private Task<int> WaitingAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var lately = settings.Get(DeviceSettings.Key).DeploymentRequired
            ? DateTime.MinValue : time.GetUtcNow().UtcDateTime - DeviceClaims.Patience;
        return db.ClaimsIn(ClaimState.Waiting).CountAsync(c => c.LastSeenAt >= lately, cancellationToken);
    }

    private string NameOf(string address) =>
        settings.Get(Relays.RelaySettings.Key).Names.TryGetValue(address, out var name) && name.Length > 0
            ? $"{name} ({address})" : address;

    private AttentionItem? Disk()
    {
        var percent = settings.Get(WatchSettings.Key).DiskFreePercent;
        if (percent <= 0) return null;
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(parts.DataFolder));
            var free = 100.0 * drive.AvailableFreeSpace / Math.Max(1, drive.TotalSize);
            return free >= percent ? null
                : new AttentionItem("disk", "low", free.ToString("F1", CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>Something to look at.</summary>
/// <param name="Part">What kind of thing: part, relay, rollout, backup, disk, pending, identity, signins,
/// recordings, api or strategy.</param>
/// <param name="State">How it is.</param>
/// <param name="About">Which one, or why.</param>
/// <param name="Id">Its guid, where it has a page of its own.</param>
internal sealed record AttentionItem(string Part, string State, string About, string Id = "");
