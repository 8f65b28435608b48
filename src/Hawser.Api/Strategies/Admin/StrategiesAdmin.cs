using System.Text;
using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary>
/// <c>/api/strategies</c> as the vendor's scripts use it (admin reference §4.6): the list is a bare array, the status a
/// bare literal, an assignment all or nothing.
/// </summary>
internal static class StrategiesAdmin
{
    private const int MostTargets = 10_000;
    private const string NoSuchStrategy = "There is no such strategy.";

    // Editing strategies is not assigning them, and the other way round (admin reference §6.4).
    private const AdminRight Assigning =
        AdminRight.DevicesStrategy | AdminRight.UsersStrategy | AdminRight.DeviceGroupsEdit;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/strategies", ListAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("All strategies, not paged.").Query("name", "Only this name; % is any text.")
            .Answers<IReadOnlyList<StrategyItem>>();
        routes.MapGet("/api/strategies/{guid}", GetAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("One strategy.").Answers<StrategyItem>().OrError();
        routes.MapPut("/api/strategies/{guid}/status", SetStatusAsync)
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary("Enables a strategy (true) or disables it (false).").Reads<JsonElement>("true")
            .AnswersNothing().OrError();
        routes.MapPost("/api/strategies/assign", AssignAsync)
            .ForAdmins(Area.Strategy, write: true, Assigning)
            .WithSummary("Gives a strategy to devices, users and device groups; without one takes theirs away.")
            .Reads<StrategyAssignBody>("""
                {"strategy":"019a7c5e-0000-7000-8000-000000000000","peers":[],"users":[],
                "groups":["019a7c5e-0000-7000-8000-000000000001"]}
                """).AnswersNothing().OrError();
    }

    private static async Task<IResult> ListAsync(HttpContext context, HawserDb db, CancellationToken cancellationToken)
    {
        IReadOnlyList<StrategyItem> items = await ItemsAsync(
            db, db.Strategies.AsNoTracking().Matching(context, "name", s => s.Name), cancellationToken);
        return ClientResults.Json(items, StrategiesAdminJson.Default.IReadOnlyListStrategyItem);
    }

    private static async Task<IResult> GetAsync(string guid, HawserDb db, CancellationToken cancellationToken) =>
        await ItemAsync(db, guid, cancellationToken) is { } item
            ? ClientResults.Json(item, StrategiesAdminJson.Default.StrategyItem)
            : Refuse(NoSuchStrategy);

    private static async Task<IResult> SetStatusAsync(
        HttpContext context, string guid, HawserDb db, StrategyRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (await ClientBody.ReadBytesAsync(context, ClientBody.Small) is not { } bytes)
        {
            return ClientResults.Error(413, "The request is too large.");
        }

        var text = Encoding.UTF8.GetString(bytes).Trim();
        if (text is not ("true" or "false")) return ClientResults.Error(400, "The request is true or false.");
        if (await FindAsync(db, guid, cancellationToken) is not { } strategy) return Refuse(NoSuchStrategy);
        var enabled = text == "true";
        if (strategy.Enabled == enabled) return ClientResults.Empty;
        log.Add(db, context, enabled ? ConsoleOperation.EnableStrategy : ConsoleOperation.DisableStrategy,
            strategy.Name);
        await db.SaveChangesAsync(cancellationToken);
        return await rules.SetEnabledAsync(db, strategy.Guid, enabled, cancellationToken)
            ? ClientResults.Empty : Refuse(NoSuchStrategy);
    }

    private static async Task<IResult> AssignAsync(
        HttpContext context, CurrentUser user, HawserDb db, StrategyRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await ClientBody.ReadAsync(
            context, StrategiesAdminJson.Default.StrategyAssignBody, 1 << 20);
        if (body is null) return error!;
        Strategy? strategy = null;
        if (!string.IsNullOrEmpty(body.Strategy))
        {
            strategy = await FindAsync(db, body.Strategy, cancellationToken);
            if (strategy is null) return Refuse(NoSuchStrategy);
        }

        var (targets, refusal) = await TargetsAsync(db, user, body, cancellationToken);
        if (targets is null) return Refuse(refusal);
        log.Add(db, context,
            strategy is null ? ConsoleOperation.UnassignStrategy : ConsoleOperation.AssignStrategy,
            strategy?.Name ?? "", ("devices", $"{targets.Devices.Count}"), ("users", $"{targets.Users.Count}"),
            ("device_groups", $"{targets.DeviceGroups.Count}"), ("first", First(targets)));
        await db.SaveChangesAsync(cancellationToken);
        await rules.AssignAsync(db, strategy?.Guid, targets, cancellationToken);
        return ClientResults.Empty;
    }

