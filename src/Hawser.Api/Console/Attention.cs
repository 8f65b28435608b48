using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Backups;
using Hawser.Api.Delegation;
using Hawser.Api.Devices;
using Hawser.Api.Devices.Admin;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>
/// What somebody who administers should look at first, worst first; empty is the usual state. Holders of admin roles
/// are told of what their rights reach, and of nothing else.
/// </summary>
internal sealed class Attention(
    ApiParts parts, SettingsStore settings, StrategyDelivery delivery, TimeProvider time)
{
    private const int Most = 20;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>All of it; null for who administers nothing.</summary>
    public async Task<IReadOnlyList<AttentionItem>?> ListAsync(
        HawserDb db, CurrentUser user, CancellationToken cancellationToken)
    {
        if (!user.May(AdminRightTable.Any)) return null;
        var items = new List<AttentionItem>();
        if (user.IsAdmin)
        {
            items.AddRange((parts.Health?.Invoke() ?? []).Where(p => p.Value != "ready")
                .Select(p => new AttentionItem("part", p.Value, p.Key)));
        }

        if (user.May(AdminRight.RelaysView))
        {
            items.AddRange((parts.Relays?.Invoke() ?? []).Where(r => r is { Healthy: false, Disabled: false })
                .Select(r => new AttentionItem("relay", "down", NameOf(r.Address))));
        }

        if (user.May(AdminRight.StrategiesView)) await AddRolloutsAsync(db, items, cancellationToken);
        if (user.May(AdminRight.BackupsView)) await AddBackupAsync(db, items, cancellationToken);
        if (user.IsAdmin && Disk() is { } disk) items.Add(disk);
        await AddCountsAsync(db, user, items, cancellationToken);
        if (user.May(AdminRight.StrategiesView))
        {
            Add(items, "strategy", "waiting", (await delivery.ListAsync(cancellationToken)).Sum(s => s.Overdue));
        }

        return items.Count > Most ? items[..Most] : items;
    }

    private static async Task AddRolloutsAsync(
        HawserDb db, List<AttentionItem> items, CancellationToken cancellationToken)
    {
        var stopped = await (
            from rollout in db.StrategyRollouts.AsNoTracking()
            where rollout.EndedAt == null && rollout.State == RolloutState.Stopped
            join strategy in db.Strategies on rollout.StrategyGuid equals strategy.Guid
            orderby strategy.NormalizedName
            select new { strategy.Guid, strategy.Name }).Take(Most).ToListAsync(cancellationToken);
        items.AddRange(stopped.Select(s => new AttentionItem("rollout", "stopped", s.Name, s.Guid.ToString())));
    }

    private async Task AddBackupAsync(HawserDb db, List<AttentionItem> items, CancellationToken cancellationToken)
    {
        var wanted = settings.Get(BackupSettings.Key);
        if (!wanted.Enabled) return;
        var last = await BackupSchedule.LastAsync(db, cancellationToken);
        if (last is { Error.Length: > 0 }) items.Add(new AttentionItem("backup", "failed", last.Error));
        else if (BackupSchedule.IsLate(wanted, last, Now)) items.Add(new AttentionItem("backup", "late", ""));
    }

    private async Task AddCountsAsync(
        HawserDb db, CurrentUser user, List<AttentionItem> items, CancellationToken cancellationToken)
    {
        var devices = AdminScope.Devices(db, user, AdminRight.DevicesView);
        if (user.MayUnassigned(AdminRight.DevicesView))
        {
            Add(items, "pending", "waiting", await WaitingAsync(db, cancellationToken));
        }

        if (user.May(AdminRight.UsersEnable))
        {
            Add(items, "accounts", "waiting", await AdminScope.Users(db, user, AdminRight.UsersEnable).Waiting()
                .CountAsync(cancellationToken));
        }

        if (user.May(AdminRight.DevicesView))
        {
            Add(items, "identity", "conflict", await db.ClaimsIn(ClaimState.Refused)
                .Where(c => devices.Any(d => d.Id == c.DeviceId)).Select(c => c.DeviceId).Distinct()
                .CountAsync(cancellationToken));
        }

        if (user.May(AdminRight.AuditView))
        {
            Add(items, "signins", "new", await AuditLists.Alarms(db, user, new() { States = [AlarmState.New] })
                .CountAsync(a => AlarmTexts.SignInStorms.Contains(a.Type), cancellationToken));
        }

        if (user.May(AdminRight.RecordingsView))
        {
            var week = Now.AddDays(-7);
            Add(items, "recordings", "failed", await AdminScope.Recordings(db, user).CountAsync(
                r => r.Status == RecordingStatus.Failed && r.ActiveAt >= week, cancellationToken));
        }

        if (user.May(AdminRight.DevicesView))
        {
            // It registers and never describes itself: its client has no API address.
            var day = Now.AddDays(-1);
            Add(items, "api", "silent", await devices.CountAsync(
                d => d.LastSeenAt >= day
                    && !db.DeviceDetails.Any(x => x.DeviceGuid == d.Guid && x.SysinfoAt != null), cancellationToken));
        }
    }

    private static void Add(List<AttentionItem> items, string part, string state, int count)
    {
        if (count > 0) items.Add(new(part, state, count.ToString(CultureInfo.InvariantCulture)));
    }

    // Also an option of the ID server has devices wait; without either, only what was left from before.
    private Task<int> WaitingAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var lately = settings.Get(DeviceSettings.Key).DeploymentRequired
            ? DateTime.MinValue : Now - DeviceClaims.Patience;
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
/// <param name="Part">What kind of thing: part, relay, rollout, backup, disk, pending, accounts, identity,
/// signins, recordings, api or strategy.</param>
/// <param name="State">How it is.</param>
/// <param name="About">Which one, or why.</param>
/// <param name="Id">Its guid, where it has a page of its own.</param>
internal sealed record AttentionItem(string Part, string State, string About, string Id = "");
