using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data.Strategies;

namespace Hawser.Api.Strategies.Admin;

/// <summary>A roll-out to begin.</summary>
internal sealed record RolloutBody
{
    internal const string Example = """
        {"config_options":{"enable-file-transfer":"N"},"rings":[{"device_group":"Test"},{"percent":5}],
        "lost_percent":10,"watch_minutes":15,"goes_on":true,"note":"no files at the tills"}
        """;

    /// <summary>The new options, all of them.</summary>
    [JsonPropertyName("config_options")]
    public IReadOnlyDictionary<string, string?>? ConfigOptions { get; init; }

    /// <summary>Somebody was asked whether devices shall stop their service.</summary>
    [JsonPropertyName("stop_confirmed")]
    public bool StopConfirmed { get; init; }

    /// <summary>The rings before all other devices, each with percent or device_group.</summary>
    [JsonPropertyName("rings")]
    public IReadOnlyList<RolloutRing?>? Rings { get; init; }

    /// <summary>Of the devices that were told, how many percent may lose contact before it stops; 10.</summary>
    [JsonPropertyName("lost_percent")]
    public int? LostPercent { get; init; }

    /// <summary>How long a device is watched after it was told; 15.</summary>
    [JsonPropertyName("watch_minutes")]
    public int? WatchMinutes { get; init; }

    /// <summary>Goes on to the next ring by itself when one was watched that long and nothing happened.</summary>
    [JsonPropertyName("goes_on")]
    public bool GoesOn { get; init; }

    /// <summary>Why.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }
}

/// <summary>A ring, and how far it is.</summary>
internal sealed record RingItem
{
    /// <summary>Percent of the strategy's devices; missing: it is none of these.</summary>
    [JsonPropertyName("percent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Percent { get; init; }

    /// <summary>The device group; missing with percent missing: all other devices.</summary>
    [JsonPropertyName("device_group")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DeviceGroup { get; init; }

    [JsonPropertyName("devices")]
    public required int Devices { get; init; }

    /// <summary>Told, and it said that it took it.</summary>
    [JsonPropertyName("delivered")]
    public required int Delivered { get; init; }

    /// <summary>Not told yet, or no word from it since.</summary>
    [JsonPropertyName("waiting")]
    public required int Waiting { get; init; }

    /// <summary>Fell silent while it was watched.</summary>
    [JsonPropertyName("lost")]
    public required int Lost { get; init; }
}

/// <summary>A roll-out.</summary>
internal sealed record RolloutItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("strategy")]
    public required string Strategy { get; init; }

    /// <summary>running, paused, stopped, done or rolled_back.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>Why it stopped: lost_contact; empty: it did not.</summary>
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    /// <summary>The ring that it reached, from 0; -1: none yet.</summary>
    [JsonPropertyName("ring")]
    public required int Ring { get; init; }

    [JsonPropertyName("rings")]
    public required IReadOnlyList<RingItem> Rings { get; init; }

    [JsonPropertyName("lost_percent")]
    public required int LostPercent { get; init; }

    [JsonPropertyName("watch_minutes")]
    public required int WatchMinutes { get; init; }

    [JsonPropertyName("goes_on")]
    public required bool GoesOn { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("config_options")]
    public required IReadOnlyDictionary<string, string> ConfigOptions { get; init; }

    /// <summary>The options when it began.</summary>
    [JsonPropertyName("before")]
    public required IReadOnlyDictionary<string, string> Before { get; init; }

    [JsonPropertyName("ring_at")]
    public required long RingAt { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    /// <summary>Null: it is open.</summary>
    [JsonPropertyName("ended_at")]
    public required long? EndedAt { get; init; }

    [JsonPropertyName("ended_by")]
    public required string EndedBy { get; init; }

    public static RolloutItem Of(StrategyRollout row, IReadOnlyList<RingCount> counts) => new()
    {
        Guid = row.Guid.ToString(),
        Strategy = row.StrategyGuid.ToString(),
        State = RolloutsAdmin.StateWord(row.State),
        Reason = row.Reason,
        Ring = row.Ring,
        Rings = [.. RolloutRules.RingsOf(row).Select((ring, i) => RingOf(
            ring, counts.FirstOrDefault(c => c.Ring == i) ?? new RingCount(i, 0, 0, 0, 0)))],
        LostPercent = row.LostPercent,
        WatchMinutes = row.WatchMinutes,
        GoesOn = row.GoesOn,
        Note = row.Note,
        ConfigOptions = StrategyText.Parse(row.Options),
        Before = StrategyText.Parse(row.Before),
        RingAt = WireTime.Seconds(row.RingAt),
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        CreatedBy = row.CreatedBy,
        EndedAt = WireTime.Seconds(row.EndedAt),
        EndedBy = row.EndedBy,
    };

    private static RingItem RingOf(RolloutRing ring, RingCount count) => new()
    {
        Percent = ring.Percent,
        DeviceGroup = ring.DeviceGroup,
        Devices = count.Devices,
        Delivered = count.Delivered,
        // Lost ones may have said before that they took it.
        Waiting = Math.Max(0, count.Devices - Math.Max(count.Delivered, count.Lost)),
        Lost = count.Lost,
    };
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(RolloutBody))]
[JsonSerializable(typeof(RolloutItem))]
[JsonSerializable(typeof(IReadOnlyList<RolloutItem>))]
internal sealed partial class RolloutBodiesJson : JsonSerializerContext;
