using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab</c> (reference §6.9): the whole old book, up to 16 MB, perhaps packed.</summary>
internal static class LegacyWriteEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"data":"{\"tags\":[\"office\"],\"peers\":[{\"id\":\"482913377\",\"alias\":\"Front desk\"}]}"}
        """;

    public static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, LegacyBook book, CancellationToken cancellationToken)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = BookLimits.LegacyBytes;
        }

        var body = await ClientBody.ReadBytesAsync(context, BookLimits.LegacyBytes);
        if (body is null) return ClientResults.Error(413, "The address book is too large.");
        if (body.Length == 0) return ClientResults.Error(400, "The request has no body.");
        try
        {
            return Mutation.Answer(await book.MergeAsync(db, user, body, cancellationToken));
        }
        catch (JsonException)
        {
            return ClientResults.Error(400, "The request is not an address book.");
        }
    }
}
