using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications.Admin;

/// <summary>A channel to be made or changed; what is missing stays, or has its default.</summary>
internal sealed record ChannelBody
{
    internal const string Example = """
        {"name":"Operations","kind":"webhook","url":"https://hooks.example.com/hawser","types":[1003,1004],
        "headers":{"X-Team":"ops"}}
        """;

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>email, webhook or slack; can't be changed.</summary>
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    /// <summary>The numbers of the alarms that are told; an empty list: all.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<int>? Types { get; init; }

    /// <summary>
    /// webhook, slack: what is told: alarm, device.new, session.begun, session.ended, user.created, recording.ready; an
    /// empty list: alarms.
    /// </summary>
    [JsonPropertyName("events")]
    public IReadOnlyList<string?>? Events { get; init; }

    /// <summary>email: the addresses.</summary>
    [JsonPropertyName("recipients")]
    public IReadOnlyList<string?>? Recipients { get; init; }

    /// <summary>webhook, slack: where to; http only where allow_private is set. Never told again.</summary>
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    /// <summary>webhook: what bodies are signed with; one is made when it is missing. Never told again.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    /// <summary>webhook, slack: more headers, all of them; values are never told again, ******** keeps one.</summary>
    [JsonPropertyName("headers")]
    public IReadOnlyDictionary<string, string?>? Headers { get; init; }

    /// <summary>The address may be one of the own network, and of this machine.</summary>
    [JsonPropertyName("allow_private")]
    public bool? AllowPrivate { get; init; }

    /// <summary>Nothing is told from this time of day (22:00) until quiet_until; empty: there are no quiet
    /// hours.</summary>
    [JsonPropertyName("quiet_from")]
    public string? QuietFrom { get; init; }

    /// <summary>The end of the quiet hours, on the next day when it is not later.</summary>
    [JsonPropertyName("quiet_until")]
    public string? QuietUntil { get; init; }

    /// <summary>hour or day: alarms are collected that long, and told in one message; empty: each is told when it
    /// comes.</summary>
    [JsonPropertyName("digest")]
    public string? Digest { get; init; }

    /// <summary>The time of day at which those of a day are told.</summary>
    [JsonPropertyName("digest_at")]
    public string? DigestAt { get; init; }

    /// <summary>Where these clocks stand, a name like Europe/Berlin.</summary>
    [JsonPropertyName("time_zone")]
    public string? TimeZone { get; init; }

    /// <summary>Critical alarms neither wait nor keep quiet.</summary>
    [JsonPropertyName("critical_at_once")]
    public bool? CriticalAtOnce { get; init; }
}

/// <summary>A channel in a list.</summary>
internal sealed record ChannelItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>email, webhook or slack.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    [JsonPropertyName("types")]
    public required IReadOnlyList<int> Types { get; init; }

    /// <summary>What is told; alarm, and what happens besides.</summary>
    [JsonPropertyName("events")]
    public required IReadOnlyList<string> Events { get; init; }

    [JsonPropertyName("recipients")]
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>The host of the address; the rest may be a secret.</summary>
    [JsonPropertyName("host")]
    public required string Host { get; init; }

    /// <summary>Whether bodies are signed.</summary>
    [JsonPropertyName("signed")]
    public required bool Signed { get; init; }

    /// <summary>The names of more headers.</summary>
    [JsonPropertyName("headers")]
    public required IReadOnlyList<string> Headers { get; init; }

    [JsonPropertyName("allow_private")]
    public required bool AllowPrivate { get; init; }

    /// <summary>Empty: there are no quiet hours.</summary>
    [JsonPropertyName("quiet_from")]
    public required string QuietFrom { get; init; }

    [JsonPropertyName("quiet_until")]
    public required string QuietUntil { get; init; }

    /// <summary>hour, day or empty.</summary>
    [JsonPropertyName("digest")]
    public required string Digest { get; init; }

    [JsonPropertyName("digest_at")]
    public required string DigestAt { get; init; }

    [JsonPropertyName("time_zone")]
    public required string TimeZone { get; init; }

    [JsonPropertyName("critical_at_once")]
    public required bool CriticalAtOnce { get; init; }

    /// <summary>It keeps quiet now.</summary>
    [JsonPropertyName("quiet_now")]
    public bool QuietNow { get; init; }

    /// <summary>Alarms that it tells later.</summary>
    [JsonPropertyName("held")]
    public int Held { get; init; }

    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    /// <summary>When something was last taken.</summary>
    [JsonPropertyName("last_sent_at")]
    public long? LastSentAt { get; init; }

    /// <summary>Deliveries that wait for their turn or the next attempt.</summary>
    [JsonPropertyName("waiting")]
    public int Waiting { get; init; }

    /// <summary>Deliveries that were given up lately.</summary>
    [JsonPropertyName("failed")]
    public int Failed { get; init; }

    /// <summary>The secret; only in the answer that made it.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    private static string Clock(int? minutes) => minutes is { } m
        ? string.Create(CultureInfo.InvariantCulture, $"{m / 60:00}:{m % 60:00}") : "";

    public static ChannelItem Of(NotificationChannel row, string host, IReadOnlyList<string> headers) => new()
    {
        Guid = row.Guid,
        Name = row.Name,
        Kind = row.Kind,
        Enabled = row.Enabled,
        Types = [.. row.Types.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(t => int.Parse(t, CultureInfo.InvariantCulture))],
        Events = HookEvents.Read(row),
        Recipients = row.Recipients.Split(',', StringSplitOptions.RemoveEmptyEntries),
        Host = host,
        Signed = row.Secret.Length > 0,
        Headers = headers,
        AllowPrivate = row.AllowPrivate,
        QuietFrom = Clock(row.QuietFrom),
        QuietUntil = Clock(row.QuietUntil),
        Digest = row.Digest,
        DigestAt = Clock(row.DigestAt),
        TimeZone = row.TimeZone,
        CriticalAtOnce = row.CriticalAtOnce,
        CreatedBy = row.CreatedBy,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
    };
}

