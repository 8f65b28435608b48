using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Backups;

/// <summary>
/// <c>/api/backups</c>: what <c>hawser backup</c> does, over HTTP. Whoever has a backup has the server's keys, so that
/// fetching one needs the right to change settings, and a fresh proof of who asks. Ours.
/// </summary>
internal static class BackupsApi
{
    private const string Root = "/api/backups";
    private const int MostBackups = 100;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<BackupFolder>();
        services.AddSingleton<JobKind, BackupJob>();
        services.AddSingleton<BackupSchedule>();
        services.AddHostedService(p => p.GetRequiredService<BackupSchedule>());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, List).ForAdmins(Area.Setting, write: false, AdminRight.BackupsView)
            .WithSummary("Backups in the data folder of this node, the last first; not paged.")
            .Answers<IReadOnlyList<BackupItem>>();
        routes.MapGet(Root + "/schedule", ScheduleAsync)
            .ForAdmins(Area.Setting, write: false, AdminRight.BackupsView)
            .WithSummary("How the backups go that are made without anybody asking.").Answers<BackupScheduleReply>();
        routes.MapPost(Root, StartAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.BackupsEdit)
            .WithSummary("Begins a backup, as a job.").Reads<BackupWish>("""{"recordings":false}""")
            .Answers<JobItem>(StatusCodes.Status202Accepted);
        // Not for roles: whoever reads a backup is an administrator with its keys.
        routes.MapGet(Root + "/{name}", DownloadAsync).AfterStepUp().ForAdmins(Area.Setting, write: true)
            .WithSummary("Downloads a backup; with ranges.").Answers("application/zip");
        routes.MapDelete(Root + "/{name}", DeleteAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.BackupsEdit)
            .WithSummary("Deletes a backup.").ReadsNothing().AnswersNothing();
    }

    private static IResult List(BackupFolder folder)
    {
        IReadOnlyList<BackupItem> items = [.. folder.List().Select(
            f => new BackupItem(f.Name, f.Length, WireTime.Seconds(f.LastWriteTimeUtc)))];
        return ClientResults.Json(items, BackupsJson.Default.IReadOnlyListBackupItem);
    }

    private static async Task<IResult> ScheduleAsync(
        HawserDb db, SettingsStore settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var (wanted, now) = (settings.Get(BackupSettings.Key), time.GetUtcNow().UtcDateTime);
        var last = await BackupSchedule.LastAsync(db, cancellationToken);
        return ClientResults.Json(
            new BackupScheduleReply(
                wanted.Enabled, wanted.At, wanted.Keep, wanted.Recordings,
                wanted.Enabled ? WireTime.Seconds(wanted.DueBefore(now).AddDays(1)) : null,
                WireTime.Seconds(last?.MadeAt), last?.Name ?? "", last?.Error ?? "",
                BackupSchedule.IsLate(wanted, last, now)),
            BackupsJson.Default.BackupScheduleReply);
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, HawserDb db, BackupFolder folder, JobDesk desk, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, BackupsJson.Default.BackupWish);
        if (body is null) return error!;
        if (folder.List().Count >= MostBackups)
        {
            return Problem.Conflict($"There are {MostBackups} backups; delete some first.", "full");
        }

        var recordings = body.Recordings == true;
        var name = BackupFolder.NameFor(time.GetUtcNow().UtcDateTime, recordings);
        log.Add(db, context, ConsoleOperation.MakeBackup, name);
        return await desk.StartAsync(
            context, db, BackupJob.KindName,
            new JobRequest
            {
                Args = recordings ? new Dictionary<string, string> { ["recordings"] = "1" } : [],
                Items = [name],
            },
            cancellationToken);
    }

    private static async Task<IResult> DownloadAsync(
        HttpContext context, string name, HawserDb db, BackupFolder folder, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (folder.Find(name) is not { } file) return Problem.NotFound("backup");
        log.Add(db, context, ConsoleOperation.DownloadBackup, file.Name);
        await db.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return Results.File(
            file.FullName, "application/zip", file.Name, new DateTimeOffset(file.LastWriteTimeUtc),
            enableRangeProcessing: true);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string name, HawserDb db, BackupFolder folder, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (folder.Find(name) is not { } file) return Problem.NotFound("backup");
        log.Add(db, context, ConsoleOperation.DeleteBackup, file.Name);
        await db.SaveChangesAsync(cancellationToken);
        file.Delete();
        return ClientResults.Empty;
    }
}

/// <summary>A backup to be made.</summary>
internal sealed record BackupWish
{
    /// <summary>With the recordings of sessions.</summary>
    [JsonPropertyName("recordings")]
    public bool? Recordings { get; init; }
}

/// <summary>A backup that is there.</summary>
internal sealed record BackupItem(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("created_at")] long CreatedAt);

/// <summary>How the backups go that are made without anybody asking.</summary>
/// <param name="Enabled">They are made.</param>
/// <param name="At">The time of day, UTC.</param>
/// <param name="Keep">How many are kept.</param>
/// <param name="Recordings">With the recordings of sessions.</param>
/// <param name="NextAt">When the next one is due, Unix seconds; null: none is.</param>
/// <param name="LastAt">When the last one was made; null: there was none.</param>
/// <param name="LastName">Its name.</param>
/// <param name="LastError">Why the last try failed; empty: it did not.</param>
/// <param name="Late">One that was due is missing.</param>
internal sealed record BackupScheduleReply(
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("at")] string At,
    [property: JsonPropertyName("keep")] int Keep,
    [property: JsonPropertyName("recordings")] bool Recordings,
    [property: JsonPropertyName("next_at")] long? NextAt,
    [property: JsonPropertyName("last_at")] long? LastAt,
    [property: JsonPropertyName("last_name")] string LastName,
    [property: JsonPropertyName("last_error")] string LastError,
    [property: JsonPropertyName("late")] bool Late);

/// <summary>What this slice reads and writes.</summary>
[JsonSerializable(typeof(BackupWish))]
[JsonSerializable(typeof(BackupScheduleReply))]
[JsonSerializable(typeof(BackupResult))]
[JsonSerializable(typeof(IReadOnlyList<BackupItem>))]
internal sealed partial class BackupsJson : JsonSerializerContext;
