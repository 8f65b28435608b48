using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary>
/// <c>POST /api/strategies/preview</c>: which devices are under a strategy, and which would be if it were given to
/// others, by the code that decides. Nothing is changed. Ours.
/// </summary>
internal static class StrategyPreview
{
    internal const int AtOnce = 500;
    private const int Shown = 50;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/strategies/preview", HandleAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("Which devices a strategy is in effect on, and on which it would be; nothing is changed.")
            .Reads<StrategyPreviewBody>(StrategyPreviewBody.Example).Answers<StrategyPreviewAnswer>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(
            context, StrategyPreviewJson.Default.StrategyPreviewBody, 1 << 20);
        if (body is null) return error!;
        if (await StrategiesAdmin.FindAsync(db, body.Strategy ?? "", cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var sent = new StrategyAssignBody { Peers = body.Peers, Users = body.Users, Groups = body.Groups };
        var (targets, refusal) = await StrategiesAdmin.TargetsAsync(db, user, sent, cancellationToken);
        if (targets is null) return Problem.Invalid(refusal);
        var answer = await CompareAsync(
            db, strategy, Instead(targets, body.Remove ? null : strategy.Guid), body.Enabled ?? strategy.Enabled,
            cancellationToken);
        answer = answer with { Held = await HeldAsync(db, targets, cancellationToken) };
        // Seeing a strategy is not seeing what is under it (admin reference §6.4): the rest get numbers.
        if (!user.MayEverywhere(AdminRight.DevicesView)) answer = answer with { Gains = [], Losses = [] };
        return ClientResults.Json(answer, StrategyPreviewJson.Default.StrategyPreviewAnswer);
    }

    private static Dictionary<(StrategyTarget, Guid), Guid?> Instead(StrategyTargets targets, Guid? strategy)
    {
        var instead = new Dictionary<(StrategyTarget, Guid), Guid?>();
        foreach (var guid in targets.Devices) instead[(StrategyTarget.Device, guid)] = strategy;
        foreach (var guid in targets.Users) instead[(StrategyTarget.User, guid)] = strategy;
        foreach (var guid in targets.DeviceGroups) instead[(StrategyTarget.DeviceGroup, guid)] = strategy;
        return instead;
    }

    // Each has at most one, which whoever gives another can put back.
    private static Task<List<StrategyHeld>> HeldAsync(
        HawserDb db, StrategyTargets targets, CancellationToken cancellationToken)
    {
        var (devices, users, groups) = targets;
        return (
            from given in db.StrategyAssignments.AsNoTracking()
            where (given.TargetKind == StrategyTarget.Device && devices.Contains(given.TargetGuid))
                || (given.TargetKind == StrategyTarget.User && users.Contains(given.TargetGuid))
                || (given.TargetKind == StrategyTarget.DeviceGroup && groups.Contains(given.TargetGuid))
            join strategy in db.Strategies.AsNoTracking() on given.StrategyGuid equals strategy.Guid
            orderby given.TargetGuid
            select new StrategyHeld(given.TargetGuid, strategy.Guid, strategy.Name)).Take(Shown)
            .ToListAsync(cancellationToken);
    }

    private static async Task<StrategyPreviewAnswer> CompareAsync(
        HawserDb db, Strategy strategy, Dictionary<(StrategyTarget, Guid), Guid?> instead, bool enabled,
        CancellationToken cancellationToken)
    {
        var (gains, losses) = (new List<string>(), new List<string>());
        int devices = 0, now = 0, then = 0, gained = 0, lost = 0;
        for (var last = ""; ;)
        {
            var page = await PageAsync(db, last, cancellationToken);
            var subjects = page.ConvertAll(d => new StrategySubject(d.Guid, d.Owner, null));
            var before = await StrategyLadder.ReadAsync(db, subjects, null, cancellationToken);
            var after = instead.Count == 0 ? before
                : await StrategyLadder.ReadAsync(db, subjects, instead, cancellationToken);
            foreach (var (guid, id, _) in page)
            {
                var was = strategy.Enabled && Leads(before, guid, strategy.Guid);
                var becomes = enabled && Leads(after, guid, strategy.Guid);
                devices++;
                now += was ? 1 : 0;
                then += becomes ? 1 : 0;
                if (was == becomes) continue;
                if (becomes) gained++;
                else lost++;
                var list = becomes ? gains : losses;
                if (list.Count < Shown) list.Add(id);
            }

            if (page.Count < AtOnce)
            {
                return new StrategyPreviewAnswer(devices, now, then, gained, lost, gains, losses);
            }

            last = page[^1].Id;
        }
    }

    /// <summary>Whether a strategy is the one that is in effect on a device, if it is enabled.</summary>
    internal static bool Leads(Dictionary<Guid, List<StrategyRung>> ladders, Guid device, Guid strategy) =>
        ladders.TryGetValue(device, out var rungs) && rungs[0].Strategy == strategy;

    /// <summary>Devices after an id, in the order of ids; <see cref="AtOnce"/> of them.</summary>
    internal static async Task<List<(Guid Guid, string Id, Guid? Owner)>> PageAsync(
        HawserDb db, string after, CancellationToken cancellationToken)
    {
        var rows = await (
            from device in db.Devices.AsNoTracking()
            where string.Compare(device.Id, after) > 0
            orderby device.Id
            join known in db.DeviceDetails.AsNoTracking() on device.Guid equals known.DeviceGuid into all
            from details in all.DefaultIfEmpty()
            select new { device.Guid, device.Id, Owner = (Guid?)details.OwnerGuid }).Take(AtOnce)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(r => (r.Guid, r.Id, r.Owner));
    }
}

/// <summary>A strategy, and what it would be given to.</summary>
internal sealed record StrategyPreviewBody
{
    internal const string Example = """
        {"strategy":"019a7c5e-0000-7000-8000-000000000000","peers":[],"users":[],
        "groups":["019a7c5e-0000-7000-8000-000000000001"]}
        """;

