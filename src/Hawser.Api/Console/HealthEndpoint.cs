using System.Globalization;
using Hawser.Api.Devices;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Jobs;
using Hawser.Data.Recordings;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary>
/// <c>GET /api/console/health</c>: how each part of this server is, why, and what waits. A part that fails does not
/// take the answer with it.
/// </summary>
internal static class HealthEndpoint
{
    // Seconds; codes of authenticators and announcements of relays bear more.
    private const double MostApart = 5;

    public static async Task<IResult> HandleAsync(
        HawserDb db, ApiParts parts, DevicePresence presence, SettingsStore settings, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var checks = new List<HealthCheck>();
        IReadOnlyList<WaitingWork> queues = [];
        var now = time.GetUtcNow().UtcDateTime;
        try
        {
            var began = time.GetTimestamp();
            queues = await QueuesAsync(db, now, cancellationToken);
            var took = time.GetElapsedTime(began).TotalMilliseconds;
            checks.Add(new("database", "ready", "answered", took.ToString("F0", CultureInfo.InvariantCulture)));
            checks.Add(await MailAsync(db, settings, now, cancellationToken));
            checks.Add(await ClockAsync(db, parts, time, cancellationToken));
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            checks.Add(new("database", "down", "failed", e.Message));
        }

        checks.Add(Relays(parts));
        checks.Add(Certificate(parts));
        checks.Add(Storage(parts, settings));
        checks.Add(Ffmpeg(parts, queues));
        // Relays are chosen by their turn and load; nothing here knows where addresses are.
        checks.Add(new("geo", "off", "not_installed", ""));
        return ClientResults.Json(
            new HealthReply(
                parts.Version, Environment.Version.ToString(), Environment.MachineName, parts.Store.Address.Shown,
                now, presence.Online,
                [.. (parts.Health?.Invoke() ?? []).Select(p => new PartState(p.Key, p.Value))], checks, queues,
                parts.Troubles?.Invoke() ?? []),
            OverviewJson.Default.HealthReply);
    }

    private static async Task<IReadOnlyList<WaitingWork>> QueuesAsync(
        HawserDb db, DateTime now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-1);
        return
        [
            new(
                "messages",
                await db.Outbox.CountAsync(m => m.SentAt == null && m.FailedAt == null, cancellationToken),
                await db.Outbox.CountAsync(m => m.FailedAt >= since, cancellationToken)),
            new(
                "recordings",
                await db.Recordings.CountAsync(r => r.Status == RecordingStatus.Finalising, cancellationToken),
                await db.Recordings.CountAsync(
                    r => r.Status == RecordingStatus.Failed && r.UpdatedAt >= since, cancellationToken)),
            new(
                "jobs",
                await db.Jobs.CountAsync(j => j.EndedAt == null, cancellationToken),
                await db.Jobs.CountAsync(
                    j => j.State == JobState.Failed && j.EndedAt >= since, cancellationToken)),
        ];
    }

    private static async Task<HealthCheck> MailAsync(
        HawserDb db, SettingsStore settings, DateTime now, CancellationToken cancellationToken)
    {
        if (!settings.Get(NotificationSettings.Mail).IsComplete) return new("mail", "off", "not_set", "");
        // What came through since says more than what did not before.
        var last = await db.Outbox.AsNoTracking()
            .Where(m => m.Channel == Outbox.Email && (m.SentAt != null || m.LastError != ""))
            .OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid)
            .Select(m => new { m.SentAt, m.LastError }).FirstOrDefaultAsync(cancellationToken);
        return last is { SentAt: null } ? new("mail", "degraded", "failed", last.LastError)
            : new("mail", "ready", last is null ? "unused" : "sent", "");
    }

    // Only of another machine's clock there is something to say: SQLite has this machine's.
    private static async Task<HealthCheck> ClockAsync(
        HawserDb db, ApiParts parts, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!parts.Store.Address.IsPostgres) return new("clock", "off", "alone", "");
        var began = time.GetTimestamp();
        var there = await db.Database.SqlQueryRaw<DateTime>("SELECT clock_timestamp() AS \"Value\"")
            .SingleAsync(cancellationToken);
        // It was asked half of the way ago.
        var here = time.GetUtcNow().UtcDateTime - (time.GetElapsedTime(began) / 2);
        var apart = (there.ToUniversalTime() - here).TotalSeconds;
        return new(
            "clock", Math.Abs(apart) > MostApart ? "degraded" : "ready", "apart",
            Math.Abs(apart).ToString("F1", CultureInfo.InvariantCulture));
    }

    // Who records nothing needs none.
    private static HealthCheck Ffmpeg(ApiParts parts, IReadOnlyList<WaitingWork> queues)
    {
        var isNeeded = queues.Any(q => q is { Name: "recordings" } and ({ Waiting: > 0 } or { Failed: > 0 }));
        return parts.Ffmpeg?.Invoke() switch
        {
            null => new("ffmpeg", "off", "not_used", ""),
            "" => new("ffmpeg", isNeeded ? "down" : "off", "missing", ""),
            var found => new("ffmpeg", "ready", "found", found),
        };
    }

    private static HealthCheck Relays(ApiParts parts)
    {
        var used = (parts.Relays?.Invoke() ?? []).Where(r => !r.Disabled).ToList();
        if (used.Count == 0) return new("relays", "off", "none", "");
        var well = used.Count(r => r.Healthy);
        var told = string.Create(CultureInfo.InvariantCulture, $"{well}/{used.Count}");
        return new("relays", well == used.Count ? "ready" : well > 0 ? "degraded" : "down", "answer", told);
    }

    private static HealthCheck Certificate(ApiParts parts)
    {
        if (parts.Certificate?.Invoke() is not { } found) return new("certificate", "off", "none", "");
        var state = found.State switch { "ready" => "ready", "expired" => "down", _ => "degraded" };
        return new(
            "certificate", state, "until", found.NotAfter.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    private static HealthCheck Storage(ApiParts parts, SettingsStore settings)
    {
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(parts.DataFolder));
            var free = 100.0 * drive.AvailableFreeSpace / Math.Max(1, drive.TotalSize);
            var least = settings.Get(WatchSettings.Key).DiskFreePercent;
            return new(
                "storage", free < least ? "degraded" : "ready", "free",
                free.ToString("F1", CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new("storage", "down", "failed", e.Message);
        }
    }
}

/// <summary>How something is that the server depends on.</summary>
/// <param name="Part">database, mail, clock, relays, certificate, storage, ffmpeg or geo.</param>
/// <param name="State">ready, degraded, down, or off: not set up.</param>
/// <param name="Reason">Why, for programs and for the console's words.</param>
/// <param name="Detail">A number, a day, or what was said.</param>
internal sealed record HealthCheck(string Part, string State, string Reason, string Detail);

/// <summary>Work that waits.</summary>
/// <param name="Name">messages, recordings or jobs.</param>
/// <param name="Waiting">How much of it.</param>
/// <param name="Failed">How much was given up in the last day.</param>
internal sealed record WaitingWork(string Name, int Waiting, int Failed);
