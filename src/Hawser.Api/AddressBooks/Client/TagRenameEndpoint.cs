using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>PUT /api/ab/tag/rename/{guid}</c> (reference §6.7): in all devices too.</summary>
internal static class TagRenameEndpoint
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, TagDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.TagRenameBody);
        return body is null ? error! : Mutation.Answer(await desk.RenameAsync(
            db, book, BookText.Clean(body.Old ?? ""), body.New ?? "", cancellationToken));
    }
}

/// <summary>The old and the new name.</summary>
internal sealed record TagRenameBody
{
    [JsonPropertyName("old")]
    public string? Old { get; init; }

    [JsonPropertyName("new")]
    public string? New { get; init; }
}