    [JsonPropertyName("strategy")]
    public string? Strategy { get; init; }

    [JsonPropertyName("peers")]
    public IReadOnlyList<string?>? Peers { get; init; }

    [JsonPropertyName("users")]
    public IReadOnlyList<string?>? Users { get; init; }

    /// <summary>Device groups.</summary>
    [JsonPropertyName("groups")]
    public IReadOnlyList<string?>? Groups { get; init; }

    /// <summary>It would be taken from these instead.</summary>
    [JsonPropertyName("remove")]
    public bool Remove { get; init; }

    /// <summary>Whether it would be enabled; missing: as it is.</summary>
    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }
}

/// <summary>What a change would do.</summary>
/// <param name="Devices">How many devices there are.</param>
/// <param name="Now">How many it is in effect on.</param>
/// <param name="Then">How many it would be in effect on.</param>
/// <param name="Gained">How many of those are new.</param>
/// <param name="Lost">How many would not be under it any more.</param>
/// <param name="Gains">The first ids of the new ones.</param>
/// <param name="Losses">The first ids of the lost ones.</param>
internal sealed record StrategyPreviewAnswer(
    [property: JsonPropertyName("devices")] int Devices,
    [property: JsonPropertyName("now")] int Now,
    [property: JsonPropertyName("then")] int Then,
    [property: JsonPropertyName("gained")] int Gained,
    [property: JsonPropertyName("lost")] int Lost,
    [property: JsonPropertyName("gains")] IReadOnlyList<string> Gains,
    [property: JsonPropertyName("losses")] IReadOnlyList<string> Losses)
{
    /// <summary>The strategies that the targets themselves have now; the first 50.</summary>
    [JsonPropertyName("held")]
    public IReadOnlyList<StrategyHeld> Held { get; init; } = [];
}

/// <summary>A strategy that something has.</summary>
/// <param name="Target">The device, user or device group.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Name">What that is called.</param>
internal sealed record StrategyHeld(
    [property: JsonPropertyName("target")] Guid Target,
    [property: JsonPropertyName("strategy")] Guid Strategy,
    [property: JsonPropertyName("name")] string Name);

/// <summary>How it is read and written.</summary>
[JsonSerializable(typeof(StrategyPreviewBody))]
[JsonSerializable(typeof(StrategyPreviewAnswer))]
internal sealed partial class StrategyPreviewJson : JsonSerializerContext;
