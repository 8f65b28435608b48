using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Backups;
using Hawser.Data.Leases;
using Hawser.Data.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Backups;

/// <summary>
/// Makes a backup every day when that is asked for, on one of the nodes, and keeps the last ones. One that was due
/// while the server was off is made when it is on again; one that failed is an alarm, and tried again after an hour.
/// </summary>
internal sealed partial class BackupSchedule(
    ApiParts parts, ApiGate gate, SettingsStore settings, JobLeases leases, BackupFolder folder, ServerAlarms alarms,
    TimeProvider time, ILogger<BackupSchedule> log) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private const string LastKey = "backups.last";
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromHours(1);
    private int _isBusy;

    /// <summary>What the last one was; null: there was none.</summary>
    internal static async Task<LastBackup?> LastAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var text = await db.Settings.AsNoTracking().Where(s => s.Key == LastKey).Select(s => s.Value)
            .FirstOrDefaultAsync(cancellationToken);
        return text is null ? null : JsonSerializer.Deserialize(text, LastBackupJson.Default.LastBackup);
    }

    /// <summary>Whether one that was due is missing for more than an hour.</summary>
    internal static bool IsLate(BackupSettings wanted, LastBackup? last, DateTime now) =>
        wanted.Enabled && last is { MadeAt: { } made } && made < wanted.DueBefore(now - AgainAfter);

    /// <summary>Makes one when it is due; nothing while another node has the lease.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        // The lease keeps other nodes away, and not this one.
        if (!settings.Get(BackupSettings.Key).Enabled || Interlocked.Exchange(ref _isBusy, 1) == 1) return;
        try
        {
            await leases.RunAsync("backup-schedule", Lease, MakeAsync, cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        var wanted = settings.Get(BackupSettings.Key);
        var now = Time.GetUtcNow().UtcDateTime;
        await using var db = parts.Store.CreateDb();
        var last = await LastAsync(db, cancellationToken);
        if (last is not null && last.TriedAt >= wanted.DueBefore(now)
            && (last.Error.Length == 0 || now - last.TriedAt < AgainAfter)) return;
        var name = BackupFolder.NameFor(now, wanted.Recordings, isDaily: true);
        try
        {
            folder.Prepare();
            await BackupArchive.WriteAsync(
                parts.Store, folder.PathOf(name), wanted.Recordings, parts.Version, now, null, cancellationToken);
            foreach (var old in folder.List().Where(f => BackupFolder.IsDaily(f.Name)).Skip(wanted.Keep)) old.Delete();
            await RememberAsync(db, new LastBackup(now, now, name, ""), cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BackupException)
        {
            Log.NotMade(log, e.Message);
            await RememberAsync(db, new LastBackup(now, last?.MadeAt, last?.Name ?? "", e.Message), cancellationToken);
            // Once for each that was due.
            if (last is { Error.Length: > 0 } && last.TriedAt >= wanted.DueBefore(now)) return;
            if (!settings.Get(WatchSettings.Key).BackupFailed) return;
            await alarms.RaiseAsync(
                db, AlarmTexts.BackupFailed, e.Message, (null, "", null), cancellationToken, ("backup", name));
        }
    }

    private async Task RememberAsync(HawserDb db, LastBackup last, CancellationToken cancellationToken)
    {
        var row = await db.Settings.FindAsync([LastKey], cancellationToken);
        if (row is null) db.Settings.Add(row = new Setting { Key = LastKey });
        row.Value = JsonSerializer.Serialize(last, LastBackupJson.Default.LastBackup);
        row.UpdatedAt = Time.GetUtcNow().UtcDateTime;
        await db.SaveChangesAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(6712, LogLevel.Warning, "The schedule of backups could not be read: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(6713, LogLevel.Error, "The backup was not made: {Reason}")]
        internal static partial void NotMade(ILogger logger, string reason);
    }
}

/// <summary>The last backup by schedule.</summary>
/// <param name="TriedAt">When one was tried, UTC.</param>
/// <param name="MadeAt">When one was made, UTC.</param>
/// <param name="Name">That one's name.</param>
/// <param name="Error">Why the last try failed; empty: it did not.</param>
internal sealed record LastBackup(DateTime TriedAt, DateTime? MadeAt, string Name, string Error);

/// <summary>The form in which it is stored.</summary>
[JsonSerializable(typeof(LastBackup))]
internal sealed partial class LastBackupJson : JsonSerializerContext;
