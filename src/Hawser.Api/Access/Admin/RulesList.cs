using System.Globalization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Access.Admin;

/// <summary><c>GET /api/access/rules</c>: searched, narrowed, sorted, and as a file.</summary>
internal static class RulesList
{
    private const int AtOnce = 500;

    private static readonly Sorts<Found> Orders = new Sorts<Found>("created_at")
        .Add("created_at", f => f.Rule.CreatedAt).Add("name", f => f.Rule.Name).Add("enabled", f => f.Rule.Enabled)
        .Add("last_used", f => f.LastUsed);

    private static readonly string[] Columns =
    [
        "guid", "name", "enabled", "subject_kind", "subject", "target_kind", "target", "pairs", "last_used",
        "schedule", "control_role", "note", "created_at",
    ];

    public static async Task<IResult> HandleAsync(
        HttpContext context, PageQuery page, HawserDb db, ApiParts parts, CancellationToken cancellationToken)
    {
        var found = Filter(Of(db), context);
        var sorted = Orders.Apply(found, context).ThenBy(f => f.Rule.Guid).Select(f => f.Rule);
        if (FileOfRows.IsAsked(context))
        {
            await context.RequestServices.GetRequiredService<ConsoleLog>()
                .ExportedAsync(db, context, ConsoleOperation.ExportList, "access-rules", cancellationToken);
            return new FileOfRows("access-rules", Columns, LinesAsync());
        }

        var total = await found.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<RuleRow>(total, await RulesEndpoint.ItemsAsync(db, rows, cancellationToken)),
            AccessAdminJson.Default.PageRuleRow);

        async IAsyncEnumerable<string?[]> LinesAsync()
        {
            // Rows go on coming while what belongs to them is read: a connection does one of the two.
            await using var beside = parts.Store.CreateDb();
            await foreach (var some in sorted.AsAsyncEnumerable().Chunk(AtOnce).WithCancellation(cancellationToken))
            {
                foreach (var item in await RulesEndpoint.ItemsAsync(beside, [.. some], cancellationToken))
                {
                    yield return Line(item);
                }
            }
        }
    }

    // Guids are one space: whose it is shows by who has it.
    private static IQueryable<Found> Of(HawserDb db) => db.AccessRules.AsNoTracking().Select(r => new Found
    {
        Rule = r,
        Subject = db.Users.Where(u => u.Guid == r.SubjectGuid).Select(u => u.Name).FirstOrDefault()
            ?? db.UserGroups.Where(g => g.Guid == r.SubjectGuid).Select(g => g.Name).FirstOrDefault() ?? "",
        Target = db.Users.Where(u => u.Guid == r.TargetGuid).Select(u => u.Name).FirstOrDefault()
            ?? db.UserGroups.Where(g => g.Guid == r.TargetGuid).Select(g => g.Name).FirstOrDefault()
            ?? db.DeviceGroups.Where(g => g.Guid == r.TargetGuid).Select(g => g.Name).FirstOrDefault()
            ?? db.Devices.Where(d => d.Guid == r.TargetGuid).Select(d => d.Id).FirstOrDefault() ?? "",
        LastUsed = db.Introductions.Where(i => i.RuleGuid == r.Guid).Max(i => (DateTime?)i.AtUtc),
    });

    // A word that can't be read matches no rule, as in other lists.
    private static IQueryable<Found> Filter(IQueryable<Found> rows, HttpContext context)
    {
        var query = context.Request.Query;
        rows = query["enabled"].ToString() switch
        {
            "" => rows, "1" => rows.Where(f => f.Rule.Enabled), "0" => rows.Where(f => !f.Rule.Enabled),
            _ => rows.Where(f => false),
        };
        if (query["subject"].ToString() is { Length: > 0 } who)
        {
            rows = RuleWords.Subject(who) is { } kind ? rows.Where(f => f.Rule.SubjectKind == kind)
                : rows.Where(f => false);
        }

        if (query["target"].ToString() is { Length: > 0 } what)
        {
            rows = RuleWords.Target(what) is { } kind ? rows.Where(f => f.Rule.TargetKind == kind)
                : rows.Where(f => false);
        }

        rows = query["used"].ToString() switch
        {
            "" => rows, "1" => rows.Where(f => f.LastUsed != null), "0" => rows.Where(f => f.LastUsed == null),
            _ => rows.Where(f => false),
        };
        return rows.Searching(context, f => f.Rule.Name, f => f.Rule.Note, f => f.Subject, f => f.Target);
    }

    private static string?[] Line(RuleRow r) =>
    [
        r.Guid.ToString(), r.Name, r.Enabled ? "1" : "0", r.Subject.Kind, r.Subject.Name, r.Target.Kind, r.Target.Name,
        r.Pairs.ToString(CultureInfo.InvariantCulture), r.LastUsed?.ToString(CultureInfo.InvariantCulture),
        r.Schedule?.GetRawText(), r.ControlRole, r.Note, r.CreatedAt.ToString(CultureInfo.InvariantCulture),
    ];

    private sealed class Found
    {
        public required AccessRule Rule { get; init; }

        public required string Subject { get; init; }

        public required string Target { get; init; }

        public DateTime? LastUsed { get; init; }
    }
}
