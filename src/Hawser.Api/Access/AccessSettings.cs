using System.Text.Json.Serialization;
using Hawser.Api.Settings;
using Hawser.Protocol.Identity;

namespace Hawser.Api.Access;

/// <summary>Who may connect where no rule says so; set by administrators while the server runs.</summary>
internal sealed record AccessSettings
{
    /// <summary>Where it is stored. Readers outside this slice go by the row, so that all of a decision is of one
    /// moment.</summary>
    public static readonly SettingKey<AccessSettings> Key = new(
        "access", AccessJson.Default.AccessSettings, Check: Complaints);

    /// <summary>How many addresses can be blocked.</summary>
    internal const int MostBlocked = 1000;

    /// <summary>What holds where no rule does.</summary>
    [JsonPropertyName("default_policy")]
    public DefaultPolicy DefaultPolicy { get; set; } = DefaultPolicy.Open;

    /// <summary>Nobody connects without an account, whatever the policy.</summary>
    [JsonPropertyName("login_required")]
    public bool LoginRequired { get; set; }

    /// <summary>With <see cref="DefaultPolicy.Own"/>: users of one group reach each other's devices, as in
    /// Pro.</summary>
    [JsonPropertyName("same_group")]
    public bool SameGroup { get; set; } = true;

    /// <summary>With <see cref="DefaultPolicy.Own"/>: what belongs to nobody is for administrators only; otherwise
    /// it is
    /// for everybody.</summary>
    [JsonPropertyName("unassigned_admins_only")]
    public bool UnassignedAdminsOnly { get; set; }

    /// <summary>Administrators reach every enabled device.</summary>
    [JsonPropertyName("admins_reach_all")]
    public bool AdminsReachAll { get; set; }

    /// <summary>Clients of logged-in users keep a connection as long as their session lasts, so that the console shows
    /// who is connected (reference §15.2).</summary>
    [JsonPropertyName("live_sessions")]
    public bool LiveSessions { get; set; } = true;

    /// <summary>Addresses and networks from where nobody is introduced to a device or signs in.</summary>
    [JsonPropertyName("blocked_addresses")]
    public IReadOnlyList<string> BlockedAddresses { get; set => field = value ?? []; } = [];

    private static IReadOnlyList<string> Complaints(AccessSettings value)
    {
        if (value.BlockedAddresses.Count > MostBlocked)
        {
            return [$"blocked_addresses has at most {MostBlocked} entries."];
        }

        return AddressList.TryParse(value.BlockedAddresses.Select(a => a ?? ""), out _, out var bad) ? []
            : [$"blocked_addresses: \"{bad}\" is neither an address nor a network like 192.168.0.0/16."];
    }
}

/// <summary>What holds where no rule does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DefaultPolicy>))]
internal enum DefaultPolicy
{
    /// <summary>Everybody who has the key reaches every enabled device, as with hbbs.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>Users reach their own devices, those of their group, and what belongs to nobody, as with Pro.</summary>
    [JsonStringEnumMemberName("own")]
    Own,

    /// <summary>Nothing is reached that no rule names.</summary>
    [JsonStringEnumMemberName("rules")]
    Rules,
}

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(AccessSettings))]
[JsonSerializable(typeof(ScheduleText))]
[JsonSerializable(typeof(AccessExplanation))]
internal sealed partial class AccessJson : JsonSerializerContext;
