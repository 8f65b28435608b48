using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary>Roll-outs of strategies: other options that reach devices ring by ring. Ours.</summary>
internal static class RolloutsAdmin
{
    private const string OfStrategy = "/api/strategies/{guid}/rollouts";
    private const string One = "/api/strategies/rollouts/{guid}";
    private const int Shown = 20;
    private const int MostRings = 10;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(OfStrategy, ListAsync).ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("The last 20 roll-outs of a strategy, the newest first.")
            .Answers<IReadOnlyList<RolloutItem>>();
        routes.MapPost(OfStrategy, BeginAsync).GuardsEdits("strategy", "guid", StrategyEdits.VersionAsync)
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary("Begins a roll-out with its first ring; after the named rings come all other devices.")
            .Reads<RolloutBody>(RolloutBody.Example).Answers<RolloutItem>();
        Change(routes, "promote", PromoteAsync,
            "Goes on to the next ring; after the last one the options are the strategy's.");
        Change(routes, "pause", PauseAsync, "Holds a roll-out: it goes no further by itself.");
        Change(routes, "resume", ResumeAsync, "Goes on with a roll-out that was held, or that stopped by itself.");
        Change(routes, "roll-back", RollBackAsync, "Ends a roll-out; its devices get the options of before.");
    }

    private static void Change(
        IEndpointRouteBuilder routes, string word,
        Func<RolloutRules, HawserDb, StrategyRollout, string, CancellationToken, Task<bool>> work, string summary) =>
        routes.MapPost($"{One}/{word}", (
                HttpContext context, string guid, HawserDb db, RolloutRules rules, ConsoleLog log,
                CancellationToken cancellationToken) =>
            ChangeAsync((context, guid, word), db, rules, log, work, cancellationToken))
            .ForAdmins(Area.Strategy, write: true, AdminRight.StrategiesEdit)
            .WithSummary(summary).ReadsNothing().Answers<RolloutItem>();

    private static async Task<IResult> ListAsync(
        string guid, HawserDb db, RolloutRules rules, CancellationToken cancellationToken)
    {
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var rows = await db.StrategyRollouts.AsNoTracking().Where(r => r.StrategyGuid == strategy.Guid)
            .OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid).Take(Shown)
            .ToListAsync(cancellationToken);
        var items = new List<RolloutItem>();
        foreach (var row in rows)
        {
            items.Add(RolloutItem.Of(row, await rules.CountAsync(db, row, cancellationToken)));
        }

        return ClientResults.Json(items, RolloutBodiesJson.Default.IReadOnlyListRolloutItem);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, string guid, HawserDb db, RolloutRules rules, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, RolloutBodiesJson.Default.RolloutBody, 256 << 10);
        if (body is null) return error!;
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var options = (body.ConfigOptions ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            .ToDictionary(o => o.Key, o => o.Value ?? "", StringComparer.Ordinal);
        if (Complaint(body, options) is { } wrong) return wrong;
        var (rings, refusal) = await RingsAsync(db, body, cancellationToken);
        if (rings is null) return refusal!;
        if (!strategy.Enabled) return Problem.Conflict("The strategy is disabled; enable it first.", "disabled");
        if (await RolloutRules.IsOpenAsync(db, strategy.Guid, cancellationToken))
        {
            return Problem.Conflict("A roll-out of this strategy is open; end it first.", "rollout_open");
        }

        var rollout = new StrategyRollout
        {
            StrategyGuid = strategy.Guid, Options = StrategyRules.Write(options), Before = strategy.Options,
            LostPercent = body.LostPercent ?? 10, WatchMinutes = body.WatchMinutes ?? 15, GoesOn = body.GoesOn,
            Note = body.Note?.Trim() ?? "", CreatedBy = CurrentUser.Of(context).Name,
        };
        log.Add(db, context, ConsoleOperation.StartRollout, strategy.Name, ("rings", $"{rings.Count}"),
            ("options", string.Join(' ', options.Keys.Order(StringComparer.Ordinal))), ("note", rollout.Note));
        await rules.BeginAsync(db, rollout, rings, cancellationToken);
        return await AnswerAsync(db, rules, rollout.Guid, cancellationToken);
    }

    private static Problem? Complaint(RolloutBody body, Dictionary<string, string> options)
    {
        if (body.ConfigOptions is null) return Problem.Invalid("config_options is missing.", "config_options");
        var check = StrategyRules.Check(options, body.StopConfirmed);
        if (check.Errors.Count > 0) return Problem.Invalid(check.Errors, "config_options");
        if (NameText.NoteComplaint(body.Note) is { } noted) return Problem.Invalid(noted, "note");
        if (body.LostPercent is < 0 or > 100) return Problem.Invalid("lost_percent is 0 to 100.", "lost_percent");
        return body.WatchMinutes is < 1 or > 1440
            ? Problem.Invalid("watch_minutes is from 1 to 1440.", "watch_minutes") : null;
    }

    private static async Task<(List<RolloutRing>? Rings, IResult? Refusal)> RingsAsync(
        HawserDb db, RolloutBody body, CancellationToken cancellationToken)
    {
        var rings = new List<RolloutRing>();
        if (body.Rings is null or { Count: 0 or > MostRings })
        {
            return (null, Problem.Invalid($"There are 1 to {MostRings} rings before all others.", "rings"));
        }

        foreach (var ring in body.Rings)
        {
            if (ring is null || (ring.Percent is null) == string.IsNullOrWhiteSpace(ring.DeviceGroup)
                || ring.Percent is < 1 or > 100)
            {
                return (null, Problem.Invalid("A ring has percent, 1 to 100, or device_group.", "rings"));
            }

            var name = NameText.Normalize(ring.DeviceGroup ?? "");
            if (ring.Percent is null && !await db.DeviceGroups.AnyAsync(
                g => g.NormalizedName == name, cancellationToken))
            {
                return (null, Problem.Invalid($"There is no device group \"{ring.DeviceGroup}\".", "rings"));
            }

            rings.Add(ring with { DeviceGroup = ring.Percent is null ? ring.DeviceGroup!.Trim() : null });
        }

        rings.Add(new RolloutRing());
        return (rings, null);
    }

    private static Task<bool> PromoteAsync(
        RolloutRules rules, HawserDb db, StrategyRollout row, string by, CancellationToken cancellationToken) =>
        rules.GoOnAsync(db, row, by, cancellationToken);

    private static Task<bool> PauseAsync(
        RolloutRules rules, HawserDb db, StrategyRollout row, string by, CancellationToken cancellationToken) =>
        rules.SetStateAsync(db, row.Guid, RolloutState.Running, (RolloutState.Paused, ""), cancellationToken);

    // Of one that stopped, those that are lost are known now; it would stop again at once.
    private static async Task<bool> ResumeAsync(
        RolloutRules rules, HawserDb db, StrategyRollout row, string by, CancellationToken cancellationToken)
    {
        if (row.State == RolloutState.Stopped) await rules.AcceptLossAsync(db, row.Guid, cancellationToken);
        return row.State is RolloutState.Paused or RolloutState.Stopped && await rules.SetStateAsync(
            db, row.Guid, row.State, (RolloutState.Running, ""), cancellationToken);
    }

    private static Task<bool> RollBackAsync(
        RolloutRules rules, HawserDb db, StrategyRollout row, string by, CancellationToken cancellationToken) =>
        rules.RollBackAsync(db, row, by, cancellationToken);

    private static async Task<IResult> ChangeAsync(
        (HttpContext Context, string Guid, string Word) asked, HawserDb db, RolloutRules rules, ConsoleLog log,
        Func<RolloutRules, HawserDb, StrategyRollout, string, CancellationToken, Task<bool>> work,
        CancellationToken cancellationToken)
    {
        var row = Guid.TryParse(asked.Guid, out var wanted) ? await db.StrategyRollouts.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Guid == wanted, cancellationToken) : null;
        if (row is null) return Problem.NotFound("roll-out");
        var name = await db.Strategies.Where(s => s.Guid == row.StrategyGuid).Select(s => s.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";
        if (!await work(rules, db, row, CurrentUser.Of(asked.Context).Name, cancellationToken))
        {
            return Problem.Conflict($"The roll-out is {StateWord(row.State)}; it can't do that now.", "state");
        }

        log.Add(db, asked.Context, ConsoleOperation.ChangeRollout, name, ("what", asked.Word),
            ("ring", $"{row.Ring}"));
        await db.SaveChangesAsync(cancellationToken);
        return await AnswerAsync(db, rules, row.Guid, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        HawserDb db, RolloutRules rules, Guid guid, CancellationToken cancellationToken)
    {
        var row = await db.StrategyRollouts.AsNoTracking().FirstAsync(r => r.Guid == guid, cancellationToken);
        return ClientResults.Json(
            RolloutItem.Of(row, await rules.CountAsync(db, row, cancellationToken)),
            RolloutBodiesJson.Default.RolloutItem);
    }

    /// <summary>How a state is spelled.</summary>
    internal static string StateWord(RolloutState state) => state switch
    {
        RolloutState.Running => "running", RolloutState.Paused => "paused", RolloutState.Stopped => "stopped",
        RolloutState.Done => "done", _ => "rolled_back",
    };
}