    private static string? First(StrategyTargets targets)
    {
        var some = targets.Devices.Concat(targets.Users).Concat(targets.DeviceGroups).Take(20).ToList();
        return some.Count == 0 ? null : string.Join(' ', some);
    }

    // Everything is looked up before anything is changed.
    internal static async Task<(StrategyTargets? Targets, string Error)> TargetsAsync(
        HawserDb db, CurrentUser user, StrategyAssignBody body, CancellationToken cancellationToken)
    {
        if (Guids(body.Peers) is not { } peers || Guids(body.Users) is not { } users
            || Guids(body.Groups) is not { } groups) return (null, "peers, users and groups are lists of guids.");
        if (peers.Count + users.Count + groups.Count > MostTargets) return (null, $"At most {MostTargets} at once.");
        foreach (var some in peers.Chunk(500))
        {
            if (await AdminScope.Devices(db, user, AdminRight.DevicesStrategy)
                .CountAsync(d => some.Contains(d.Guid), cancellationToken) < some.Length)
            {
                return (null, "There is no device with one of these guids.");
            }
        }

        foreach (var some in users.Chunk(500))
        {
            if (await AdminScope.Editable(db, user, AdminRight.UsersStrategy)
                .CountAsync(u => some.Contains(u.Guid), cancellationToken) < some.Length)
            {
                return (null, "There is no user with one of these guids.");
            }
        }

        foreach (var some in groups.Chunk(500))
        {
            if (!user.MayEverywhere(AdminRight.DeviceGroupsEdit) || await db.DeviceGroups
                .CountAsync(g => some.Contains(g.Guid), cancellationToken) < some.Length)
            {
                return (null, "There is no device group with one of these guids.");
            }
        }

        return (new StrategyTargets(peers, users, groups), "");
    }

    private static List<Guid>? Guids(IReadOnlyList<string?>? sent)
    {
        var all = new HashSet<Guid>();
        foreach (var text in sent ?? [])
        {
            if (!Guid.TryParse(text, out var guid)) return null;
            all.Add(guid);
        }

        return [.. all];
    }

    /// <summary>A strategy by the text of its guid.</summary>
    internal static async Task<Strategy?> FindAsync(HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await db.Strategies.AsNoTracking().FirstOrDefaultAsync(s => s.Guid == wanted, cancellationToken) : null;

    /// <summary>One strategy as it is answered; null: there is none.</summary>
    internal static async Task<StrategyItem?> ItemAsync(HawserDb db, string guid, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return null;
        var items = await ItemsAsync(
            db, db.Strategies.AsNoTracking().Where(s => s.Guid == wanted), cancellationToken);
        return items.Count == 0 ? null
            : items[0] with { Warnings = StrategyRules.Check(items[0].ConfigOptions, stopConfirmed: true).Warnings };
    }

    private static async Task<List<StrategyItem>> ItemsAsync(
        HawserDb db, IQueryable<Strategy> strategies, CancellationToken cancellationToken)
    {
        var rows = await strategies.OrderBy(s => s.NormalizedName).ToListAsync(cancellationToken);
        var counts = await db.StrategyAssignments.GroupBy(a => new { a.StrategyGuid, a.TargetKind })
            .Select(g => new { g.Key, Count = g.Count() }).ToListAsync(cancellationToken);
        var known = counts.ToDictionary(c => (c.Key.StrategyGuid, c.Key.TargetKind), c => c.Count);
        return rows.ConvertAll(s => new StrategyItem
        {
            Guid = s.Guid.ToString(),
            Name = s.Name,
            Note = s.Note,
            Enabled = s.Enabled,
            Status = s.Enabled ? 1 : 0,
            ModifiedAt = WireTime.Seconds(s.ModifiedAt),
            CreatedAt = WireTime.Seconds(s.CreatedAt),
            ConfigOptions = StrategyText.Parse(s.Options),
            DeviceCount = known.GetValueOrDefault((s.Guid, StrategyTarget.Device)),
            UserCount = known.GetValueOrDefault((s.Guid, StrategyTarget.User)),
            DeviceGroupCount = known.GetValueOrDefault((s.Guid, StrategyTarget.DeviceGroup)),
        });
    }

    private static IResult Refuse(string text) => ClientResults.Error(StatusCodes.Status200OK, text);
}
