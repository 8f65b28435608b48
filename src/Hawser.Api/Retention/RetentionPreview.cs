using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Retention;

/// <summary><c>/api/retention/preview</c>: how many rows the next run would remove. Ours.</summary>
internal static class RetentionPreview
{
    private const string Path = "/api/retention/preview";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, (HawserDb db, SettingsStore settings, TimeProvider time,
            CancellationToken cancellationToken) =>
            AnswerAsync(db, settings.Get(RetentionSettings.Key), time, cancellationToken))
            .ForAdmins(Area.Setting, write: false, AdminRight.RetentionView)
            .WithSummary("What the next run of the retention removes.").Answers<RetentionPlan>();
        routes.MapPost(Path, ProposeAsync).ForAdmins(Area.Setting, write: false, AdminRight.RetentionView)
            .WithSummary("What it would remove with other days; what is missing is as it is.")
            .Reads<JsonElement>("""{"connection_days":90}""").Answers<RetentionPlan>();
    }

    private static async Task<IResult> ProposeAsync(
        HttpContext context, HawserDb db, SettingsStore settings, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (given, error) = await OwnBody.ReadAsync(context, SettingsApiJson.Default.JsonObject);
        if (given is null) return error!;
        var value = RetentionSettings.Key.Read(settings);
        foreach (var (member, node) in given) value[member] = node?.DeepClone();
        if (RetentionSettings.Key.Complaint(value) is { } complaint) return Problem.Invalid(complaint);
        var proposed = value.Deserialize(RetentionJson.Default.RetentionSettings)!;
        return await AnswerAsync(db, proposed, time, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        HawserDb db, RetentionSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var kinds = new List<RetentionCount>();
        foreach (var rules in RetentionRules.Kept(settings, now).GroupBy(r => r.Name))
        {
            var rows = 0;
            foreach (var rule in rules) rows += await rule.CountAsync(db, cancellationToken);
            kinds.Add(new RetentionCount(rules.Key, rows));
        }

        // They are removed by the recording role, with their files, by the same days.
        var recordings = 0;
        foreach (var past in settings.Recordings().RecordingsPast(db, now))
        {
            recordings += await past.CountAsync(cancellationToken);
        }

        kinds.Add(new RetentionCount("recordings", recordings));
        return ClientResults.Json(
            new RetentionPlan(kinds.Sum(k => k.Rows), kinds), RetentionPlanJson.Default.RetentionPlan);
    }
}

/// <summary>What would be removed.</summary>
internal sealed record RetentionPlan(
    [property: JsonPropertyName("total")] int Total,
    [property: JsonPropertyName("kinds")] IReadOnlyList<RetentionCount> Kinds);

/// <summary>Rows of one kind.</summary>
internal sealed record RetentionCount(
    [property: JsonPropertyName("kind")] string Kind, [property: JsonPropertyName("rows")] int Rows);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(RetentionPlan))]
internal sealed partial class RetentionPlanJson : JsonSerializerContext;
