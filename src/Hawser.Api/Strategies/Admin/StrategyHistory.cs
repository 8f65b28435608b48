using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary><c>GET /api/strategies/{guid}/versions</c>: what the options of a strategy were. Ours.</summary>
internal static class StrategyHistory
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/strategies/{guid}/versions", HandleAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("What the options of a strategy were, the last first; not paged.")
            .Answers<IReadOnlyList<StrategyVersionItem>>();

    private static async Task<IResult> HandleAsync(string guid, HawserDb db, CancellationToken cancellationToken)
    {
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var rows = await db.StrategyVersions.AsNoTracking().Where(v => v.StrategyGuid == strategy.Guid)
            .OrderByDescending(v => v.ChangedAt).ThenByDescending(v => v.Guid).Take(Most)
            .ToListAsync(cancellationToken);
        IReadOnlyList<StrategyVersionItem> items = rows.ConvertAll(v => new StrategyVersionItem(
            v.Guid.ToString(), StrategyText.Parse(v.Options), WireTime.Seconds(v.ChangedAt), v.ChangedBy, v.Note));
        return ClientResults.Json(items, StrategyHistoryJson.Default.IReadOnlyListStrategyVersionItem);
    }
}

/// <summary>What the options of a strategy became.</summary>
/// <param name="Guid">The version.</param>
/// <param name="ConfigOptions">The options.</param>
/// <param name="ChangedAt">When, Unix seconds.</param>
/// <param name="ChangedBy">The name of who changed them; empty: the server's operator.</param>
/// <param name="Note">Why.</param>
internal sealed record StrategyVersionItem(
    [property: JsonPropertyName("guid")] string Guid,
    [property: JsonPropertyName("config_options")] IReadOnlyDictionary<string, string> ConfigOptions,
    [property: JsonPropertyName("changed_at")] long ChangedAt,
    [property: JsonPropertyName("changed_by")] string ChangedBy,
    [property: JsonPropertyName("note")] string Note);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(IReadOnlyList<StrategyVersionItem>))]
internal sealed partial class StrategyHistoryJson : JsonSerializerContext;
