using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab/tag/add/{guid}</c> (reference §6.7).</summary>
internal static class TagAddEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TagDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.TagBody);
        if (body is null) return error!;
        return body.IsColor
            ? Mutation.Answer(await desk.AddAsync(db, book, body.Name ?? "", body.Argb, cancellationToken))
            : TagBody.NoColor;
    }
}

/// <summary>A tag as it is sent; scripts send <c>null</c> as color when they were given none.</summary>
internal sealed record TagBody
{
    internal static IResult NoColor { get; } = ClientResults.Error(400, "The color must be a number of 32 bits.");

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("color")]
    public long? Color { get; init; }

    [JsonIgnore]
    public long? Argb => Color is { } color ? TagDesk.Unsigned(color) : null;

    [JsonIgnore]
    public bool IsColor => Color is null || Argb is not null;
}
