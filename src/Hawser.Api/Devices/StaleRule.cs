using System.Globalization;
using Hawser.Api.Devices.Admin;
using Hawser.Api.Jobs;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Devices;
using Hawser.Data.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Devices;

/// <summary>
/// Disables devices that stay away, and takes them to the bin when they stay away longer: every hour on one of the
/// nodes, some at a time, as jobs that are written down, can be stopped, and can be taken back like anybody's.
/// </summary>
internal sealed partial class StaleRule(
    ApiParts parts, SettingsStore settings, JobDesk desk, JobLeases leases, ApiGate gate, TimeProvider time,
    ILogger<StaleRule> log) : PeriodicWork(gate, time, Period)
{
    /// <summary>The time between two turns.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>How many of each one turn takes, so that who chose days by mistake sees it in time.</summary>
    internal const int MostATurn = 500;

    /// <summary>The argument of a job that leaves alone what was seen since.</summary>
    private const string UnlessSeen = "unless_seen_since";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    /// <summary>One turn; nothing happens while another node has one.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var rule = settings.Get(StaleSettings.Key);
        if (rule is { DisableDays: 0, BinDays: 0 }) return;
        try
        {
            await leases.RunAsync("stale-devices", Lease, ct => StartAsync(rule, ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    /// <summary>Whether a job of the rule leaves a device alone by now.</summary>
    internal static bool WasSeenSince(JobRequest request, Device device) =>
        request.Args.GetValueOrDefault(UnlessSeen) is { } text
        && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var since)
        && (device.LastSeenAt ?? device.CreatedAt) >= since;

    /// <summary>Those that the rule disables at some time, the longest away first.</summary>
    internal static IQueryable<StaleRow> ToDisable(HawserDb db, IQueryable<Device> devices) =>
        Rows(db, devices).Where(r => r.Enabled).OrderBy(r => r.Since).ThenBy(r => r.Id);

    /// <summary>Those that it takes to the bin, the longest away first.</summary>
    internal static IQueryable<StaleRow> ToBin(HawserDb db, IQueryable<Device> devices, StaleSettings rule) =>
        Rows(db, devices).Where(r => rule.DisableDays == 0 || !r.Enabled).OrderBy(r => r.Since).ThenBy(r => r.Id);

    private static IQueryable<StaleRow> Rows(HawserDb db, IQueryable<Device> devices) =>
        from d in devices
        join details in db.DeviceDetails on d.Guid equals details.DeviceGuid into known
        from x in known.DefaultIfEmpty()
        select new StaleRow
        {
            Guid = d.Guid,
            Id = d.Id,
            Name = x == null ? "" : x.NameOverride != "" ? x.NameOverride : x.Hostname,
            Enabled = x == null || x.Enabled,
            LastSeen = d.LastSeenAt ?? d.CreatedAt,
            Since = x != null && x.KeptAt != null && x.KeptAt > (d.LastSeenAt ?? d.CreatedAt)
                ? x.KeptAt.Value : d.LastSeenAt ?? d.CreatedAt,
        };

    private async Task StartAsync(StaleSettings rule, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var devices = db.Devices.AsNoTracking();
        if (rule.BinDays > 0)
        {
            await StartAsync(
                db, DeviceDeleteJob.KindName, ToBin(db, devices, rule), (rule.BinDays, rule.DisableDays > 0),
                cancellationToken);
        }

        if (rule.DisableDays > 0)
        {
            await StartAsync(
                db, DeviceStatusJob.DisableName, ToDisable(db, devices), (rule.DisableDays, false),
                cancellationToken);
        }
    }

    private async Task StartAsync(
        HawserDb db, string kind, IQueryable<StaleRow> rows, (int Days, bool OnlyDisabled) wish,
        CancellationToken cancellationToken)
    {
        var days = wish.Days;
        var end = Time.GetUtcNow().UtcDateTime.AddDays(-days);
        var items = await rows.Where(r => r.Since < end).Select(r => r.Guid).Take(MostATurn)
            .ToListAsync(cancellationToken);
        if (items.Count == 0) return;
        var args = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["by"] = Audit.ConsoleLog.Server,
            ["days"] = days.ToString(CultureInfo.InvariantCulture),
            [UnlessSeen] = end.ToString("O", CultureInfo.InvariantCulture),
        };
        if (wish.OnlyDisabled) args[DeviceDeleteJob.OnlyDisabled] = "1";
        var request = new JobRequest { Args = args, Items = items.ConvertAll(g => g.ToString()) };
        if (await desk.StartOfServerAsync(db, kind, request, cancellationToken) is not null)
        {
            Log.Started(log, kind, items.Count, days);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6206, LogLevel.Information, "Stale devices: {Kind} for {Count}, away for {Days} days or longer")]
        internal static partial void Started(ILogger logger, string kind, int count, int days);

        [LoggerMessage(6207, LogLevel.Warning, "Stale devices are looked for an hour later: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>A device as the rule sees it.</summary>
internal sealed class StaleRow
{
    public required Guid Guid { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    public required bool Enabled { get; init; }

    public required DateTime LastSeen { get; init; }

    /// <summary>From when on its days count.</summary>
    public required DateTime Since { get; init; }
}
