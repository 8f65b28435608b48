using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>GET /api/devices/{guid}/policy</c>: every strategy that is given to a device, which of them is in effect and why,
/// and whether the device has it already. Ours.
/// </summary>
internal static class DevicePolicy
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/devices/{guid}/policy", HandleAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("The strategies given to a device, the one in effect, and whether the device has it.")
            .Answers<PolicyReply>();

    private static async Task<IResult> HandleAsync(
        string guid, CurrentUser user, HawserDb db, DevicePresence presence, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)
            || await AdminScope.Devices(db, user, AdminRight.DevicesView).AsNoTracking()
                .FirstOrDefaultAsync(d => d.Guid == wanted, cancellationToken)
                is not { } device) return Problem.NotFound("device");
        var known = await db.DeviceDetails.Where(d => d.DeviceGuid == wanted)
            .Select(d => new { d.OwnerGuid, d.Version }).FirstOrDefaultAsync(cancellationToken);
        var owner = known?.OwnerGuid;
        var ladders = await StrategyLadder.ReadAsync(
            db, [new StrategySubject(wanted, owner, null)], null, cancellationToken);
        var rungs = ladders.GetValueOrDefault(wanted) ?? [];
        var guids = rungs.Select(r => r.Strategy).ToHashSet();
        var strategies = await db.Strategies.AsNoTracking().Where(s => guids.Contains(s.Guid))
            .ToDictionaryAsync(s => s.Guid, cancellationToken);
        var state = await db.DeviceStrategyStates.AsNoTracking()
            .FirstOrDefaultAsync(s => s.DeviceGuid == wanted, cancellationToken);
        var person = owner is null ? null : await db.Users.Where(u => u.Guid == owner).Select(u => u.Name)
            .FirstOrDefaultAsync(cancellationToken);
        var items = rungs.ConvertAll(r => Item(r, strategies[r.Strategy], r.Level switch
        {
            StrategyTarget.Device => device.Id, StrategyTarget.User => person ?? "", _ => r.Group,
        }));
        var winner = rungs.Count == 0 ? null : strategies[rungs[0].Strategy];
        var isUnder = winner is { Enabled: true };
        var reached = (await StrategyDrafts.ReadAsync(db, [wanted], cancellationToken)).GetValueOrDefault(wanted);
        var isReached = isUnder && reached?.Strategy == winner!.Guid;
        var options = isUnder ? StrategyText.Parse((isReached ? reached!.Instead() : winner!).Options) : [];
        return ClientResults.Json(
            new PolicyReply
            {
                Outcome = winner is null ? "none" : isUnder ? "applies" : "disabled",
                Rungs = items,
                Options = options,
                Rollout = isReached,
                TooOld = new OptionAge(options).UnknownTo(known?.Version),
                Delivery = Delivery(isUnder ? winner : null, state, presence.Find(device.Id)?.ModifiedAt),
            },
            DevicePolicyJson.Default.PolicyReply);
    }

    private static PolicyRung Item(StrategyRung rung, Strategy strategy, string target) => new(
        rung.Level switch
        {
            StrategyTarget.Device => "device", StrategyTarget.User => "user", _ => "device_group",
        },
        target, rung.Level == StrategyTarget.DeviceGroup ? rung.Rank : null, strategy.Guid, strategy.Name,
        strategy.Enabled, WireTime.Seconds(strategy.ModifiedAt));

    // What was stored is what the device was to be told when it was heard of last.
    private static string Delivery(Strategy? strategy, DeviceStrategyState? state, long? told) =>
        state is null ? (strategy is null ? "nothing" : "waiting")
        : told is null ? "unknown"
        : state.StrategyGuid == strategy?.Guid && told == state.Stamp ? "delivered" : "waiting";
}

/// <summary>A strategy that is given to a device, to its owner or to one of its groups.</summary>
/// <param name="Level">device, user or device_group.</param>
/// <param name="Target">The device's id, the owner's or the group's name.</param>
/// <param name="Rank">Of a group, its rank.</param>
/// <param name="Strategy">The strategy.</param>
/// <param name="Name">Its name.</param>
/// <param name="Enabled">Whether it is enabled.</param>
/// <param name="ModifiedAt">When it was changed last.</param>
internal sealed record PolicyRung(
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("target")] string Target,
    [property: JsonPropertyName("rank")] int? Rank,
    [property: JsonPropertyName("strategy")] Guid Strategy,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("enabled")] bool Enabled,
    [property: JsonPropertyName("modified_at")] long ModifiedAt);

/// <summary>What a device is under.</summary>
internal sealed record PolicyReply
{
    /// <summary>applies; disabled: the first one is, so none applies; none: nothing is given.</summary>
    [JsonPropertyName("outcome")]
    public required string Outcome { get; init; }

    /// <summary>In the order that decides; the first one wins.</summary>
    [JsonPropertyName("rungs")]
    public required IReadOnlyList<PolicyRung> Rungs { get; init; }

    [JsonPropertyName("options")]
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>They are those of a roll-out that reached it, not yet the strategy's.</summary>
    [JsonPropertyName("rollout")]
    public required bool Rollout { get; init; }

    /// <summary>Those of them that its client is too old to know.</summary>
    [JsonPropertyName("too_old")]
    public required IReadOnlyList<string> TooOld { get; init; }

    /// <summary>delivered, waiting, nothing (never under one), or unknown: not heard of since the start.</summary>
    [JsonPropertyName("delivery")]
    public required string Delivery { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PolicyReply))]
internal sealed partial class DevicePolicyJson : JsonSerializerContext;
