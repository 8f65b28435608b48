using System.Text.Json.Serialization;
using Hawser.Api.Console;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Jobs;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Recordings;

/// <summary>
/// <c>/api/recordings/bulk</c>: the same for many recordings, as a job: those named, or all that match what the list
/// would show. Ours; everything else about recordings is the recording role's.
/// </summary>
internal static class RecordingsBulk
{
    private const string Delete = "delete";
    private const int LongestReason = 200;
    private const int Some = 500;

    private static readonly string[] Actions = ["hold", "release", Delete];

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<RecordingHoldJob>(p, true));
        services.AddSingleton<JobKind>(p => ActivatorUtilities.CreateInstance<RecordingHoldJob>(p, false));
        services.AddSingleton<JobKind, RecordingRestoreJob>();
        services.AddSingleton<JobKind, RecordingDeleteJob>();
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/recordings/bulk", StartAsync)
            .ForAdmins(Area.Recording, write: true, AdminRight.RecordingsEdit)
            .WithSummary("Holds, releases or deletes many recordings, as a job; an Idempotency-Key makes it one job.")
            .Reads<RecordingWorkBody>(RecordingWorkBody.Example).Answers<JobItem>(StatusCodes.Status202Accepted);

    /// <summary>Whether somebody may change each of some recordings; administrators also what is gone.</summary>
    internal static async Task<bool> ReachesAllAsync(
        HawserDb db, CurrentUser user, IReadOnlyCollection<Guid> guids, CancellationToken cancellationToken)
    {
        if (user.IsAdmin) return true;
        if (!user.May(AdminRight.RecordingsEdit)) return false;
        foreach (var some in guids.Distinct().Chunk(Some))
        {
            var reached = await AdminScope.EditableRecordings(db, user)
                .CountAsync(r => some.Contains(r.Guid), cancellationToken);
            if (reached != some.Length) return false;
        }

        return true;
    }

    private static async Task<IResult> StartAsync(
        HttpContext context, CurrentUser user, HawserDb db, JobDesk desk, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, RecordingWorkJson.Default.RecordingWorkBody, 2 << 20);
        if (body is null) return error!;
        if (RefusalOf(body) is { } refusal) return refusal;
        // Who is kept from deleting may be the owner too, so that only administrators hold and release.
        if (body.Action != Delete && !user.IsAdmin) return Problem.Forbidden;
        if (!user.May(AdminRight.RecordingsEdit)) return Problem.Forbidden;
        if (body.Action == Delete && StepUp.IsNeeded(context)) return Problem.StepUp;
        List<Guid> items;
        if (body.Guids is { } guids)
        {
            items = [.. guids.Distinct()];
        }
        else
        {
            var query = AskedAgain.Of(body.Query!).Request.Query;
            if (!RecordingFilterText.TryRead(k => query[k], out var filter, out var complaint))
            {
                return Problem.Invalid(complaint, "query");
            }

            items = await MatchingAsync(db, user, filter, AskedAgain.Until(body.AsOf), cancellationToken);
        }

        if (items.Count == 0) return Problem.Invalid("There is no recording to do this to.", "guids");
        if (AskedAgain.CountRefusal(body.Expected, items.Count, "recordings") is { } others) return others;

        if (body.Guids is not null && !await ReachesAllAsync(db, user, items, cancellationToken))
        {
            return Problem.NotFound("recording for you to do this to, at least one of them");
        }

        var request = new JobRequest
        {
            Args = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [RecordingJob.Reason] = body.Reason?.Trim() ?? "",
            },
            Items = items.ConvertAll(g => g.ToString()),
        };
        return await desk.StartAsync(context, db, "recordings." + body.Action, request, cancellationToken);
    }

    private static Problem? RefusalOf(RecordingWorkBody body)
    {
        if (!Actions.Contains(body.Action))
        {
            return Problem.Invalid($"action is one of {string.Join(", ", Actions)}.", "action");
        }

        if (AskedAgain.Refusal(body.Guids, body.Query, body.AsOf, "recordings") is { } unclear) return unclear;
        if (body.Reason is { Length: > LongestReason })
        {
            return Problem.Invalid($"A reason has at most {LongestReason} characters.", "reason");
        }

        return body.Action == Delete && string.IsNullOrWhiteSpace(body.Reason)
            ? Problem.Invalid("A reason is needed; it is all that is left of what is deleted.", "reason") : null;
    }

    // What the list would show for the same query at this moment, as far as the right reaches, without what was added
    // since it was read.
    private static async Task<List<Guid>> MatchingAsync(
        HawserDb db, CurrentUser user, RecordingFilter filter, DateTime? asOf, CancellationToken cancellationToken)
    {
        var rows = AdminScope.EditableRecordings(db, user);
        if (asOf is { } read) rows = rows.Where(r => r.CreatedAt <= read);
        return await filter.Of(db, rows).OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).Select(r => r.Guid)
            .Take(JobDesk.MostItems + 1).ToListAsync(cancellationToken);
    }
}

/// <summary>What is done to many recordings.</summary>
internal sealed record RecordingWorkBody
{
    internal const string Example =
        """{"action":"delete","reason":"case closed","query":"device=123456789","expected":12,"as_of":1772447400000}""";

    /// <summary>hold or release (administrators), or delete (what is finished and not held).</summary>
    [JsonPropertyName("action")]
    public string? Action { get; init; }

    /// <summary>Which recordings.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list of recordings shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>How many recordings the caller saw; when there are others by now, nothing is begun.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>When the list was read, in milliseconds, as it said: what was added later is left alone.</summary>
    [JsonPropertyName("as_of")]
    public long? AsOf { get; init; }

    /// <summary>Why, for the log; to delete it is needed.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}

/// <summary>What this route reads.</summary>
[JsonSerializable(typeof(RecordingWorkBody))]
internal sealed partial class RecordingWorkJson : JsonSerializerContext;
