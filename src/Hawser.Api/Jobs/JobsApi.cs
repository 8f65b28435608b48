using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Jobs;

/// <summary>
/// <c>/api/jobs</c>: how far work on many rows is, stopping it, taking it back. Who starts one is elsewhere: what a job
/// may do is decided there. Everybody sees the jobs that he began, administrators those of others, too, but not what is
/// done in address books. Ours.
/// </summary>
internal static class JobsApi
{
    private const string Path = "/api/jobs";

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<JobDesk>();
        services.AddHostedService<JobRunner>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync).ForUsersOrScope(Area.Job, write: false)
            .WithSummary("Jobs, newest first.").Query("state", "waiting, running, done, cancelled or failed.")
            .Query("mine", "1: only the caller's.").Answers<Page<JobItem>>();
        routes.MapGet(Path + "/{guid}", GetAsync).ForUsersOrScope(Area.Job, write: false)
            .WithSummary("A job, with the first items that could not be done.").Answers<JobItem>();
        routes.MapPost(Path + "/{guid}/cancel", CancelAsync).ForUsersOrScope(Area.Job, write: true)
            .WithSummary("Stops a job after the items it is at; what is done stays.").ReadsNothing()
            .Answers<JobItem>();
        routes.MapPost(Path + "/{guid}/undo", UndoAsync).ForUsersOrScope(Area.Job, write: true)
            .WithSummary("Takes back what a job did, as another job; for a day.").ReadsNothing()
            .Answers<JobItem>(StatusCodes.Status202Accepted);
        routes.MapPost(Path + "/{guid}/retry", RetryAsync).ForUsersOrScope(Area.Job, write: true)
            .WithSummary("Tries what failed once more, as another job; for a day.").ReadsNothing()
            .Answers<JobItem>(StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> RetryAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, JobDesk desk, Secrets secrets,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, desk, user, guid, cancellationToken) is not { } row) return Problem.NotFound("job");
        if (!JobDesk.CanRetry(row, time.GetUtcNow().UtcDateTime) || desk.Find(row.Kind) is not { } kind
            || secrets.Unprotect(row.Request) is not { Length: > 0 } text)
        {
            return Problem.Conflict("Nothing of this job can be tried again, or not any more.", "no_retry");
        }

        var request = JsonSerializer.Deserialize(text, JobsJson.Default.JobRequest)!;
        // Rights may have gone since.
        if (!user.IsAdmin && !await kind.MayRepeatAsync(db, user, request, cancellationToken)) return Problem.Forbidden;
        // Once: what fails again is in the new job.
        var taken = await db.Jobs.Where(j => j.Guid == row.Guid && j.Request != "")
            .ExecuteUpdateAsync(s => s.SetProperty(j => j.Request, ""), cancellationToken);
        return taken == 0 ? Problem.Conflict("This job was tried again already.", "no_retry")
            : await desk.StartAsync(context, db, row.Kind, request, cancellationToken);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, JobDesk desk, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var rows = Shown(db, desk, user);
        JobState? state = context.Request.Query["state"].ToString() switch
        {
            "waiting" => JobState.Waiting, "running" => JobState.Running, "done" => JobState.Done,
            "cancelled" => JobState.Cancelled, "failed" => JobState.Failed, _ => null,
        };
        if (state is { } wanted) rows = rows.Where(j => j.State == wanted);
        if (context.Request.Query["mine"] == "1") rows = rows.Where(j => j.UserGuid == user.Guid);
        var total = await rows.CountAsync(cancellationToken);
        var some = await rows.OrderByDescending(j => j.CreatedAt).ThenByDescending(j => j.Guid).Skip(page.Skip)
            .Take(page.Size).ToListAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return ClientResults.Json(
            new Page<JobItem>(total, some.ConvertAll(j => JobItem.Of(j, now))), JobsJson.Default.PageJobItem);
    }

    private static async Task<IResult> GetAsync(
        string guid, CurrentUser user, HawserDb db, JobDesk desk, CancellationToken cancellationToken) =>
        await FindAsync(db, desk, user, guid, cancellationToken) is { } row
            ? desk.Answer(row) : Problem.NotFound("job");

    private static async Task<IResult> CancelAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, JobDesk desk, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(db, desk, user, guid, cancellationToken) is not { } row) return Problem.NotFound("job");
        // One that has ended is stopped.
        if (row.State > JobState.Running || row.CancelAsked) return desk.Answer(row);
        log.Add(db, context, ConsoleOperation.CancelJob, row.Guid.ToString(), ("kind", row.Kind));
        await db.SaveChangesAsync(cancellationToken);
        await db.Jobs.Where(j => j.Guid == row.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(j => j.CancelAsked, true), cancellationToken);
        row.CancelAsked = true;
        desk.Tell(row.Guid);
        return desk.Answer(row);
    }

    private static async Task<IResult> UndoAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, JobDesk desk, Secrets secrets,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, desk, user, guid, cancellationToken) is not { } row) return Problem.NotFound("job");
        var kind = desk.Find(row.Kind);
        var undoneBy = kind?.UndoneBy ?? "";
        if (undoneBy.Length == 0 || !JobDesk.CanUndo(row, time.GetUtcNow().UtcDateTime)
            || secrets.Unprotect(row.Undo) is not { Length: > 0 } text)
        {
            return Problem.Conflict("This job can't be taken back, or not any more.", "no_undo");
        }

        if (await db.Jobs.AnyAsync(j => j.UndoOf == row.Guid, cancellationToken))
        {
            return Problem.Conflict("This job was taken back already.", "undone");
        }

        var all = JsonSerializer.Deserialize(text, JobsJson.Default.IReadOnlyListString)!;
        // Only what it got to.
        IReadOnlyList<string> items = [.. all.Take(row.Done)];
        // Rights may have gone since.
        if (!user.IsAdmin && !await kind!.MayUndoAsync(db, user, items, cancellationToken)) return Problem.Forbidden;
        var request = new JobRequest { Items = items };
        return await desk.StartAsync(context, db, undoneBy, request, cancellationToken, undoes: row);
    }

    private static IQueryable<Job> Shown(HawserDb db, JobDesk desk, CurrentUser user)
    {
        var (me, personal) = (user.Guid, desk.Personal);
        var jobs = db.Jobs.AsNoTracking();
        return user.IsAdmin ? jobs.Where(j => j.UserGuid == me || !personal.Contains(j.Kind))
            : jobs.Where(j => j.UserGuid == me);
    }

    private static async Task<Job?> FindAsync(
        HawserDb db, JobDesk desk, CurrentUser user, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await Shown(db, desk, user).FirstOrDefaultAsync(j => j.Guid == wanted, cancellationToken) : null;
}
