using System.Text.Json.Serialization;

namespace Hawser.Api.Access;

/// <summary>What became of one question on the way to a decision.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RungState>))]
internal enum RungState
{
    /// <summary>Nothing in the way; on to the next.</summary>
    [JsonStringEnumMemberName("passed")]
    Passed,

    /// <summary>It allows nothing; on to the next.</summary>
    [JsonStringEnumMemberName("no")]
    No,

    /// <summary>It would at another time; on to the next.</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>It decided.</summary>
    [JsonStringEnumMemberName("decides")]
    Decides,

    /// <summary>Something before it decided.</summary>
    [JsonStringEnumMemberName("not_reached")]
    NotReached,

    /// <summary>The settings leave it out, or it is about accounts and there is none.</summary>
    [JsonStringEnumMemberName("not_used")]
    NotUsed,

    /// <summary>It can't be said without the caller's address.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>One question.</summary>
/// <param name="Step">Which.</param>
/// <param name="State">What became of it.</param>
internal sealed record AccessRung(
    [property: JsonPropertyName("step")] string Step, [property: JsonPropertyName("state")] RungState State);

/// <summary>A decision as the questions that led to it, in the order in which they are asked.</summary>
internal static class AccessLadder
{
    private const string Refused = "refused";

    // Those before "administrator" only stop, the others only open.
    private static readonly string[] Gates =
        ["blocked_address", "device_enabled", "owner_enabled", "account_usable", "signed_in"];

    private static readonly string[] Doors =
        ["administrator", "own_device", "same_group", "rule", "unassigned", "base_policy"];

    /// <summary>The ladder.</summary>
    /// <param name="settings">What holds.</param>
    /// <param name="reason">What decided, in words.</param>
    /// <param name="hasAccount">The caller is logged in.</param>
    /// <param name="knowsAddress">The caller's address was looked at.</param>
    public static IReadOnlyList<AccessRung> Of(
        AccessSettings settings, string reason, bool hasAccount, bool knowsAddress)
    {
        var decider = Decider(reason);
        var rungs = new List<AccessRung>();
        var isOver = false;
        foreach (var step in (string[])[.. Gates, .. Doors, Refused])
        {
            var state = step == decider ? RungState.Decides
                : isOver ? RungState.NotReached
                : !IsUsed(step, settings, hasAccount) ? RungState.NotUsed
                : step == "blocked_address" && !knowsAddress ? RungState.Unknown
                : Gates.Contains(step) ? RungState.Passed
                : step == "rule" && reason == "outside_hours" ? RungState.Closed : RungState.No;
            rungs.Add(new AccessRung(step, state));
            isOver |= state == RungState.Decides;
        }

        return rungs;
    }

    private static string Decider(string reason) => reason switch
    {
        "device_disabled" => "device_enabled",
        "owner_disabled" => "owner_enabled",
        "account_disabled" => "account_usable",
        "login_required" => "signed_in",
        "owner" => "own_device",
        "unassigned_admins_only" => "unassigned",
        "open" => "base_policy",
        "blocked_address" or "administrator" or "same_group" or "rule" or "unassigned" => reason,
        _ => Refused,
    };

    private static bool IsUsed(string step, AccessSettings settings, bool hasAccount) => step switch
    {
        "account_usable" or "rule" => hasAccount,
        "administrator" => hasAccount && settings.AdminsReachAll,
        "own_device" => hasAccount && settings.DefaultPolicy != DefaultPolicy.Rules,
        "same_group" => hasAccount && settings is { DefaultPolicy: DefaultPolicy.Own, SameGroup: true },
        "unassigned" => settings.DefaultPolicy == DefaultPolicy.Own,
        "base_policy" => settings.DefaultPolicy == DefaultPolicy.Open,
        _ => true,
    };
}