/// <summary>How a test went.</summary>
internal sealed record ChannelTest
{
    [JsonPropertyName("ok")]
    public required bool Ok { get; init; }

    /// <summary>Why not; empty: it was taken.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    /// <summary>Milliseconds it took.</summary>
    [JsonPropertyName("took")]
    public required long Took { get; init; }
}

/// <summary>Something on its way through a channel.</summary>
internal sealed record DeliveryItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("channel_guid")]
    public required Guid? ChannelGuid { get; init; }

    /// <summary>email, webhook or slack.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The address of a mail, or the channel's name.</summary>
    [JsonPropertyName("recipient")]
    public required string Recipient { get; init; }

    [JsonPropertyName("subject")]
    public required string Subject { get; init; }

    /// <summary>waiting, sent or failed.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("attempts")]
    public required int Attempts { get; init; }

    [JsonPropertyName("last_error")]
    public required string LastError { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("next_attempt_at")]
    public required long? NextAttemptAt { get; init; }

    [JsonPropertyName("sent_at")]
    public required long? SentAt { get; init; }

    public static DeliveryItem Of(OutboxMessage row) => new()
    {
        Guid = row.Guid,
        ChannelGuid = row.ChannelGuid,
        Kind = row.Channel,
        Recipient = row.Recipient,
        Subject = row.Subject,
        State = row.SentAt is not null ? "sent" : row.FailedAt is not null ? "failed" : "waiting",
        Attempts = row.Attempts,
        LastError = row.LastError,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        NextAttemptAt = row.SentAt is null && row.FailedAt is null ? WireTime.Seconds(row.NextAttemptAt) : null,
        SentAt = WireTime.Seconds(row.SentAt),
    };
}

/// <summary>What was posted to a web address, and what came back.</summary>
internal sealed record DeliveryDetail
{
    /// <summary>The host it went to; empty: it was a mail, or the channel is gone.</summary>
    [JsonPropertyName("host")]
    public required string Host { get; init; }

    /// <summary>The names of the channel's own headers; their values are not told.</summary>
    [JsonPropertyName("headers")]
    public required IReadOnlyList<string> Headers { get; init; }

    /// <summary>The body; empty: it was a mail.</summary>
    [JsonPropertyName("body")]
    public required string Body { get; init; }

    /// <summary>The status of the last answer; left away: nobody answered.</summary>
    [JsonPropertyName("status")]
    public required int? Status { get; init; }

    /// <summary>The first KiB of that answer.</summary>
    [JsonPropertyName("answer")]
    public required string Answer { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChannelBody))]
[JsonSerializable(typeof(ChannelItem))]
[JsonSerializable(typeof(IReadOnlyList<ChannelItem>))]
[JsonSerializable(typeof(ChannelTest))]
[JsonSerializable(typeof(Page<DeliveryItem>))]
[JsonSerializable(typeof(DeliveryDetail))]
internal sealed partial class ChannelsJson : JsonSerializerContext;
