using System.Net;
using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Access.Admin;

/// <summary><c>/api/access/rules</c>: who may reach what. Ours.</summary>
internal static class RulesEndpoint
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/access/rules", RulesList.HandleAsync)
            .ForAdmins(Area.Access, write: false, AdminRight.AccessView)
            .WithSummary("Access rules, oldest first.")
            .Query("q", "A part of the name, the note, or the name of whom it is for or what it opens.")
            .Query("enabled", "1 or 0.").Query("subject", "For whom: everybody, user or user_group.")
            .Query("target", "What it opens: all_devices, own_devices, device, device_group, user or user_group.")
            .Query("used", "1: somebody connected by it; 0: nobody.")
            .Query("sort", "created_at, name, enabled or last_used; a minus turns it round.")
            .Query("format", "csv or jsonl: all that match, as a file.").Answers<Page<RuleRow>>();
        routes.MapPost("/api/access/rules", AddAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.AccessEdit)
            .WithSummary("Adds an access rule.").Reads<RuleDraftBody>(RuleDraftBody.Example).Answers<RuleRow>();
        routes.MapPatch("/api/access/rules/{guid}", UpdateAsync).GuardsEdits("access rule", "guid", VersionAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.AccessEdit)
            .WithSummary("Changes an access rule; what is missing stays.")
            .Reads<RuleDraftBody>("""{"enabled":false}""").Answers<RuleRow>();
        routes.MapDelete("/api/access/rules/{guid}", DeleteAsync)
            .ForAdmins(Area.Access, write: true, AdminRight.AccessEdit)
            .WithSummary("Deletes an access rule.").ReadsNothing().AnswersNothing();
        routes.MapGet("/api/access/explain", ExplainAsync)
            .ForAdmins(Area.Access, write: false, AdminRight.AccessView)
            .WithSummary("Whether somebody may connect to a device, and what decides it.")
            .Query("user", "Who; left away: not logged in.").Query("device", "The device's id.")
            .Query("at", "When, UTC; left away: now.")
            .Query("address", "From which address; left away: whether it is blocked is not looked at.")
            .Answers<AccessExplanation>();
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, HawserDb db, AccessRules rules, ConsoleLog log, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.RuleDraftBody);
        if (body is null) return error!;
        var (draft, wrong, field) = await body.ApplyAsync(db, null, cancellationToken);
        if (draft is null) return Problem.Invalid(wrong, field);
        log.Add(db, context, ConsoleOperation.AddRule, draft.Name, Told(draft));
        var result = await rules.AddAsync(db, draft, cancellationToken);
        return result.IsDone ? await AnswerAsync(db, result.Guid, cancellationToken) : Problem.Invalid(result.Error);
    }

    private static async Task<string?> VersionAsync(
        HttpContext context, string guid, CancellationToken cancellationToken)
    {
        var db = context.RequestServices.GetRequiredService<HawserDb>();
        return await FindAsync(db, guid, cancellationToken) is { } row
            ? (await ItemsAsync(db, [row], cancellationToken))[0].Version : null;
    }

    private static async Task<IResult> UpdateAsync(
        HttpContext context, string guid, HawserDb db, AccessRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AccessAdminJson.Default.RuleDraftBody);
        if (body is null) return error!;
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("rule");
        var (draft, wrong, field) = await body.ApplyAsync(db, row, cancellationToken);
        if (draft is null) return Problem.Invalid(wrong, field);
        log.Add(db, context, ConsoleOperation.UpdateRule, [row.Name, row.Guid.ToString()], Told(draft));
        var result = await rules.UpdateAsync(db, row.Guid, draft, cancellationToken);
        return result.IsDone ? await AnswerAsync(db, result.Guid, cancellationToken) : Problem.Invalid(result.Error);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("rule");
        log.Add(db, context, ConsoleOperation.DeleteRule, [row.Name, row.Guid.ToString()]);
        await db.SaveChangesAsync(cancellationToken);
        await AccessRules.DeleteAsync(db, [row.Guid], cancellationToken);
        return ClientResults.Empty;
    }

    private static async Task<IResult> ExplainAsync(
        HttpContext context, HawserDb db, ApiParts parts, TimeProvider time, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var (user, device, at) = (query["user"].ToString(), query["device"].ToString(), query["at"].ToString());
        var (address, from) = (query["address"].ToString(), default(PeerAddress?));
        if (address.Length > 0)
        {
            if (!IPAddress.TryParse(address, out var parsed)) return Problem.Invalid("No address.", "address");
            from = PeerAddress.From(parsed, 0);
        }

        var when = time.GetUtcNow().UtcDateTime;
        if (at.Length > 0 && !WireTime.TryParse(at, out when)) return Problem.Invalid("at is not a time.", "at");
        if (device.Length == 0) return Problem.Invalid("Which device?", "device");
        if ((user + device).Contains('\0', StringComparison.Ordinal)) return Problem.NotFound("user or device");
        var (explanation, error) = await AccessExplainer.ExplainAsync(
            (db, parts.Pins), user, device, when, cancellationToken, from);
        return explanation is null ? Problem.Of(404, "not_found", error)
            : ClientResults.Json(explanation, AccessAdminJson.Default.AccessExplanation);
    }

    private static (string Name, string? Value)[] Told(AccessRuleDraft draft) =>
    [
        ("subject", $"{RuleWords.Of(draft.SubjectKind)} {draft.SubjectGuid}".Trim()),
        ("target", $"{RuleWords.Of(draft.TargetKind)} {draft.TargetGuid}".Trim()),
        ("schedule", draft.Schedule.Length == 0 ? null : draft.Schedule),
        ("enabled", draft.Enabled ? null : "false"),
    ];

    private static async Task<AccessRule?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await db.AccessRules.AsNoTracking().FirstOrDefaultAsync(r => r.Guid == wanted, cancellationToken) : null;

    private static async Task<IResult> AnswerAsync(HawserDb db, Guid guid, CancellationToken cancellationToken)
    {
        var rows = await db.AccessRules.AsNoTracking().Where(r => r.Guid == guid).ToListAsync(cancellationToken);
        var items = await ItemsAsync(db, rows, cancellationToken);
        return items.Count == 0 ? Problem.NotFound("rule")
            : ClientResults.Json(items[0], AccessAdminJson.Default.RuleRow);
    }

    /// <summary>Rules as they are answered.</summary>
    internal static async Task<List<RuleRow>> ItemsAsync(
        HawserDb db, List<AccessRule> rows, CancellationToken cancellationToken)
    {
        var guids = rows.SelectMany(r => new[] { r.SubjectGuid, r.TargetGuid, r.ControlRoleGuid }).OfType<Guid>()
            .Distinct().ToArray();
        var names = new Dictionary<Guid, string>();
        foreach (var some in guids.Chunk(500))
        {
            // Guids are one space: whose it is shows by who has it.
            var found = await db.Users.Where(u => some.Contains(u.Guid)).Select(u => new { u.Guid, u.Name })
                .Concat(db.UserGroups.Where(g => some.Contains(g.Guid)).Select(g => new { g.Guid, g.Name }))
                .Concat(db.DeviceGroups.Where(g => some.Contains(g.Guid)).Select(g => new { g.Guid, g.Name }))
                .Concat(db.ControlRoles.Where(r => some.Contains(r.Guid)).Select(r => new { r.Guid, r.Name }))
                .Concat(db.Devices.Where(d => some.Contains(d.Guid)).Select(d => new { d.Guid, Name = d.Id }))
                .ToListAsync(cancellationToken);
            foreach (var one in found) names[one.Guid] = one.Name;
        }

        var coverage = await AccessCoverage.ReadAsync(db, rows, cancellationToken);
        var wanted = rows.ConvertAll(r => r.Guid);
        var used = await db.AccessRules.AsNoTracking().Where(r => wanted.Contains(r.Guid))
            .Select(r => new
            {
                r.Guid,
                Last = db.Introductions.Where(i => i.RuleGuid == r.Guid).Max(i => (DateTime?)i.AtUtc),
            })
            .ToDictionaryAsync(r => r.Guid, r => r.Last, cancellationToken);
        return rows.ConvertAll(r => new RuleRow
        {
            Guid = r.Guid,
            Name = r.Name,
            Note = r.Note,
            Enabled = r.Enabled,
            Subject = new EndItem(RuleWords.Of(r.SubjectKind), r.SubjectGuid, Name(r.SubjectGuid)),
            Target = new EndItem(RuleWords.Of(r.TargetKind), r.TargetGuid, Name(r.TargetGuid)),
            Schedule = r.Schedule.Length == 0 ? null : Json(r.Schedule),
            ControlRole = Name(r.ControlRoleGuid) ?? "",
            Pairs = coverage.PairsOf(r),
            LastUsed = used.GetValueOrDefault(r.Guid) is { } last ? WireTime.Seconds(last) : null,
            CreatedAt = WireTime.Seconds(r.CreatedAt),
            UpdatedAt = WireTime.Seconds(r.UpdatedAt),
        });

        string? Name(Guid? guid) => guid is { } known ? names.GetValueOrDefault(known) : null;
    }

    private static JsonElement? Json(string stored)
    {
        try
        {
            using var document = JsonDocument.Parse(stored);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
