using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.AddressBooks;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.AddressBooks.Client;

/// <summary><c>POST /api/ab/peer/add/{guid}</c> (reference §6.6): "Add ID", or a copy from another tab.</summary>
internal static class EntryAddEndpoint
{
    /// <summary>For the document.</summary>
    internal const string Example = """
        {"id":"482913377","alias":"Front desk","tags":["office"],"note":"","username":"mara","hostname":"PC-1",
        "platform":"Windows"}
        """;

    public static async Task<IResult> HandleAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, EntryDesk desk,
        CancellationToken cancellationToken)
    {
        var (book, refusal) = await AddressBookRules.OpenAsync(db, user, guid, ShareRule.ReadWrite, cancellationToken);
        if (refusal is not null) return refusal;
        var (body, error) = await ClientBody.ReadAsync(context, AddressBooksJson.Default.EntryBody);
        return body is null ? error! : Mutation.Answer(await desk.AddAsync(db, book, body, cancellationToken));
    }
}
