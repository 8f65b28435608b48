using System.Security.Cryptography;
using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Jobs;

/// <summary>Takes jobs in: a row each, which a node works on, now or after a restart.</summary>
internal sealed class JobDesk(
    ApiParts parts, IEnumerable<JobKind> kinds, Secrets secrets, ConsoleLog log, TimeProvider time) : IDisposable
{
    /// <summary>Items that one job may have.</summary>
    internal const int MostItems = 20_000;

    /// <summary>The header by which a request that is sent twice is one job.</summary>
    internal const string KeyHeader = "Idempotency-Key";

    /// <summary>How long a job can be taken back.</summary>
    internal static readonly TimeSpan UndoFor = TimeSpan.FromHours(24);

    private const int MostWaiting = 200;

    // Of one person, of the kinds that everybody may begin: nobody fills the queue alone.
    private const int MostPersonal = 5;

    private readonly SemaphoreSlim _work = new(0, 1);

    /// <summary>Whether a job can be taken back now.</summary>
    public static bool CanUndo(Job row, DateTime now) =>
        row.Undo.Length > 0 && row.Done > 0 && row.EndedAt is { } end && now - end < UndoFor;

    /// <summary>Whether what failed can be tried again now.</summary>
    public static bool CanRetry(Job row, DateTime now) =>
        row.Failed > 0 && row.Request.Length > 0 && row.EndedAt is { } end && now - end < UndoFor;

    /// <summary>The kinds that only who began them sees.</summary>
    public string[] Personal { get; } = [.. kinds.Where(k => k.IsPersonal).Select(k => k.Name)];

    /// <summary>A kind by its name; null: there is none.</summary>
    public JobKind? Find(string name) => kinds.FirstOrDefault(k => k.Name == name);

    /// <summary>Takes a job in and answers with it; the same key is the same job.</summary>
    public async Task<IResult> StartAsync(
        HttpContext context, HawserDb db, string kind, JobRequest request, CancellationToken cancellationToken,
        Job? undoes = null)
    {
        if (request.Items.Count > MostItems)
        {
            return Problem.Invalid($"A job has at most {MostItems} items; this one has {request.Items.Count}.");
        }

        var user = CurrentUser.Of(context);
        var key = context.Request.Headers[KeyHeader].ToString();
        if (key.Length > 128) return Problem.Invalid($"{KeyHeader} has at most 128 characters.");
        var json = JsonSerializer.SerializeToUtf8Bytes(request, JobsJson.Default.JobRequest);
        var hash = SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(kind + "\n"), .. json]);
        if (await KnownAsync(db, user, key, hash, cancellationToken) is { } known) return known;
        if (await IsBusyAsync(db, user, kind, cancellationToken))
        {
            return Problem.Of(StatusCodes.Status429TooManyRequests, "busy", "Too many jobs wait; try again later.");
        }

        var row = RowOf(kind, request, (user.Guid, user.Name), json);
        row.IdempotencyKey = key.Length > 0 ? key : null;
        row.RequestHash = hash;
        row.UndoOf = undoes?.Guid;
        db.Jobs.Add(row);
        log.Add(db, context, undoes is null ? ConsoleOperation.StartJob : ConsoleOperation.UndoJob,
            [row.Guid.ToString()], ("kind", undoes?.Kind ?? kind), ("items", $"{row.Total}"),
            ("args", ArgsText(request)));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (key.Length > 0 && !e.IsPassingStoreFault())
        {
            // The same request came a moment earlier, here or elsewhere.
            db.ChangeTracker.Clear();
            if (await KnownAsync(db, user, key, hash, cancellationToken) is { } theirs) return theirs;
            throw;
        }

        Wake();
        Tell(row.Guid);
        return Answer(row, StatusCodes.Status202Accepted);
    }

    /// <summary>Takes in a job of one of the server's own rules, unless its last one still goes on.</summary>
    /// <returns>The job; null: there is one.</returns>
    public async Task<Guid?> StartOfServerAsync(
        HawserDb db, string kind, JobRequest request, CancellationToken cancellationToken)
    {
        if (await db.Jobs.AnyAsync(
            j => j.UserGuid == Guid.Empty && j.Kind == kind
                && (j.State == JobState.Waiting || j.State == JobState.Running), cancellationToken)) return null;
        var json = JsonSerializer.SerializeToUtf8Bytes(request, JobsJson.Default.JobRequest);
        var row = RowOf(kind, request, (Guid.Empty, ConsoleLog.Server), json);
        db.Jobs.Add(row);
        log.AddOfServer(db, ConsoleOperation.StartJob, row.Guid.ToString(), ("kind", kind),
            ("items", $"{row.Total}"), ("args", ArgsText(request)));
        await db.SaveChangesAsync(cancellationToken);
        Wake();
        Tell(row.Guid);
        return row.Guid;
    }

    private Job RowOf(string kind, JobRequest request, (Guid Guid, string Name) user, byte[] json) => new()
    {
        Kind = kind,
        Total = request.Items.Count,
        Request = secrets.Protect(System.Text.Encoding.UTF8.GetString(json)),
        UserGuid = user.Guid,
        UserName = user.Name,
        CreatedAt = time.GetUtcNow().UtcDateTime,
    };

    private static string ArgsText(JobRequest request) => string.Join(
        ' ', request.Args.Where(a => a.Key != "password").Select(a => $"{a.Key}={a.Value}"));

    /// <summary>The job as an answer.</summary>
    public IResult Answer(Job row, int status = StatusCodes.Status200OK) => ClientResults.Json(
        JobItem.Of(row, time.GetUtcNow().UtcDateTime, withFailures: true), JobsJson.Default.JobItem, status);

    /// <summary>Tells consoles that a job went on.</summary>
    public void Tell(Guid job) => parts.Feed.Publish(new LiveEvent("job", job.ToString()));

    /// <summary>There may be work.</summary>
    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    /// <summary>Waits for work, or for a while.</summary>
    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _work.WaitAsync(atMost, cancellationToken);

    private async Task<bool> IsBusyAsync(
        HawserDb db, CurrentUser user, string kind, CancellationToken cancellationToken)
    {
        var open = db.Jobs.Where(j => j.State == JobState.Waiting || j.State == JobState.Running);
        var (me, personal) = (user.Guid, Personal);
        return await open.CountAsync(cancellationToken) >= MostWaiting
            || (personal.Contains(kind, StringComparer.Ordinal) && await open.CountAsync(
                j => j.UserGuid == me && personal.Contains(j.Kind), cancellationToken) >= MostPersonal);
    }

    private async Task<IResult?> KnownAsync(
        HawserDb db, CurrentUser user, string key, byte[] hash, CancellationToken cancellationToken)
    {
        if (key.Length == 0) return null;
        var row = await db.Jobs.AsNoTracking()
            .FirstOrDefaultAsync(j => j.UserGuid == user.Guid && j.IdempotencyKey == key, cancellationToken);
        if (row is null) return null;
        return row.RequestHash.AsSpan().SequenceEqual(hash) ? Answer(row, StatusCodes.Status202Accepted)
            : Problem.Conflict($"This {KeyHeader} was used for another request.", "key_reused");
    }
}
