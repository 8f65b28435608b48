using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Jobs;
using Hawser.Data.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Jobs;

/// <summary>
/// Works on jobs, one at a time on each node. How far a job is is stored with what it did, so that after a crash it
/// goes on where it was, here or on another node.
/// </summary>
internal sealed partial class JobRunner(
    ApiParts parts, ApiGate gate, JobDesk desk, JobLeases leases, Secrets secrets, IServiceScopeFactory scopes,
    TimeProvider time, ILogger<JobRunner> log) : BackgroundService
{
    /// <summary>How often the table is read although nobody woke us.</summary>
    internal static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    private const int MostFailures = 1000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WaitForNode = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.OpenedAsync(stoppingToken);
            while (true)
            {
                if (!await TryNextAsync(stoppingToken)) await desk.WaitAsync(Poll, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping is the normal end; what runs goes on at the next start.
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private async Task<bool> TryNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            List<Guid> due;
            await using (var db = parts.Store.CreateDb())
            {
                due = await db.Jobs.AsNoTracking()
                    .Where(j => j.State == JobState.Waiting || j.State == JobState.Running)
                    .OrderBy(j => j.CreatedAt).ThenBy(j => j.Guid).Select(j => j.Guid).Take(20)
                    .ToListAsync(cancellationToken);
            }

            foreach (var guid in due)
            {
                // Those that another node works on are leased.
                var isOurs = true;
                if (await leases.RunAsync(
                    "job-" + guid.ToString("N"), Lease, async ct => isOurs = await RunAsync(guid, ct),
                    cancellationToken) && isOurs) return true;
            }

            return false;
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.StoreFailed(log, e.Message);
            return false;
        }
    }

    // False: another node has what it needs.
    private async Task<bool> RunAsync(Guid guid, CancellationToken cancellationToken)
    {
        Job? row;
        await using (var db = parts.Store.CreateDb())
        {
            row = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Guid == guid, cancellationToken);
        }

        if (row is null || row.State > JobState.Running) return true;
        var error = "";
        var state = JobState.Done;
        try
        {
            var kind = desk.Find(row.Kind)
                ?? throw new InvalidOperationException("This version knows no such job.");
            var json = secrets.Unprotect(row.Request)
                ?? throw new InvalidOperationException("The request can't be decrypted with this key ring.");
            var request = JsonSerializer.Deserialize(json, JobsJson.Default.JobRequest)!;
            // Where no node has it any more, it ends by saying so.
            if (!kind.IsHere(request) && !row.CancelAsked && Now - row.CreatedAt < WaitForNode) return false;
            state = await WorkAsync(row, kind, request, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && !e.IsStoreFault()
            && e is InvalidOperationException or IOException or JsonException or UnauthorizedAccessException)
        {
            (state, error) = (JobState.Failed, e.Message);
            Log.Failed(log, guid, row.Kind, e);
        }

        await EndAsync(row, state, error, cancellationToken);
        Log.Ended(log, guid, row.Kind, state);
        return true;
    }

    private static string Cut(string item) => item.Length > 200 ? item[..200] : item;

    private async Task<JobState> WorkAsync(
        Job row, JobKind kind, JobRequest request, CancellationToken cancellationToken)
    {
        if (row.State == JobState.Waiting) await BeginAsync(row, kind, request, cancellationToken);
        var failures = row.Failures.Length == 0 ? []
            : JsonSerializer.Deserialize(row.Failures, JobsJson.Default.IReadOnlyListJobFailure)!.ToList();
        var told = time.GetTimestamp();
        while (row.Done < request.Items.Count)
        {
            if (await IsUnwantedAsync(row.Guid, cancellationToken)) return JobState.Cancelled;
            var batch = request.Items.Skip(row.Done).Take(kind.Batch).ToList();
            await StepAsync(row, kind, request, (batch, failures), cancellationToken);
            if (time.GetElapsedTime(told) < TellEvery) continue;
            told = time.GetTimestamp();
            desk.Tell(row.Guid);
        }

        return JobState.Done;
    }

    private async Task BeginAsync(Job row, JobKind kind, JobRequest request, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var undo = kind.UndoneBy.Length == 0 ? [] : await kind.RememberAsync(db, request, cancellationToken);
        var text = undo.Count == 0 ? "" : secrets.Protect(
            JsonSerializer.Serialize(undo, JobsJson.Default.IReadOnlyListString));
        var now = Now;
        await db.Jobs.Where(j => j.Guid == row.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.State, JobState.Running).SetProperty(j => j.StartedAt, now)
                .SetProperty(j => j.Undo, text),
            cancellationToken);
        desk.Tell(row.Guid);
    }

    private async Task StepAsync(
        Job row, JobKind kind, JobRequest request, (List<string> Batch, List<JobFailure> Failures) with,
        CancellationToken cancellationToken)
    {
        var (batch, failures) = with;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<HawserDb>();
        var step = new JobStep(scope.ServiceProvider, db, request, (done, total) => TellAsync(row, done, total), row);
        var wrong = new List<JobFailure>();
        // One item may do several transactions of its own; many are one together.
        await using var change = kind.Batch > 1 ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        foreach (var item in batch)
        {
            if (await kind.HandleAsync(step, item, cancellationToken) is { } refusal)
            {
                wrong.Add(new JobFailure(Cut(item), refusal));
            }
        }

        await db.SaveChangesAsync(cancellationToken);
        failures.AddRange(wrong.Take(Math.Max(0, MostFailures - failures.Count)));
        var (done, failed) = (row.Done + batch.Count, row.Failed + wrong.Count);
        var text = failures.Count == 0 ? ""
            : JsonSerializer.Serialize(failures, JobsJson.Default.IReadOnlyListJobFailure);
        await db.Jobs.Where(j => j.Guid == row.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.Done, done).SetProperty(j => j.Failed, failed)
                .SetProperty(j => j.Failures, text).SetProperty(j => j.Total, request.Items.Count)
                .SetProperty(j => j.Result, j => step.Result.Length > 0 ? step.Result : j.Result),
            cancellationToken);
        if (change is not null) await change.CommitAsync(cancellationToken);
        (row.Done, row.Failed) = (done, failed);
        await kind.StoredAsync(step, batch, cancellationToken);
    }

    // Of a job whose one item takes long.
    private async Task TellAsync(Job row, int done, int total)
    {
        await using var db = parts.Store.CreateDb();
        await db.Jobs.Where(j => j.Guid == row.Guid).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.Done, done).SetProperty(j => j.Total, total), CancellationToken.None);
        desk.Tell(row.Guid);
    }

    private async Task<bool> IsUnwantedAsync(Guid guid, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        return await db.Jobs.AnyAsync(j => j.Guid == guid && j.CancelAsked, cancellationToken);
    }

    // What failed stays, encrypted, for who wants it tried again; all else goes.
    private string Remainder(Job row, IReadOnlyList<JobFailure> failures)
    {
        if (failures.Count == 0 || desk.Find(row.Kind) is not { } kind || secrets.Unprotect(row.Request) is not { } json
            || JsonSerializer.Deserialize(json, JobsJson.Default.JobRequest) is not { } request
            || !kind.IsRepeatable(request)) return "";
        var failed = failures.Select(f => f.Item).ToHashSet(StringComparer.Ordinal);
        var rest = request with { Items = [.. request.Items.Where(i => failed.Contains(Cut(i)))] };
        return rest.Items.Count == 0 ? ""
            : secrets.Protect(JsonSerializer.Serialize(rest, JobsJson.Default.JobRequest));
    }

    private async Task EndAsync(Job row, JobState state, string error, CancellationToken cancellationToken)
    {
        var guid = row.Guid;
        await using var db = parts.Store.CreateDb();
        var failures = await db.Jobs.Where(j => j.Guid == guid).Select(j => j.Failures)
            .FirstOrDefaultAsync(cancellationToken);
        var rest = state == JobState.Failed || string.IsNullOrEmpty(failures) ? ""
            : Remainder(row, JsonSerializer.Deserialize(failures, JobsJson.Default.IReadOnlyListJobFailure)!);
        var now = Now;
        var text = error.Length > 1000 ? error[..1000] : error;
        await db.Jobs.Where(j => j.Guid == guid).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.State, state).SetProperty(j => j.EndedAt, now)
                .SetProperty(j => j.Error, text).SetProperty(j => j.Request, rest),
            cancellationToken);
        desk.Tell(guid);
    }

    private static partial class Log
    {
        [LoggerMessage(6700, LogLevel.Information, "Job {Job} ({Kind}) ended: {State}")]
        internal static partial void Ended(ILogger logger, Guid job, string kind, JobState state);

        [LoggerMessage(6701, LogLevel.Warning, "Job {Job} ({Kind}) could not go on")]
        internal static partial void Failed(ILogger logger, Guid job, string kind, Exception exception);

        [LoggerMessage(6702, LogLevel.Warning, "Jobs wait, the database can't be used: {Reason}")]
        internal static partial void StoreFailed(ILogger logger, string reason);
    }
}
