using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access.Admin;

/// <summary><c>GET /api/access/sources</c>: what opens devices without a rule, and how many. Ours.</summary>
internal static class SourcesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/access/sources", HandleAsync)
            .ForAdmins(Area.Access, write: false, AdminRight.AccessView)
            .WithSummary("What opens devices without a rule as the settings are, with how many pairs, and last used.")
            .Answers<SourcesAnswer>();

    private static async Task<IResult> HandleAsync(
        HawserDb db, ApiParts parts, CancellationToken cancellationToken)
    {
        var rows = await AccessReader.ReadAsync(db, parts.Pins, cancellationToken);
        var coverage = await AccessCoverage.ReadAsync(db, [], cancellationToken);
        var sources = new List<SourceItem>();
        foreach (var (source, pairs) in coverage.SourcesOf(rows.Settings))
        {
            var last = await db.Introductions.Where(i => i.Reason == source)
                .MaxAsync(i => (DateTime?)i.AtUtc, cancellationToken);
            sources.Add(new SourceItem(source, pairs, last is { } utc ? WireTime.Seconds(utc) : null));
        }

        return ClientResults.Json(
            new SourcesAnswer
            {
                People = coverage.People,
                Devices = coverage.Devices,
                Unassigned = coverage.Unassigned,
                OpenToAnybody = coverage.OpenToAnybody(rows.Settings),
                Sources = sources,
            },
            AccessAdminJson.Default.SourcesAnswer);
    }
}
