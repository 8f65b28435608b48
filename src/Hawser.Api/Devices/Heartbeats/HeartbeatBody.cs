using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Devices.Heartbeats;

/// <summary>A heartbeat as the document describes it; <see cref="Heartbeat"/> is what reads it.</summary>
internal sealed record HeartbeatBody
{
    internal const string Example =
        """{"id":"482913377","uuid":"OGY0ZTJiN2MtMTE=","ver":1004005,"conns":[7],"modified_at":0}""";

    /// <summary>The device's id.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>The device's uuid, base64.</summary>
    [JsonPropertyName("uuid")]
    public string? Uuid { get; init; }

    /// <summary>The program's version as a number.</summary>
    [JsonPropertyName("ver")]
    public long Version { get; init; }

    /// <summary>Connections to this device that are open.</summary>
    [JsonPropertyName("conns")]
    public IReadOnlyList<int>? Conns { get; init; }

    /// <summary>The stamp of the strategy that the device obeys.</summary>
    [JsonPropertyName("modified_at")]
    public long ModifiedAt { get; init; }
}

/// <summary>
/// The answer to a heartbeat as the document describes it; <see cref="HeartbeatReply"/> writes it. A key that is there
/// means something.
/// </summary>
internal sealed record HeartbeatAnswer
{
    /// <summary>Send the sysinfo now.</summary>
    [JsonPropertyName("sysinfo")]
    public int? Sysinfo { get; init; }

    /// <summary>Connections to close.</summary>
    [JsonPropertyName("disconnect")]
    public IReadOnlyList<int>? Disconnect { get; init; }

    /// <summary>The stamp of the strategy beside it.</summary>
    [JsonPropertyName("modified_at")]
    public long? ModifiedAt { get; init; }

    /// <summary>The strategy to obey from now on.</summary>
    [JsonPropertyName("strategy")]
    public JsonElement? Strategy { get; init; }
}
