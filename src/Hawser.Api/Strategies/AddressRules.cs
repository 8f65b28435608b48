using Hawser.Data;

namespace Hawser.Api.Strategies;

/// <summary>
/// The options that say where the server is. A device that was sent to a wrong one hears of nothing any more, so they
/// change ring by ring wherever devices are under a strategy: some find out first, and the roll-out stops by itself.
/// </summary>
internal static class AddressRules
{
    public const string Code = "rollout_needed";

    public const string Refusal =
        "Where the server is changes ring by ring, because a device with a wrong address is lost: begin a roll-out "
        + "(POST /api/strategies/{guid}/rollouts), or change it before the strategy is given to devices.";

    private static readonly string[] Keys = ["custom-rendezvous-server", "api-server", "key"];

    /// <summary>Whether options say otherwise where the server is; an empty value is none.</summary>
    public static bool Moves(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        Keys.Any(key => !string.Equals(
            before.GetValueOrDefault(key, ""), after.GetValueOrDefault(key, ""), StringComparison.Ordinal));

    /// <summary>Whether a strategy, were it enabled, is the one of any device.</summary>
    public static async Task<bool> GovernsAsync(HawserDb db, Guid strategy, CancellationToken cancellationToken) =>
        (await StrategyWinners.ReadAsync(db, cancellationToken)).ContainsValue(strategy);
}
