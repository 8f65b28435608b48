using System.Text.Json.Serialization;
using Hawser.Api.Http;

namespace Hawser.Api.AddressBooks.Admin;

/// <summary>
/// A shared book as scripts write it (admin reference §4.5): a missing key, and null, keep what is stored.
/// </summary>
internal sealed record BookBody
{
    /// <summary>Which; in changes only.</summary>
    [JsonPropertyName("guid")]
    public string? Guid { get; init; }

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>The name of its new owner.</summary>
    [JsonPropertyName("owner")]
    public string? Owner { get; init; }

    [JsonPropertyName("info")]
    public BookInfo? Info { get; init; }
}

/// <summary>The default connection password of a book; empty: none.</summary>
internal sealed record BookInfo([property: JsonPropertyName("password")] string? Password);

/// <summary>Who may use a book, as it is sent.</summary>
internal sealed record RuleBody
{
    /// <summary>The book; in changes the rule.</summary>
    [JsonPropertyName("guid")]
    public string? Guid { get; init; }

    /// <summary>1 read, 2 read and write, 3 full control.</summary>
    [JsonPropertyName("rule")]
    public int? Rule { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }

    [JsonPropertyName("group")]
    public string? Group { get; init; }
}

/// <summary>Who may use a book; neither user nor group: everybody.</summary>
internal sealed record RuleItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("rule")]
    public required int Rule { get; init; }

    [JsonPropertyName("user")]
    public string? User { get; init; }

    [JsonPropertyName("group")]
    public string? Group { get; init; }
}

/// <summary>What was made.</summary>
/// <param name="Guid">Its identity.</param>
internal sealed record MadeBook([property: JsonPropertyName("guid")] string Guid);

/// <summary>What scripts for books send and are told.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BookBody))]
[JsonSerializable(typeof(RuleBody))]
[JsonSerializable(typeof(Page<RuleItem>))]
[JsonSerializable(typeof(MadeBook))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class BooksAdminJson : JsonSerializerContext;
